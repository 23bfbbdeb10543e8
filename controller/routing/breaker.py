"""When a worker that failed is left alone, and when it is tried again.

A circuit breaker (M. Nygard, Release It!, 2007): closed, all is well; open, nothing is sent; half open, exactly one
request is let through as a probe, and its end decides. The delay doubles each time the probe fails, up to a limit,
and half of it is left to chance, so that many controllers do not probe at the same moment ("Exponential Backoff And
Jitter", M. Brooker, 2015, "equal jitter").
"""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

FAILURES_IN_A_ROW = 3
WINDOW = 20
"""The last outcomes of which the share of failures is taken."""
FEWEST = 10
"""Of fewer outcomes no share is taken."""
SHARE = 0.5
FIRST_DELAY = 1.0
"""Seconds, of which chance takes up to a half."""
LONGEST_DELAY = 30.0


class BreakerState(StrEnum):
    """What a breaker lets through: all, nothing, one."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(slots=True)
class Breaker:
    """Guards one worker, or one model at one worker. Times are monotonic seconds, chances lie in [0, 1).

    Whoever is let through gets a ticket. What it tells later counts only while nothing has changed since: ten streams
    that break together open it once, and an answer that began before says nothing of what is there now.
    """

    ticket: int = 0
    """Changes with every change of state."""
    retry_at: float | None = None
    """When it is half open; None while it is closed."""
    is_probing: bool = False
    _opened: int = 0
    """How often in a row."""
    _failures: int = 0
    _outcomes: deque[bool] = field(default_factory=lambda: deque[bool](maxlen=WINDOW))

    def state(self, now: float) -> BreakerState:
        """Return what it is now."""
        if self.retry_at is None:
            return BreakerState.CLOSED
        return BreakerState.HALF_OPEN if self.is_probing or now >= self.retry_at else BreakerState.OPEN

    def allows(self, now: float) -> bool:
        """Whether a request may go through."""
        return self.retry_at is None or (now >= self.retry_at and not self.is_probing)

    def enter(self, now: float) -> int:
        """Let a request through that is allowed to; return its ticket. Half open, it is the one probe."""
        if self.retry_at is not None and now >= self.retry_at and not self.is_probing:
            self.is_probing = True
            self.ticket += 1
        return self.ticket

    def succeeded(self, ticket: int) -> int:
        """Hear that it went well, which closes; return the ticket for what may still go wrong with the same request."""
        if ticket != self.ticket:
            return ticket
        if self.is_probing:
            self._change(None)
            self._opened = 0
            self._outcomes.clear()
        self._failures = 0
        self._outcomes.append(True)
        return self.ticket

    def failed(
        self, ticket: int, now: float, chance: float, *, at_once: bool = False, seconds: float | None = None
    ) -> None:
        """Hear that it failed. It opens `at_once`, after some in a row, when too many do, or when the probe did.

        `seconds`: for so long, instead of the delay that grows.
        """
        if ticket != self.ticket:
            return
        self._failures += 1
        self._outcomes.append(False)
        if at_once or self.is_probing or self._failures >= FAILURES_IN_A_ROW or self._is_bad:
            delay = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(self._opened, 10)) * (0.5 + chance / 2)
            self._opened += 1
            self._change(now + (delay if seconds is None else seconds))

    def untold(self, ticket: int) -> None:
        """Hear that a request ended without telling anything; a probe leaves its place to the next."""
        if ticket == self.ticket and self.is_probing:
            self.is_probing = False
            self.ticket += 1

    @property
    def _is_bad(self) -> bool:
        return len(self._outcomes) >= FEWEST and self._outcomes.count(False) >= SHARE * len(self._outcomes)

    def _change(self, retry_at: float | None) -> None:
        self.retry_at = retry_at
        self.is_probing = False
        self._failures = 0
        self.ticket += 1
