"""A response that streams chat events, and closes their source however the stream ends."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from typing import Any

from starlette.responses import Response

from arena import sse
from arena.chat import ChatEvent

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class StreamResponse(Response):
    """Streams bytes. The source is closed when it ends, when the visitor leaves, and when sending fails.

    Starlette's own streaming response leaves the generator to the garbage collector when `send` fails.
    """

    def __init__(self, source: AsyncGenerator[bytes], headers: list[tuple[bytes, bytes]] | None = None) -> None:
        super().__init__()
        self._source = source
        self._headers = HEADERS if headers is None else headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send until the source ends or the visitor leaves."""
        async with contextlib.aclosing(self._source):
            sending = asyncio.create_task(self._send_all(send))
            leaving = asyncio.create_task(_until_left(receive))
            try:
                await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                leaving.cancel()
                sending.cancel()
                await asyncio.gather(leaving, sending, return_exceptions=True)
        if not sending.cancelled() and (error := sending.exception()) is not None:
            raise error

    async def _send_all(self, send: Send) -> None:
        with contextlib.suppress(OSError):
            await send({"type": "http.response.start", "status": 200, "headers": self._headers})
            async for chunk in self._source:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def as_bytes(batches: AsyncGenerator[list[ChatEvent]]) -> AsyncGenerator[bytes]:
    """Encode each batch as one chunk, so that it costs one write; an empty one keeps the connection alive."""
    async with contextlib.aclosing(batches):
        async for batch in batches:
            yield b"".join(map(sse.encode, batch)) if batch else sse.KEEP_ALIVE


def event_stream(batches: AsyncGenerator[list[ChatEvent]]) -> StreamResponse:
    """Return the response for a stream of chat events. Routes return this, and nothing else that streams."""
    return StreamResponse(as_bytes(batches))
