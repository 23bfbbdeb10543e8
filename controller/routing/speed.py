"""How fast a worker writes, as measured."""

from dataclasses import dataclass, field

WEIGHT = 0.3
"""Of the newest measurement."""
USUAL_WORDS = 200
"""Of an answer, for weighing the wait for the first word against the pace of the others."""
FEWEST_WORDS = 5
"""Of fewer, no pace is taken."""
HALF_LIFE = 60.0
"""Seconds after which a measurement counts half, and what is usual among the others counts for the rest."""


@dataclass(slots=True)
class Mean:
    """An exponentially weighted moving average; None before the first measurement."""

    value: float | None = None

    def add(self, measured: float) -> None:
        """Take a measurement."""
        self.value = measured if self.value is None else self.value + WEIGHT * (measured - self.value)


@dataclass(slots=True)
class Speed:
    """How fast one worker answers with one model."""

    first_word: Mean = field(default_factory=Mean)
    """Seconds until the first word."""
    word: Mean = field(default_factory=Mean)
    """Seconds for each word after it."""
    measured_at: float = 0.0

    def first_came(self, seconds: float, now: float) -> None:
        """Take the time until a first word."""
        self.first_word.add(max(0.0, seconds))
        self.measured_at = now

    def wrote(self, words: int, seconds: float, now: float) -> None:
        """Take the time in which the words after the first one were written."""
        if words >= FEWEST_WORDS:
            self.word.add(max(0.0, seconds) / words)
            self.measured_at = now

    @property
    def answer_seconds(self) -> float | None:
        """How long a usual answer takes; None before both were measured.

        A worker that gave short answers only has no pace: by its first words alone it would look faster than all.
        """
        if self.first_word.value is None or self.word.value is None:
            return None
        return self.first_word.value + USUAL_WORDS * self.word.value


def expected(own: float | None, age: float, usual: float) -> float:
    """Return the seconds to expect: what was measured, fading with its age into what is usual among the others.

    Without the fading a worker that was slow once, when it was cold, would not be asked and measured again.
    """
    if own is None:
        return usual
    trust = 0.5 ** (max(0.0, age) / HALF_LIFE)
    return trust * own + (1 - trust) * usual
