"""A worker that does what a test tells it, well or badly: real HTTP on a real socket, in a thread of its own."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from arena.worker import WorkerCard
from tests.worker_scripts import PATIENCE, Line, Step, an_answer


@dataclass
class Asked:
    """One request as it came."""

    headers: dict[str, str]
    wire: bytes

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.wire)


@dataclass
class ScriptedWorker:
    """Plays scripts, counts who is being served, and notes when a client left in the middle."""

    id: str = "worker-1"
    models: tuple[str, ...] = ("model-one",)
    slots: int = 8
    key: str = "the-key-of-this-worker"
    asked: list[Asked] = field(default_factory=list[Asked])
    open: int = 0
    most_open: int = 0
    """The most that were served at once."""
    left_at: list[float] = field(default_factory=list[float])
    """`time.monotonic` of each client that left before its answer was complete."""
    url: str = ""
    _scripts: dict[str, list[list[Step]]] = field(default_factory=dict[str, list[list[Step]]])
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _loop: asyncio.AbstractEventLoop | None = None
    _server: asyncio.Server | None = None

    def plays(self, *scripts: list[Step], model: str = "") -> "ScriptedWorker":
        """Play these one after the other; the last one again and again. `model`: only for that one."""
        self._scripts[model] = list(scripts)
        return self

    def card(self) -> WorkerCard:
        return WorkerCard(id=self.id, url=self.url, models=self.models, slots=self.slots, key=SecretStr(self.key))

    def until(self, is_so: Callable[["ScriptedWorker"], bool]) -> None:
        """Wait until something is so here."""
        with self._changed:
            assert self._changed.wait_for(lambda: is_so(self), PATIENCE), "this never happened at the worker"

    def close(self) -> None:
        """Refuse connections from now on."""
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(PATIENCE)

    def open_again(self) -> None:
        """Take connections again, at the same address."""
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self._open_again(), self._loop).result(PATIENCE)

    async def _open_again(self) -> None:
        place = urlsplit(self.url)
        self._server = await asyncio.start_server(self._serve, place.hostname, place.port)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _next_script(self, model: str) -> list[Step]:
        scripts = self._scripts.get(model) or self._scripts.get("") or [an_answer("Hello", " there")]
        return scripts.pop(0) if len(scripts) > 1 else scripts[0]

    @contextmanager
    def _serving(self) -> Generator[None]:
        with self._changed:
            self.open += 1
            self.most_open = max(self.most_open, self.open)
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self.open -= 1
                self._changed.notify_all()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            pairs = (each.partition(":") for each in head.split("\r\n")[1:] if each)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            asked = Asked(headers, await reader.readexactly(int(headers["content-length"])))
            self.asked.append(asked)
            line = Line(writer, asked.body["model"])
            with self._serving():
                await self._play(line, reader)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client is gone, or the test is over
        finally:
            writer.close()

    async def _play(self, line: Line, reader: asyncio.StreamReader) -> None:
        async def play() -> None:
            for step in self._next_script(line.model):
                await step(line)

        playing, leaving = asyncio.create_task(play()), asyncio.create_task(_until_gone(reader))
        await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not playing.done() or isinstance(playing.exception(), ConnectionError):
            with self._changed:
                self.left_at.append(time.monotonic())
        for task in (playing, leaving):
            task.cancel()
        await asyncio.gather(playing, leaving, return_exceptions=True)
        if not playing.cancelled() and playing.exception() is not None:
            await asyncio.shield(playing)

    async def run(self, started: threading.Event, stopping: asyncio.Event, listener: socket.socket) -> None:
        """Serve until told to stop."""
        self._loop = asyncio.get_running_loop()
        self._server = await asyncio.start_server(self._serve, sock=listener)
        started.set()
        await stopping.wait()
        await self._close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


async def _until_gone(reader: asyncio.StreamReader) -> None:
    try:
        while await reader.read(1024):
            pass
    except ConnectionError:
        return


@contextmanager
def a_worker(id: str = "worker-1", *models: str, slots: int = 8) -> Generator[ScriptedWorker]:  # noqa: A002
    """Run a worker in a thread while inside."""
    worker = ScriptedWorker(id=id, models=models or ("model-one",), slots=slots)
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    worker.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    started, loop = threading.Event(), asyncio.new_event_loop()
    stopping = asyncio.Event()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(worker.run(started, stopping, listener)), name=f"worker {id}"
    )
    thread.start()
    assert started.wait(PATIENCE)
    try:
        yield worker
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join(PATIENCE)
        assert not thread.is_alive(), "the worker did not stop"
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
