"""Engines for tests: the worker's own processes around a fake `vllm`, and what can be done to it."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from arena.command.listening import listen
from arena.worker import WorkerCard
from tests import fake_engine
from tests.worker_registry import WORKER_KEY, WorkerRegistry

PATIENCE = 20.0
QUICK = {
    "ARENA_ENGINE_BEAT_SECONDS": "0.1",
    "ARENA_ENGINE_LOOK_SECONDS": "0.05",
    "ARENA_ENGINE_RESTART_SECONDS": "0.1",
    "ARENA_ENGINE_REPORT_SECONDS": "0.2",
}


def fake_vllm(folder: Path) -> Path:
    """Make a program that is called like vLLM's."""
    program = folder / "vllm"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -S {fake_engine.__file__} "$@"\n')
    program.chmod(0o755)
    return program


class EngineWorker:
    """`arena worker vllm` or `arena worker attach`, as a process."""

    def __init__(self, process: Process, registry: WorkerRegistry, http: aiohttp.ClientSession) -> None:
        self.process = process
        self.registry = registry
        self.http = http
        self.lines: list[str] = []

    async def card(self) -> WorkerCard:
        """Wait until the engine is registered; return its card."""
        while not self.registry.cards:
            await self.registry.hears("registered")
        (card,) = self.registry.cards.values()
        return card

    async def says(self, wanted: str) -> str:
        """Read on until a line says something; return that line."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while line := (await self.process.stdout.readline()).decode():
                self.lines.append(line.rstrip())
                if wanted in line:
                    return line.rstrip()
        raise AssertionError("\n".join([f"never said {wanted!r}", *self.lines]))

    async def rest(self) -> str:
        """Return all that it said, once it has ended."""
        assert self.process.stdout is not None
        self.lines += (await self.process.stdout.read()).decode().splitlines()
        return "\n".join(self.lines)

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    async def code(self) -> int:
        return await asyncio.wait_for(self.process.wait(), PATIENCE)

    async def tell(self, what: str, **said: Any) -> None:
        """Make the fake engine do something; it may be dead afterwards."""
        card = await self.card()
        try:
            await self.http.post(f"{card.url}/fake/{what}", json=said)
        except aiohttp.ServerDisconnectedError:
            assert what == "end"

    async def family(self) -> dict[str, psutil.Process]:
        """Return the engine's two processes and the guard before them."""
        card = await self.card()
        async with self.http.get(f"{card.url}/fake/processes") as answer:
            told = await answer.json(content_type=None)
        server = psutil.Process(told["server"])
        guard = server.parent()
        assert guard is not None
        return {"server": server, "core": psutil.Process(told["core"]), "guard": guard}

    async def ask(self, text: str = "repeat one two", model: str | None = None) -> aiohttp.ClientResponse:
        """Ask the engine itself for a stream, as a controller does."""
        card = await self.card()
        name = model or card.models[0]
        return await self.http.post(
            f"{card.url}/v1/chat/completions",
            json={"model": name, "messages": [{"role": "user", "content": text}], "stream": True},
            headers={"authorization": f"Bearer {card.key.get_secret_value()}"},
        )


@asynccontextmanager
async def a_registry() -> AsyncGenerator[WorkerRegistry]:
    registry = WorkerRegistry()
    await registry.start()
    try:
        yield registry
    finally:
        await registry.stop()


@asynccontextmanager
async def engine_worker(
    folder: Path, kind: str, *arguments: str, flags: tuple[str, ...] = (), env: dict[str, str] | None = None
) -> AsyncGenerator[EngineWorker]:
    """Start a worker with the fake vLLM in a folder, known to one registry; whatever happens, nothing of it is left."""
    told = ["worker", kind, "--data", str(folder), *arguments]
    async with a_registry() as registry, aiohttp.ClientSession() as http:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "arena.command", *told, "--controller", registry.url),
            *(("--", *flags) if flags else ()),
            cwd=folder,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("ARENA_")},
                **QUICK,
                "ARENA_WORKER_KEY": WORKER_KEY,
                "ARENA_VLLM": str(fake_vllm(folder)),
                **(env or {}),
            },
            stdout=PIPE,
            stderr=STDOUT,
        )
        try:
            yield EngineWorker(process, registry, http)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def gone(*processes: psutil.Process) -> None:
    """Wait until processes have ended: there is no event for what is not our child."""
    async with asyncio.timeout(PATIENCE):
        while any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes):
            await asyncio.sleep(0.01)


def free_port() -> int:
    with listen("127.0.0.1", 0) as listener:
        port: int = listener.getsockname()[1]
        return port


@asynccontextmanager
async def a_server(port: int, key: str = "their key") -> AsyncGenerator[None]:
    """Somebody's server; it calls its model `their-name`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-S", fake_engine.__file__, "serve", "x", "--served-model-name", "their-name"),
        *("--host", "127.0.0.1", "--port", str(port)),
        env={"VLLM_API_KEY": key},
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
