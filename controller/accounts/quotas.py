"""What one key may use in a minute. Rules take the time as an argument."""

from collections import deque

WINDOW_SECONDS = 60.0


class Window:
    """What was used in the last 60 seconds. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._events: deque[tuple[float, int]] = deque()
        self._total = 0

    def count(self, amount: int, now: float) -> None:
        """Note that so much was used."""
        self._forget(now)
        self._events.append((now, amount))
        self._total += amount

    def used(self, now: float) -> int:
        """Return what was used in the last 60 seconds."""
        self._forget(now)
        return self._total

    def wait(self, limit: int, now: float) -> float:
        """Return the seconds until less than the limit counts; 0 if it is so now."""
        left = self.used(now)
        for at, amount in self._events:
            if left < limit:
                break
            left -= amount
            if left < limit:
                return max(0.0, at + WINDOW_SECONDS - now)
        return 0.0

    def _forget(self, now: float) -> None:
        while self._events and self._events[0][0] + WINDOW_SECONDS <= now:
            self._total -= self._events.popleft()[1]
