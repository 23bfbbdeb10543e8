"""How much one visitor may ask for. Rules take the time as an argument."""

import math
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from arena.errors import LimitError, TooManyStreams, TooManyTurns

WINDOW_SECONDS = 60.0


@dataclass
class RateLimit:
    """At most `allowed` events a key in any 60 seconds."""

    allowed: int
    _events: dict[str, deque[float]] = field(default_factory=dict[str, deque[float]])
    _swept_at: float = 0.0

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._events)

    def change(self, allowed: int) -> None:
        """Allow another number from now on; the latest events stay counted."""
        self.allowed = allowed
        self._events = {key: deque(each, maxlen=allowed) for key, each in self._events.items()}

    def wait(self, key: str, now: float) -> float:
        """Return the seconds until the next event is allowed; 0 if it is now. `now` is monotonic."""
        events = self._events.get(key)
        if not events or len(events) < self.allowed:
            return 0.0
        return max(0.0, events[-self.allowed] + WINDOW_SECONDS - now)

    def count(self, key: str, now: float) -> None:
        """Record an event."""
        self._sweep(now)
        events = self._events.setdefault(key, deque(maxlen=self.allowed))
        events.append(now)

    def _sweep(self, now: float) -> None:
        if now - self._swept_at < WINDOW_SECONDS:
            return
        self._swept_at = now
        self._events = {key: each for key, each in self._events.items() if each[-1] + WINDOW_SECONDS > now}


def admit(checks: list[tuple[RateLimit, str]], now: float, error: type[LimitError] = TooManyTurns) -> None:
    """Count one event under every key, or none: raise with the longest wait if any limit is reached."""
    wait = max(limit.wait(key, now) for limit, key in checks)
    if wait > 0:
        seconds = max(1, math.ceil(wait - 1e-6))  # what is added to a time and taken off again may have grown a little
        raise error(f"You are going faster than this arena allows. Try again in {seconds} s.", retry_after=seconds)
    for limit, key in checks:
        limit.count(key, now)


@dataclass
class StreamLimit:
    """At most `allowed` answers at once per session."""

    allowed: int
    _running: dict[str, int] = field(default_factory=dict[str, int])

    def __len__(self) -> int:
        """How many answers are being written now, all sessions together."""
        return sum(self._running.values())

    def check(self, session: str, wanted: int) -> None:
        """Raise if the session may not have so many more answers now."""
        if self._running.get(session, 0) + wanted > self.allowed:
            raise TooManyStreams(retry_after=1)

    @contextmanager
    def hold(self, session: str, wanted: int) -> Generator[None]:
        """Hold places for as long as the answers are written."""
        self.check(session, wanted)
        self._running[session] = self._running.get(session, 0) + wanted
        try:
            yield
        finally:
            self._running[session] -= wanted
            if not self._running[session]:
                del self._running[session]
