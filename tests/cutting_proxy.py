"""A way to PostgreSQL that breaks at the worst moment: when a transaction is about to be committed, or just was."""

import asyncio
import contextlib
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

COMMIT = b"COMMIT"
Moment = Literal["before", "after"]


@dataclass
class CuttingProxy:
    """Passes bytes on. Cuts every so many-th connection that commits: before the server hears of it, or after."""

    server: Path
    """The server's socket."""
    moment: Moment
    every: int
    cuts: int = 0
    is_cutting: bool = False
    port: int = 0
    _commits: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what one client and the server say."""
        theirs, ours = await asyncio.open_unix_connection(str(self.server))
        is_cut = asyncio.Event()
        ways = [
            asyncio.create_task(self._upwards(reader, ours, is_cut)),
            asyncio.create_task(self._downwards(theirs, writer, is_cut)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in ways:
                each.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for each in (writer, ours):
                each.transport.abort()

    async def _upwards(self, reader: asyncio.StreamReader, server: asyncio.StreamWriter, is_cut: asyncio.Event) -> None:
        while said := await reader.read(65536):
            if COMMIT in said and self._is_next():
                if self.moment == "before":
                    return
                is_cut.set()
            server.write(said)
            await server.drain()

    async def _downwards(
        self, reader: asyncio.StreamReader, client: asyncio.StreamWriter, is_cut: asyncio.Event
    ) -> None:
        while said := await reader.read(65536):
            if is_cut.is_set():
                return  # the server has committed, and nobody hears of it
            client.write(said)
            await client.drain()

    def _is_next(self) -> bool:
        self._commits += self.is_cutting
        is_next = self.is_cutting and self._commits % self.every == 0
        self.cuts += is_next
        return is_next


@contextmanager
def cutting(folder: Path, moment: Moment, every: int) -> Generator[CuttingProxy]:
    """Run such a way to the server in a folder while inside, in a thread of its own."""
    proxy = CuttingProxy(folder / ".s.PGSQL.5432", moment, every)
    loop, started, stopping = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def run() -> None:
        server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
        proxy.port = server.sockets[0].getsockname()[1]
        started.set()
        await stopping.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for each in others:
            each.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), name="cutting proxy")
    thread.start()
    started.wait()
    try:
        yield proxy
    finally:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stopping.set)
        thread.join()
        loop.close()
