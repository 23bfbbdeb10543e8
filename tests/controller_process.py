"""A controller in a process of its own, that can be killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[1]
COMMAND = """
import json, sys
from pathlib import Path
import uvicorn
from controller.app import create_app
from tests.arenas import settings_for
settings = settings_for(Path(sys.argv[1]), **json.loads(sys.argv[3]))
uvicorn.run(create_app(settings), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", proxy_headers=False)
"""


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@dataclass(frozen=True)
class ControllerProcess:
    """A controller that is up."""

    process: subprocess.Popen[bytes]
    url: str

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def controller_process(folder: Path, port: int = 0, **given: Any) -> Generator[ControllerProcess]:
    """Run a controller with the settings of `tests.arenas`, and wait until it is up."""
    port = port or a_free_port()
    command = [sys.executable, "-c", COMMAND, str(folder), str(port), json.dumps(given)]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_up(process, url)
        yield ControllerProcess(process, url)
    finally:
        process.kill()
        process.wait()


def _wait_until_up(process: subprocess.Popen[bytes], url: str) -> None:
    while process.poll() is None:
        try:
            httpx.get(f"{url}/health/live")
        except httpx.TransportError:
            time.sleep(0.05)  # nothing tells when another process listens
        else:
            return
    raise AssertionError("the controller did not start")
