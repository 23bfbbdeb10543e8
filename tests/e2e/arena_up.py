"""A whole arena, started as a person starts it: `arena up` in a folder of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, Thread

import httpx
import psutil

from tests.processes import family_of, kill_all

ARENA = [sys.executable, "-m", "arena.command"]
NAMES = {"controller": "controller", "worker": "worker demo", "web": "page", "ratings": "ratings"}
"""Under which name each command's output comes."""


class ArenaUp:
    """A running `arena up`: what it says, and which processes it has."""

    def __init__(self, folder: Path, *options: str, env: dict[str, str] | None = None) -> None:
        self.folder = folder
        command = [*ARENA, "up", *(options or ("--port", "0", "--controller-port", "0"))]
        self.process = psutil.Popen(
            command,
            cwd=folder,
            env=os.environ | (env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._more = Condition()
        self._ended = False
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            with self._more:
                self.lines.append(line.rstrip("\n"))
                self._more.notify_all()
        with self._more:
            self._ended = True
            self._more.notify_all()

    def wait_for(self, start: str, *, after: int = 0, timeout: float = 90, read: Callable[[str], str] = str) -> str:
        """Return the first line that begins so, among those said after the first `after` lines.

        `read` takes out of a line what is looked at.
        """

        def found() -> str | None:
            return next((said for line in self.lines[after:] if (said := read(line)).startswith(start)), None)

        with self._more:
            self._more.wait_for(lambda: found() is not None or self._ended, timeout)
            line = found()
        assert line is not None, "\n".join([f"never said {start!r}", *self.lines])
        return line

    def url(self) -> str:
        """Wait until it is ready, and return the page's address."""
        return self.wait_for("ready: ").removeprefix("ready: ")

    def controller(self) -> str:
        """Return the controller's address."""
        return self.wait_for("controller: starting at ").removeprefix("controller: starting at ")

    def child(self, command: str) -> psutil.Process | None:
        """Return the child that runs `arena <command>`, if it runs now."""
        return next((each for each in self.process.children() if command in each.cmdline()[3:4]), None)

    def kill(self, command: str) -> None:
        """Kill the child that runs `arena <command>`, and wait until the supervisor says that it noticed."""
        said, victim = len(self.lines), self.child(command)
        assert victim is not None
        victim.kill()
        self.wait_for(f"{NAMES[command]} was killed by SIGKILL; starting it again in ", after=said)

    def end(self, number: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(60)
        self._reader.join(60)
        return code


@contextmanager
def arena_up(folder: Path, *options: str, env: dict[str, str] | None = None) -> Generator[ArenaUp]:
    """Start an arena with the demo models; whatever happens, nothing of it is left."""
    arena = ArenaUp(folder, *options, env=env)
    try:
        yield arena
    finally:
        kill_all(family_of(arena.process))
        arena.process.wait(15)


def left(family: list[psutil.Process], timeout: float) -> list[psutil.Process]:
    """Return which processes still run after so many seconds."""
    _, alive = psutil.wait_procs(family, timeout=timeout)
    return alive


def can_battle(arena: ArenaUp) -> bool:
    """Whether page and controller are well and serve enough models."""
    try:
        page = httpx.get(arena.url())
        ready = httpx.get(f"{arena.controller()}/health/ready")
    except httpx.TransportError:
        return False
    return page.status_code == ready.status_code == 200 and ready.json()["battle_models"] >= 2


def until_mended(arena: ArenaUp, command: str, seconds: float = 90) -> None:
    """Ask until the child runs again and all is well: there is no event for what other processes do."""
    deadline = time.monotonic() + seconds
    while arena.child(command) is None or not can_battle(arena):
        assert time.monotonic() < deadline, "\n".join(["not mended", *arena.lines])
        time.sleep(0.1)
