"""A whole arena in processes of its own, and how much CPU time each of them takes."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

CONFIG = """
[limits]
turns_per_minute = 100000
turns_per_minute_per_address = 100000
sessions_per_minute_per_address = 100000

[[models]]
name = "demo-echo"
worker = "demo"
slots = 1000

[[models]]
name = "mock"
worker = "openai"
base_url = "{backend}/v1"
slots = 1000
"""


@dataclass(frozen=True)
class Arena:
    """A running arena: its page, and its processes by their subcommand."""

    page: str
    controller: str
    processes: dict[str, list[psutil.Process]]

    def cpu_seconds(self, command: str) -> float:
        """Return the CPU time, user and system, that the processes of a subcommand have taken so far."""
        times = [process.cpu_times() for process in self.processes[command]]
        return sum(each.user + each.system for each in times)


@contextmanager
def child(*command: str, **environment: str) -> Generator[subprocess.Popen[str]]:
    """Run a program of this project's environment while inside; its standard output can be read."""
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, text=True, env=os.environ | environment
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def wait_for(process: subprocess.Popen[str], beginning: str) -> str:
    """Read the program's output up to the line that begins so, and return the rest of that line."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(beginning):
            return line.removeprefix(beginning).strip()
    raise SystemExit(f"{process.args} ended before it said {beginning!r}")


@contextmanager
def arena(backend: str, words_per_second: float) -> Generator[Arena]:
    """Run an arena with the demo echo and a model behind the `openai` provider."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "arena.toml"
        config.write_text(CONFIG.format(backend=backend))
        arguments = ["up", "--config", str(config), "--data", f"{folder}/data", "--port", "0", "--controller-port", "0"]
        pace = {"ARENA_WORKER_WORDS_PER_SECOND": str(words_per_second)}
        with child("-m", "arena.command", *arguments, **pace) as up:
            controller = wait_for(up, "controller: starting at ")
            page = wait_for(up, "ready: ")
            yield Arena(page, controller, _by_command(psutil.Process(up.pid)))


def _by_command(supervisor: psutil.Process) -> dict[str, list[psutil.Process]]:
    found: dict[str, list[psutil.Process]] = {}
    for process in supervisor.children(recursive=True):
        words = process.cmdline()
        if "arena.command" in words:
            found.setdefault(words[words.index("arena.command") + 1], []).append(process)
    return found
