"""What waits to be sent to a visitor: text is gathered, so that a word does not cost a write each."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable

from arena.chat import ChatEvent, ReasoningDelta, TextDelta

COMPACT_FROM = 512
"""Events; when more wait for a slow reader, their pieces of text are joined already now."""
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
        self._compact_at = COMPACT_FROM
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many events wait to be sent."""
        return len(self._waiting)

    def put(self, event: ChatEvent) -> None:
        """Add an event."""
        if isinstance(event, TextDelta):
            if event.side not in self._begun:
                self._begun.add(event.side)
                self._urgent.set()
        elif not isinstance(event, ReasoningDelta):
            self._urgent.set()
        self._waiting.append(event)
        if len(self._waiting) >= self._compact_at:
            self._waiting = joined(self._waiting)
            self._compact_at = 2 * len(self._waiting) + COMPACT_FROM
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
            batch, self._waiting, self._compact_at = joined(self._waiting), [], COMPACT_FROM
            flushed_at = self._clock()
            if batch or not self._closed:
                yield batch


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def joined(events: list[ChatEvent]) -> list[ChatEvent]:
    """Join pieces of text on one side between which nothing else happened there. Each side's order is kept."""
    runs: list[list[ChatEvent]] = []
    open_runs: dict[str | None, list[ChatEvent]] = {}
    for event in events:
        side = getattr(event, "side", None)
        run = open_runs.get(side)
        if run is not None and isinstance(event, TextDelta | ReasoningDelta) and type(run[0]) is type(event):
            run.append(event)
        else:
            open_runs[side] = [event]
            runs.append(open_runs[side])
    return [_joined_run(run) for run in runs]


def _joined_run(run: list[ChatEvent]) -> ChatEvent:
    first = run[0]
    if len(run) == 1 or not isinstance(first, TextDelta | ReasoningDelta):
        return first
    text = "".join(event.text for event in run if isinstance(event, TextDelta | ReasoningDelta))
    return first.model_copy(update={"text": text})
