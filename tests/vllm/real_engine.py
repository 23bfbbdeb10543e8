"""A real vLLM with the tiny model, started as an operator starts it, and what can be done to it."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from arena.errors import SetupError
from arena.worker import WorkerCard
from model_worker.engine.command_line import find_program
from tests.arenas import WORKER_KEY, Arena

START_SECONDS = 300.0
"""On two cores that do other things as well; half a minute where nothing else runs."""
FLAGS = ("--max-model-len", "4096", "--enforce-eager", "--kv-cache-memory-bytes", "64M")
SMALL = {"OMP_NUM_THREADS": "1", "VLLM_ENABLE_V1_MULTIPROCESSING": "0", "HF_HUB_OFFLINE": "1"}


def vllm_program() -> Path:
    """Return where vLLM is; without it these tests fail."""
    try:
        return Path(find_program(os.environ))
    except SetupError as error:
        pytest.fail(str(error))


def make_tiny_model(folder: Path) -> Path:
    """Make the model, with the Python that vLLM runs in."""
    python = vllm_program().parent / "python"
    maker = Path(__file__).with_name("make_tiny_model.py")
    subprocess.run([python, maker, folder / "tiny"], check=True, capture_output=True, timeout=START_SECONDS)
    return folder / "tiny"


class RealEngine:
    """`arena worker vllm`, known to an arena's controller."""

    def __init__(self, arena: Arena, process: psutil.Popen) -> None:
        self.arena = arena
        self.process = process
        self.lines: list[str] = []
        self.was_known_while_starting = False
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

    def card(self) -> WorkerCard | None:
        """Return the card under which the controller knows it now, if it does."""
        assert self.arena.services is not None
        seats = list(self.arena.services.pool.seats.values())
        return next((seat.card for seat in seats if seat.card.id.startswith("vllm-")), None)

    def is_known(self) -> bool:
        return self.card() is not None

    def requests(self, what: str = "running") -> int:
        """Return how many requests vLLM runs, or has waiting, by its own metrics."""
        card = self.card()
        assert card is not None
        found = re.search(
            rf"^vllm:num_requests_{what}\{{.*\}} (\S+)$", httpx.get(f"{card.url}/metrics").text, re.MULTILINE
        )
        assert found is not None
        return int(float(found.group(1)))

    def family(self) -> list[psutil.Process]:
        """Return all processes below the worker."""
        return self.process.children(recursive=True)

    def server(self) -> psutil.Process:
        return next(each for each in self.family() if "serve" in each.cmdline() and each.children())

    def core(self) -> psutil.Process:
        """Return the process that computes."""
        return next(each for each in self.family() if "EngineCore" in " ".join(each.cmdline()))

    def end(self) -> int:
        """Ask it to stop; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        self._reader.join(10)
        return code


@contextmanager
def real_engine(arena: Arena, folder: Path, model: Path) -> Generator[RealEngine]:
    """Start it; whatever happens, nothing of it is left."""
    told = ("--model", str(model), "--slots", "16", "--data", str(folder), "--controller", arena.url)
    process = psutil.Popen(
        [sys.executable, "-m", "arena.command", "worker", "vllm", *told, "--", *FLAGS],
        cwd=folder,
        env={
            **os.environ,
            **SMALL,
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
        family = [process, *process.children(recursive=True)] if process.is_running() else []
        for each in family:
            each.kill()
        process.wait(15)
