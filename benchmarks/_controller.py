"""A controller in a process of its own, the workers that beat to it, and the visitors that talk to it."""

import asyncio
import contextlib
import socket
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil

from arena.terms import TERMS_VERSION
from arena.worker import WorkerCard
from benchmarks._stack import child

CONFIG = """
[limits]
turns_per_minute = 100000
turns_per_minute_per_address = 100000
sessions_per_minute_per_address = 100000

[[models]]
name = "mock-a"
worker = "demo"

[[models]]
name = "mock-b"
worker = "demo"
"""
MODELS = ("mock-a", "mock-b")


@dataclass(frozen=True)
class Controller:
    """A running controller."""

    url: str
    worker_key: str
    process: psutil.Process

    @property
    def as_worker(self) -> dict[str, str]:
        """The headers of a worker's calls."""
        return {"authorization": f"Bearer {self.worker_key}", "content-type": "application/json"}

    def cpu_milliseconds(self) -> float:
        """Return the CPU time, user and system, that it has taken so far."""
        return cpu_milliseconds([self.process])

    def megabytes(self) -> float:
        """Return how much memory it holds."""
        return self.process.memory_info().rss / 1e6


def cpu_milliseconds(processes: Sequence[psutil.Process]) -> float:
    """Return the CPU time, user and system, that processes have taken so far."""
    times = [process.cpu_times() for process in processes]
    return 1000 * sum(each.user + each.system for each in times)


@asynccontextmanager
async def controller(http: aiohttp.ClientSession, **environment: str) -> AsyncGenerator[Controller]:
    """Run `arena controller` while inside, its ledger in a folder that is forgotten."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "arena.toml"
        config.write_text(CONFIG)
        url = f"http://127.0.0.1:{(port := free_port())}"
        where = ["controller", "--config", str(config), "--data", f"{folder}/data", "--port", str(port)]
        key = "worker-key-of-a-benchmark"
        with child("-m", "arena.command", *where, ARENA_WORKER_KEY=key, **environment) as process:
            await _answers(http, url + "/health/live")
            yield Controller(url, key, psutil.Process(process.pid))


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def _answers(http: aiohttp.ClientSession, url: str) -> None:
    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(aiohttp.ClientConnectorError):
                async with http.get(url) as response:
                    response.raise_for_status()
                    return
            await asyncio.sleep(0.05)


async def register(http: aiohttp.ClientSession, where: Controller, card: WorkerCard) -> None:
    """Register a worker as a worker does."""
    body = card.model_dump_json()
    async with http.post(where.url + "/workers", data=body, headers=where.as_worker) as response:
        response.raise_for_status()


async def session(http: aiohttp.ClientSession, where: Controller) -> dict[str, str]:
    """Open a session, accept the terms, and return the headers by which it is known."""
    async with http.post(where.url + "/sessions") as response:
        response.raise_for_status()
        headers = {"x-arena-session": (await response.json())["token"]}
    consent = {"terms_version": TERMS_VERSION, "scopes": ["serve", "log"]}
    async with http.put(where.url + "/sessions/me/consent", json=consent, headers=headers) as response:
        response.raise_for_status()
    return headers
