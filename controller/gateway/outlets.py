"""Where an answer goes: straight into the client's connection where the server offers that, else by ASGI's messages."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from arena.asgi import DIRECT, DirectBody, Receive
from controller.event_stream import STREAM_START, Scope, Send

GOODBYE_SECONDS = 10.0
"""So long a client may take to make room for the news that its stream breaks off."""


class ClientLeft(Exception):
    """Nobody waits for the answer any more."""


class Outlet:
    """One client's answer on its way out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._direct: DirectBody | None = (scope.get("extensions") or {}).get(DIRECT)
        self._receive = receive
        self._send = send
        self._resume: Callable[[], None] | None = None
        self._last = b""
        self.has_begun = False
        self.has_left = False

    @property
    def is_direct(self) -> bool:
        """Whether `pass_on` may be used."""
        return self._direct is not None

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncGenerator[None]:
        """End what is done inside when the client leaves (`ClientLeft`) or the time is over (`TimeoutError`)."""
        watching: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(seconds) as limit:
                loop = asyncio.get_running_loop()

                def left() -> None:
                    self.has_left = True
                    if not limit.expired():
                        limit.reschedule(loop.time())

                if self._direct is not None:
                    self._direct.watch(left, self._writable)
                else:
                    watching = asyncio.create_task(_until_left(self._receive, left))
                yield
        except TimeoutError:
            if self.has_left:
                raise ClientLeft from None
            raise
        finally:
            if self._direct is not None:
                self._direct.unwatch()
            if watching is not None:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)

    async def begin(self, first: bytes) -> None:
        """Send the head of a stream and what comes first in it: together, where the server offers that."""
        self.has_begun = True
        with nullcontext() if self._direct is None else self._direct.gathered():
            await self._send(dict(STREAM_START))
            await self.write(first)

    async def write(self, body: bytes) -> None:
        """Send a piece of the body; wait while the client does not keep up."""
        body, self._last = self._last + body, b""
        await self._send({"type": "http.response.body", "body": body, "more_body": True})

    @property
    def pass_on(self) -> Callable[[bytes], bool]:
        """What sends a piece of the body at once, and returns whether the client keeps up. Only where `is_direct`."""
        if self._direct is None:
            raise TypeError("this server takes messages only")
        return self._direct.write

    def when_writable(self, resume: Callable[[], None]) -> None:
        """Be told once, when the client keeps up again."""
        self._resume = resume

    def keep(self, last: bytes) -> None:
        """Send this together with what comes next, which is the end of the stream."""
        self._last = last

    async def end(self) -> None:
        """Send the end of a stream."""
        body, self._last = self._last, b""
        await self._send({"type": "http.response.body", "body": body})

    async def fail(self, event: bytes) -> None:
        """Say in a stream that was begun why it breaks off, and end it. Whoever does not read even that is cut off."""
        try:
            async with self.within(GOODBYE_SECONDS):
                await self.write(event)
                await self.end()
        except ClientLeft:
            return
        except TimeoutError:
            if self._direct is not None:
                self._direct.cut()

    async def whole(self, body: bytes) -> None:
        """Send an answer that came in one piece."""
        self.has_begun = True
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        start: dict[str, Any] = {"type": "http.response.start", "status": 200, "headers": headers}
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})

    def _writable(self) -> None:
        resume, self._resume = self._resume, None
        if resume is not None:
            resume()


async def _until_left(receive: Receive, left: Callable[[], None]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    left()
