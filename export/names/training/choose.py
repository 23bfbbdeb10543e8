"""Chooses the thresholds of `needs.py` on the bench's development part: `python -m export.names.training.choose`.

One after another is moved up and down, and kept where that is better; the held-out part is never looked at.
"""

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from export.names import needed
from export.names.bench.cases import Case, cases, clean, letters
from export.names.lists import lists
from export.names.model import Model
from export.names.numbering import Mention, everywhere
from export.names.recall import Recall
from export.names.tokens import Token

SEEDS = (11, 23, 31, 41, 61)
"""With each of them the templates get other names: of one alone, the choice would learn the names."""
STEPS = (-0.08, 0.08, -0.25, 0.22)
GOALS = (0.97, 0.94, 0.06)
"""Any, whole, touched: what is aimed at on the development part, a little more than what is wanted."""
WEIGHTS = (1.0, 1.5, 0.8, 0.6, 0.05)
"""Of the three, of the letters gone that are no name's, and of clean messages touched beside one with names."""
BESIDE = "My name is Ann Keller and Tom Keller is my son."


class Remembering:
    """Asks the model about each text once: what it says does not depend on the thresholds."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._known: dict[tuple[Token, ...], list[float]] = {}

    def shares(self, words: Sequence[Token]) -> list[float]:
        """Return what the model says."""
        key = tuple(words)
        if key not in self._known:
            self._known[key] = self._model.shares(words)
        return self._known[key]


@dataclass(slots=True)
class Tally:
    """Counts on conversations with names."""

    names: int = 0
    hit: int = 0
    whole: int = 0
    other: int = 0
    gone: int = 0

    def add(self, case: Case, found: Sequence[Sequence[Mention]]) -> None:
        """Count a conversation."""
        is_whole = True
        for text, every, row in zip(case.texts, case.names, found, strict=True):
            gone, named = letters(text, [(each.start, each.end) for each in row]), letters(text, every)
            self.gone += len(gone - named)
            self.other += len(letters(text, [(0, len(text))])) - len(named)
            self.names += len(every)
            self.hit += sum(bool(letters(text, [name]) & gone) for name in every)
            is_whole = is_whole and named <= gone
        self.whole += is_whole


def measure(engine: Recall, chosen: Sequence[Case]) -> tuple[float, float, float, float, float]:
    """Return any, whole and touched, and how much is gone that is no name's, on the development part."""
    tally = Tally()
    for case in chosen:
        tally.add(case, everywhere(case.texts, engine.find(case.texts)))
    texts = [text for _, text in clean("development")]
    touched = sum(any(engine.find([text])) for text in texts)
    beside = [bool(engine.find([BESIDE, text])[1]) for text in texts[::4]]
    any_of, whole = tally.hit / tally.names, tally.whole / len(chosen)
    return any_of, whole, touched / len(texts), tally.gone / tally.other, sum(beside) / len(beside)


def cost(found: Sequence[float]) -> float:
    """Return how far from the goals a measurement is; being better than a goal counts a little."""
    gaps = (GOALS[0] - found[0], GOALS[1] - found[1], found[2] - GOALS[2], found[3], found[4])
    return sum(weight * (gap if gap > 0 else gap / 5) for weight, gap in zip(WEIGHTS, gaps, strict=True))


def main(*chosen: str) -> None:
    """Search, and print the thresholds; only those that are named, if any are."""
    engine = Recall(lists())
    engine.model = Remembering(engine.model)  # pyright: ignore[reportAttributeAccessIssue]
    conversations = [case for seed in SEEDS for case in cases("development", seed, 1)]
    best = measure(engine, conversations)
    sys.stdout.write(f"{best}\n")
    for name in chosen or asdict(needed.NEEDS):
        for step in STEPS:
            before = needed.NEEDS
            value = round(min(0.985, max(0.002, getattr(before, name) + step)), 3)
            needed.NEEDS = replace(before, **{name: value})
            found = measure(engine, conversations)
            if cost(found) < cost(best) - 1e-4:
                best = found
                sys.stdout.write(f"{name} {value}: {best}\n")
                sys.stdout.flush()
            else:
                needed.NEEDS = before
    sys.stdout.write(f"{needed.NEEDS}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
