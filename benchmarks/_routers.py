"""The routers that the gateway is measured against, in an environment of their own under `benchmarks/out/peers`."""

import contextlib
import subprocess
import venv
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks._controller import free_port

HOME = Path(__file__).parent / "out" / "peers" / "routers"
PACKAGES = ("vllm-router==0.1.17", "sglang-router==0.3.2")
COMMANDS = {"vllm-router": ["vllm-router"], "sglang-router": ["sglang-router", "launch"]}


def install() -> None:
    """Make the environment, unless it is there. Raises `SystemExit` with code 2 when a router cannot be installed."""
    if all((HOME / "bin" / name).exists() for name in COMMANDS):
        return
    venv.create(HOME, with_pip=True, clear=True)
    command = [HOME / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
    if subprocess.run(command, check=False).returncode:
        print(f"the peers {' and '.join(PACKAGES)} cannot be installed here: pip says why above")
        raise SystemExit(2)


@contextmanager
def router(name: str, backends: list[str]) -> Generator[tuple[str, psutil.Process]]:
    """Run a router in front of backends while inside; yield its address and its process."""
    port = free_port()
    first, *rest = COMMANDS[name]
    where = ["--host", "127.0.0.1", "--port", str(port), "--prometheus-port", str(free_port())]
    command = [HOME / "bin" / first, *rest, *where, "--policy", "round_robin", "--worker-urls", *backends]
    with (HOME / f"{name}.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait(5)
