"""How many requests a worker takes, as far as can be known from here.

A card says how many slots a worker has; it may be wrong, and other controllers use them too. An answer `busy` lowers
what is believed to what ran when it was given; afterwards the belief rises by one slot a step, and each `busy` that
follows doubles the step (additive increase, multiplicative patience; after D. Chiu and R. Jain, 1989).
"""

from dataclasses import dataclass

FIRST_STEP = 1.0
"""Seconds until one more slot is believed in."""
LONGEST_STEP = 16.0
ROUNDING = 1e-9


@dataclass(slots=True)
class Belief:
    """How many slots we believe in. Times are monotonic seconds."""

    learned: int | None = None
    """None: what the card says."""
    since: float = 0.0
    step: float = FIRST_STEP

    def slots(self, said: int, now: float) -> int:
        """Return how many requests of ours may run at a worker that says it has `said` slots."""
        if self.learned is None:
            return said
        return min(said, self.learned + self._steps(now))

    def refused(self, running: int, said: int, now: float) -> None:
        """Hear `busy` while `running` requests of ours ran there besides the refused one."""
        was = self.learned
        if was is not None and running > self.slots(said, now):
            return  # it was sent before the last one of these came back
        self.step = FIRST_STEP if was is None else min(LONGEST_STEP, self.step * 2)
        self.learned, self.since = max(0, min(running, said)), now

    def accepted(self, running: int, said: int, now: float) -> None:
        """Hear that a request was taken while `running` of ours ran there, itself included."""
        if self.learned is None or running <= self.learned:
            return
        self.learned, self.since, self.step = (None if running >= said else running), now, FIRST_STEP

    def next_at(self, said: int, now: float) -> float | None:
        """Return when one more slot is believed in; None if that never comes."""
        if self.learned is None or self.slots(said, now) >= said:
            return None
        return self.since + (self._steps(now) + 1) * self.step

    def _steps(self, now: float) -> int:
        return int(max(0.0, now - self.since) / self.step + ROUNDING)
