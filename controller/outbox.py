"""What waits to be sent to a visitor: text is gathered, so that a word does not cost a write each."""

import asyncio
from collections.abc import AsyncGenerator, Callable

from arena.chat import ChatEvent, ReasoningDelta, Side, TextDelta

COMPACT_FROM = 512
"""Pieces of text; when more wait for a slow reader, they are joined already now."""
QUIET_SECONDS = 15.0
"""After so long without an event an empty batch says that the stream is alive."""

Gathered = TextDelta | ReasoningDelta


class Outbox:
    """Gathers events. The first text of each side and whatever is not text leave at once.

    `gather_seconds` is the longest that later text is held. One reader.
    """

    def __init__(self, gather_seconds: float, clock: Callable[[], float]) -> None:
        self._gather = gather_seconds
        self._clock = clock
        self._flushed_at = clock() - gather_seconds
        self._waiting: list[ChatEvent | _Run] = []
        self._runs: dict[Side | None, _Run] = {}
        self._begun: set[Side | None] = set()
        self._reader: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_due = False
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many events, and pieces of text, wait to be sent."""
        return sum(len(each.texts) if isinstance(each, _Run) else 1 for each in self._waiting)

    def put(self, event: ChatEvent) -> None:
        """Add an event."""
        if isinstance(event, Gathered):
            self.say(event.side if isinstance(event, TextDelta) else None, event.text, type(event))
            return
        self._runs.pop(getattr(event, "side", None), None)
        self._waiting.append(event)
        self._send()

    def say(self, side: Side | None, text: str, kind: type[Gathered] = TextDelta) -> None:
        """Add a piece of text; it is joined with what waits of its kind, if nothing else happened on its side."""
        run = self._runs.get(side)
        if run is None or run.kind is not kind:
            run = self._runs[side] = _Run(side, kind)
            self._waiting.append(run)
        run.add(text)
        if kind is TextDelta and side not in self._begun:
            self._begun.add(side)
            self._send()
        elif self._timer is None and not self._is_due:
            hold = self._flushed_at + self._gather - self._clock()
            if hold > 0:
                self._timer = asyncio.get_running_loop().call_later(hold, self._send)
            else:
                self._send()

    def close(self) -> None:
        """Nothing more will be put."""
        self._closed = True
        self._send()

    def _send(self) -> None:
        """Let what waits leave now."""
        self._is_due = True
        self._rouse()

    def _rouse(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def batches(self) -> AsyncGenerator[list[ChatEvent]]:
        """Yield what has gathered, until closed and empty; an empty batch when nothing came for a while."""
        try:
            while not (self._closed and not self._waiting):
                if not self._is_due:
                    await self._something()
                batch = self._taken()
                if batch or not self._closed:
                    yield batch
        finally:
            self._stop_timer()

    async def _something(self) -> None:
        """Wait until something has to leave, or it has been quiet for long."""
        loop = asyncio.get_running_loop()
        self._reader = loop.create_future()
        quiet = loop.call_later(QUIET_SECONDS, self._rouse)
        try:
            await self._reader
        finally:
            quiet.cancel()
            self._reader = None

    def _taken(self) -> list[ChatEvent]:
        self._stop_timer()
        batch = [each.event() if isinstance(each, _Run) else each for each in self._waiting]
        self._waiting, self._runs, self._is_due = [], {}, False
        self._flushed_at = self._clock()
        return batch

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _Run:
    """Pieces of text on one side between which nothing else happened there."""

    __slots__ = ("kind", "side", "texts")

    def __init__(self, side: Side | None, kind: type[Gathered]) -> None:
        self.side: Side | None = side
        self.kind: type[Gathered] = kind
        self.texts: list[str] = []

    def add(self, text: str) -> None:
        """Add the next piece."""
        self.texts.append(text)
        if len(self.texts) >= COMPACT_FROM:
            self.texts = ["".join(self.texts)]

    def event(self) -> Gathered:
        """Return all of it as one event."""
        text = "".join(self.texts)
        return TextDelta(side=self.side, text=text) if self.kind is TextDelta else ReasoningDelta(text=text)
