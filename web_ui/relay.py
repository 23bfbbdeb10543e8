"""Brings answers from the controller to the browser: safe to show, at a pace that eyes and browsers can follow."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterator, MutableMapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.responses import Response

from arena import sse
from arena.asgi import Receive, while_present
from arena.chat import ChatEvent, Done, Failed, Finished, ReasoningDelta, TextDelta
from arena.errors import ArenaError, ShuttingDown
from web_ui.pacing import joined, paced
from web_ui.sanitise import Sanitiser
from web_ui.texts import sentence

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Upstream = AbstractAsyncContextManager[AsyncIterable[bytes]]

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Wash:
    """Makes the events of one stream fit to be shown. Knows which sides have not ended."""

    def __init__(self) -> None:
        self._text: dict[str | None, Sanitiser] = {}
        self._thought = Sanitiser()

    def wash(self, events: list[ChatEvent]) -> list[ChatEvent]:
        """Return what the browser gets for these events."""
        return joined(shown for event in events for shown in self._shown(event))

    def _shown(self, event: ChatEvent) -> Iterator[ChatEvent]:
        match event:
            case TextDelta(side=side, text=text):
                if side not in self._text and (thought := self._thought.finish()):
                    yield ReasoningDelta(text=thought)
                if shown := self._text.setdefault(side, Sanitiser()).feed(text):
                    yield TextDelta(side=side, text=shown)
            case ReasoningDelta(text=text):
                if shown := self._thought.feed(text):
                    yield ReasoningDelta(text=shown)
            case Finished() | Failed():
                yield from self._rest(event.side)
                yield _worded(event)
            case _:
                yield event

    def _rest(self, side: str | None) -> Iterator[ChatEvent]:
        """What was held back on a side that has ended."""
        if thought := self._thought.finish():
            yield ReasoningDelta(text=thought)
        if side in self._text and (text := self._text[side].finish()):
            yield TextDelta.model_construct(side=side, text=text)


def _worded(event: Finished | Failed) -> ChatEvent:
    if isinstance(event, Finished):
        return event
    return Failed(side=event.side, code=event.code, message=sentence(event.code, event.message))


async def decoded(chunks: AsyncIterable[bytes]) -> AsyncGenerator[list[ChatEvent]]:
    """Decode what arrives, up to `done`. If it breaks off before, the last event is a failure of the whole stream."""
    decoder = sse.Decoder()
    try:
        async for chunk in chunks:
            events = list(decoder.feed(chunk))
            yield events
            if events and isinstance(events[-1], Done):
                return
        raise ShuttingDown
    except (ArenaError, ValueError) as error:
        ours = error if isinstance(error, ArenaError) else ArenaError()
        yield [Failed(code=ours.code, message=str(ours))]


async def updates(chunks: AsyncIterable[bytes], seconds: float) -> AsyncGenerator[bytes]:
    """Yield what the browser gets, one piece per update of its screen; `seconds` between updates."""
    wash = Wash()
    events = decoded(chunks)
    async with contextlib.aclosing(events), contextlib.aclosing(paced(events, seconds, asyncio.sleep)) as batches:
        async for batch in batches:
            yield b"".join(map(sse.encode, wash.wash(batch))) or sse.KEEP_ALIVE


class Relay(Response):
    """Streams answers. Asks for them only when it is sent, so that a refusal still gets its own status.

    Stops asking as soon as the answers end, the visitor leaves, or sending fails.
    """

    def __init__(self, upstream: Upstream, seconds: float) -> None:
        super().__init__()
        self._upstream = upstream
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 (ASGI)
        """Send until there is nothing more, or nobody to send to."""
        async with self._upstream as chunks, contextlib.aclosing(updates(chunks, self._seconds)) as pieces:
            await while_present(receive, _send_all(pieces, send))


async def _send_all(pieces: AsyncGenerator[bytes], send: Send) -> None:
    with contextlib.suppress(OSError):
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
