"""A real vLLM with the tiny model, started as an operator starts it, and what can be done to it."""

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.arenas import GATEWAY_KEY, WORKER_KEY, Arena
from tests.processes import family_of, kill_all
from tests.vllm.machine import START_SECONDS, devices, environment, flags, vllm_program

_numbers = count()


class RealEngine:
    """`arena worker vllm`, known to an arena's controller."""

    def __init__(self, arena: Arena, process: psutil.Popen) -> None:
        self.arena = arena
        self.process = process
        self.lines: list[str] = []
        self.was_known_while_starting = False
        self._url = ""
        """Where it listens, or listened when the controller was last asked."""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def until(self, is_so: Callable[[], bool], seconds: float = START_SECONDS) -> float:
        """Wait until something is so; return how many seconds that took. Of other processes there are no events."""
        began = time.monotonic()
        while not is_so():
            assert time.monotonic() - began < seconds, "\n".join(["it never came to that", *self.lines])
            assert self.process.is_running(), "\n".join(["the worker has ended", *self.lines])
            time.sleep(0.01)
        return time.monotonic() - began

    @property
    def id(self) -> str:
        """The worker's name; empty before its engine was well for the first time."""
        named = (re.search(r"(vllm-[0-9a-f]+) is well", line) for line in self.lines)
        return next((found.group(1) for found in named if found), "")

    def state(self) -> dict[str, Any] | None:
        """Return what the controller knows of it, if it does."""
        listed = self.arena.call("GET", "/admin/workers", key=GATEWAY_KEY).json()["workers"]
        state = next((worker for worker in listed if worker["id"] == self.id), None)
        self._url = state["url"] if state else self._url
        return state

    def is_known(self) -> bool:
        return self.state() is not None

    def left_alone(self) -> set[str]:
        """Return what breakers keep requests from: the "worker", or models of it; nothing while it is not known."""
        state = self.state() or {"breaker": "closed", "left_alone": []}
        return {*state["left_alone"], *(["worker"] if state["breaker"] != "closed" else [])}

    def is_starting(self) -> bool:
        return any("is starting (" in line for line in self.lines)

    def metric(self, name: str) -> int:
        """Return one of vLLM's own metrics."""
        told = httpx.get(f"{self._url}/metrics").text
        found = re.findall(rf"^vllm:{name}\{{.*\}} (\S+)$", told, re.MULTILINE)
        assert found, name
        return round(sum(map(float, found)))

    def requests(self, what: str = "running") -> int:
        """Return how many requests vLLM runs, or has waiting."""
        return self.metric(f"num_requests_{what}")

    def family(self) -> list[psutil.Process]:
        """Return all processes below the worker."""
        return self.process.children(recursive=True)

    def server(self) -> psutil.Process:
        return next(each for each in self.family() if "serve" in each.cmdline() and each.children())

    def core(self) -> psutil.Process:
        """Return the process that computes."""
        return next(each for each in self.family() if "EngineCore" in " ".join(each.cmdline()))

    def key(self) -> str:
        """Return the key that its engine was started with."""
        return self.server().environ()["VLLM_API_KEY"]

    def ask_to_end(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def code(self) -> int:
        """Return its exit code, once it has ended."""
        code = self.process.wait(60)
        self._reader.join(10)
        return code


@contextmanager
def real_engine(
    arena: Arena,
    folder: Path,
    model: Path,
    *told: str,
    vllms: tuple[str, ...] = (),
    env: Mapping[str, str] | None = None,
) -> Generator[RealEngine]:
    """Start it; whatever happens, nothing of it is left. `vllms`: flags besides those of every engine here."""
    ours = ("--model", str(model), "--data", str(folder), "--controller", arena.url, *told)
    ours += () if "--devices" in told else devices(next(_numbers))
    process = psutil.Popen(
        [sys.executable, "-m", "arena.command", "worker", "vllm", *ours, "--", *flags(), *vllms],
        cwd=folder,
        env={
            **environment(),
            **(env or {}),
            "ARENA_WORKER_KEY": WORKER_KEY,
            "ARENA_VLLM": str(vllm_program()),
            "ARENA_ENGINE_REPORT_SECONDS": "2",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    engine = RealEngine(arena, process)
    try:
        yield engine
    finally:
        kill_all(family_of(process))
        process.wait(15)
