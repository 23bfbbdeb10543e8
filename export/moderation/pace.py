"""How fast a provider may be asked: the operator's limit, and what the provider says of its own. No clock in here."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

_PARTS = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_COUNTED = ("requests", "tokens")


@dataclass(slots=True)
class Pace:
    """Hands out moments at which to ask."""

    per_minute: float = math.inf
    """Requests, as the operator allows them."""
    _next: float = 0.0
    _not_before: float = 0.0

    def wait(self, now: float) -> float:
        """Take the next moment, and return the seconds until it."""
        at = max(now, self._next, self._not_before)
        self._next = at + 60.0 / self.per_minute
        return at - now

    def hold(self, seconds: float, now: float) -> None:
        """Let nobody ask for so long."""
        self._not_before = max(self._not_before, now + seconds)

    def told(self, headers: Mapping[str, str], now: float) -> None:
        """Heed a provider that says that nothing is left until some time."""
        for counted in _COUNTED:
            left = _number(headers.get(f"x-ratelimit-remaining-{counted}"))
            if left is not None and left <= 0:
                self.hold(duration(headers.get(f"x-ratelimit-reset-{counted}")) or 0.0, now)


def duration(text: str | None) -> float | None:
    """Return the seconds of `1s`, `6m0s`, `120ms` or `2.5`; None for anything else."""
    if not text:
        return None
    parts = _PARTS.findall(text)
    if parts and "".join(map("".join, parts)) == text:
        return sum(float(number) * _UNITS[unit] for number, unit in parts)
    return _number(text)


def retry_after(headers: Mapping[str, str], wall: float) -> float | None:
    """Return after how many seconds a provider wants to be asked again, by seconds or by a date; None if it does not
    say. `wall` is the present, in unix seconds.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    said = headers.get("retry-after")
    seconds = _number(said)
    if seconds is not None or not said:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - wall)
    except ValueError:
        return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
