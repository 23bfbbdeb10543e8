"""What waits to be sent to a visitor: text is gathered, so that a word does not cost a write each."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable

from arena.chat import ChatEvent, ReasoningDelta, TextDelta

QUIET_SECONDS = 15.0
"""After so long without an event an empty batch says that the stream is alive."""


class Outbox:
    """Gathers events. The first text of each side and whatever is not text leave at once.

    `gather_seconds` is the longest that later text is held.
    """

    def __init__(self, gather_seconds: float, clock: Callable[[], float]) -> None:
        self._gather = gather_seconds
        self._clock = clock
        self._waiting: list[ChatEvent] = []
        self._wake = asyncio.Event()
        self._urgent = asyncio.Event()
        self._begun: set[str | None] = set()
        self._closed = False

    def put(self, event: ChatEvent) -> None:
        """Add an event."""
        if isinstance(event, TextDelta):
            if event.side not in self._begun:
                self._begun.add(event.side)
                self._urgent.set()
        elif not isinstance(event, ReasoningDelta):
            self._urgent.set()
        self._waiting.append(event)
        self._wake.set()

    def close(self) -> None:
        """Nothing more will be put."""
        self._closed = True
        self._urgent.set()
        self._wake.set()

    async def batches(self) -> AsyncGenerator[list[ChatEvent]]:
        """Yield what has gathered, until closed and empty; an empty batch when nothing came for a while."""
        flushed_at = self._clock() - self._gather
        while not (self._closed and not self._waiting):
            await _wait(self._wake, QUIET_SECONDS)
            hold = flushed_at + self._gather - self._clock()
            if hold > 0 and not self._urgent.is_set():
                await _wait(self._urgent, hold)
            self._wake.clear()
            self._urgent.clear()
            batch, self._waiting = joined(self._waiting), []
            flushed_at = self._clock()
            if batch or not self._closed:
                yield batch


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def joined(events: list[ChatEvent]) -> list[ChatEvent]:
    """Join pieces of text on one side between which nothing else happened there. Each side's order is kept."""
    result: list[ChatEvent] = []
    open_at: dict[str | None, int] = {}
    for event in events:
        side = getattr(event, "side", None)
        at = open_at.get(side)
        before = result[at] if at is not None else None
        if isinstance(event, TextDelta) and isinstance(before, TextDelta) and at is not None:
            result[at] = TextDelta(side=event.side, text=before.text + event.text)
        elif isinstance(event, ReasoningDelta) and isinstance(before, ReasoningDelta) and at is not None:
            result[at] = ReasoningDelta(text=before.text + event.text)
        else:
            open_at[side] = len(result)
            result.append(event)
    return result
