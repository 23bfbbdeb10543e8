"""Responses that stream, and close their source however they end."""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from typing import Any

from starlette.responses import Response

from arena import sse
from arena.asgi import Receive, while_present
from arena.chat import ChatEvent

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

STREAM_START: MutableMapping[str, Any] = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ],
}


class StreamResponse(Response):
    """Streams bytes. The source is closed when it ends, when the visitor leaves, and when sending fails.

    Starlette's own streaming response leaves the generator to the garbage collector when `send` fails.
    """

    def __init__(self, source: AsyncGenerator[bytes]) -> None:
        super().__init__()
        self._source = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send until the source ends or the visitor leaves."""
        async with contextlib.aclosing(self._source):
            await while_present(receive, self._send_all(send))

    async def _send_all(self, send: Send) -> None:
        await send(dict(STREAM_START))
        async for chunk in self._source:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def as_bytes(batches: AsyncGenerator[list[ChatEvent]]) -> AsyncGenerator[bytes]:
    """Encode each batch as one chunk, so that it costs one write; an empty one keeps the connection alive."""
    async with contextlib.aclosing(batches):
        async for batch in batches:
            yield b"".join(map(sse.encode, batch)) if batch else sse.KEEP_ALIVE


def event_stream(batches: AsyncGenerator[list[ChatEvent]]) -> StreamResponse:
    """Return the response for a stream of chat events. Routes return this, and nothing else that streams."""
    return StreamResponse(as_bytes(batches))
