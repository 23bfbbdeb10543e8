"""What may be spent: retries of all requests, tokens of a model. Times are monotonic seconds."""

import math
from dataclasses import dataclass

from controller.routing.rules import Allowance

RETRY_FLOOR = 10.0
"""Retries that are there without any request having paid for them, so that single requests can be retried."""
FLOOR_SECONDS = 60.0
"""In which a floor that was used up comes back, where requests are rare."""
MOST_SAVED = 50.0
"""Retries that quiet hours can save up."""
ROUNDING = 1e-9


@dataclass(slots=True)
class RetryBudget:
    """A token bucket: every request pays in a share of a retry, every retry takes one out.

    So retries never exceed `share` of the requests plus the floor, in whatever order they come, and a pool that fails
    as a whole gets little more work than without retries (as in Finagle's RetryBudget and gRPC's retry throttling).
    With a share of 0 nothing is retried.
    """

    share: float
    saved: float = RETRY_FLOOR
    _filled_at: float | None = None

    def request(self, now: float) -> None:
        """Pay in for one request."""
        self._fill(now)
        self.saved = min(MOST_SAVED, self.saved + self.share)

    def take(self, now: float) -> bool:
        """Take one retry out; False if there is none."""
        self._fill(now)
        if self.share <= 0 or self.saved < 1 - ROUNDING:
            return False
        self.saved -= 1
        return True

    def _fill(self, now: float) -> None:
        passed = 0.0 if self._filled_at is None else max(0.0, now - self._filled_at)
        self._filled_at = now
        if self.saved < RETRY_FLOOR:
            self.saved = min(RETRY_FLOOR, self.saved + passed * RETRY_FLOOR / FLOOR_SECONDS)


@dataclass(slots=True)
class TokenBudget:
    """A token bucket of a model: an estimate is reserved, and corrected when the real use is known."""

    per_minute: int
    left: float
    filled_at: float

    def seconds_until(self, tokens: int, now: float) -> float:
        """Return the seconds until so many may be reserved; 0: now. more than a minute's needs a full bucket."""
        self._fill(now)
        missing = min(tokens, self.per_minute) - self.left
        return 0.0 if missing <= ROUNDING * self.per_minute else missing * 60 / self.per_minute

    def reserve(self, tokens: int, now: float) -> None:
        """Take an estimate out."""
        self._fill(now)
        self.left -= tokens

    def correct(self, reserved: int, used: int, now: float) -> None:
        """Put the real use in the place of the estimate."""
        self._fill(now)
        self.left = min(self.per_minute, self.left + reserved - used)

    def resize(self, per_minute: int, now: float) -> None:
        """Take up another size, as the configuration now has it."""
        self._fill(now)
        self.left += per_minute - self.per_minute
        self.per_minute = per_minute

    def _fill(self, now: float) -> None:
        passed = max(0.0, now - self.filled_at)
        self.filled_at = now
        self.left = min(self.per_minute, self.left + passed * self.per_minute / 60)


@dataclass(slots=True)
class ModelBudget:
    """What one model uses now, against what it may."""

    leased: int = 0
    _tokens: TokenBudget | None = None

    def seconds_until(self, tokens: int, allowed: Allowance, now: float) -> float:
        """Return the seconds until one more request may begin; 0: now; infinity: when another one ends."""
        if allowed.concurrency is not None and self.leased >= allowed.concurrency:
            return math.inf
        size = allowed.tokens_per_minute
        if size is None:
            self._tokens = None
            return 0.0
        if self._tokens is None:
            self._tokens = TokenBudget(size, size, now)
        elif self._tokens.per_minute != size:
            self._tokens.resize(size, now)
        return self._tokens.seconds_until(tokens, now)

    def begin(self, tokens: int, now: float) -> int:
        """Count a request in; return how many tokens were reserved for it."""
        self.leased += 1
        if self._tokens is None:
            return 0
        self._tokens.reserve(tokens, now)
        return tokens

    def end(self, reserved: int, used: int, now: float) -> None:
        """Count it out, with what it really used."""
        self.leased -= 1
        if self._tokens is not None and reserved:
            self._tokens.correct(reserved, used, now)
