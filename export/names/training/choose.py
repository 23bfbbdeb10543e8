"""Chooses the thresholds of `needed.py` on the bench's development part: `python -m export.names.training.choose`.

One after another is moved up and down, and kept where that is better; the held-out part is never looked at.
"""

import sys
from collections.abc import Sequence
from dataclasses import asdict, replace

from export.names import needed
from export.names.bench.cases import cases, clean, letters
from export.names.lists import lists
from export.names.model import Model
from export.names.numbering import everywhere
from export.names.recall import Recall
from export.names.tokens import Token

SEED, EACH = 7, 2
STEPS = (-0.06, 0.06, -0.14, 0.14)
GOALS = (0.97, 0.94, 0.05)
"""Any, whole, touched: what is aimed at on the development part, a little more than what is wanted."""


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


def measure(engine: Recall) -> tuple[float, float, float]:
    """Return any, whole and touched on the development part."""
    hit = names = whole = count = touched = 0
    for case in _CASES:
        found = everywhere(case.texts, engine.find(case.texts))
        is_whole = True
        for text, every, row in zip(case.texts, case.names, found, strict=True):
            gone = letters(text, [(each.start, each.end) for each in row])
            for name in every:
                wanted = letters(text, [name])
                names += 1
                hit += bool(wanted & gone)
                is_whole = is_whole and wanted <= gone
        whole += is_whole
        count += 1
    texts = clean("development")
    touched = sum(any(engine.find([text])) for _, text in texts)
    return hit / names, whole / count, touched / len(texts)


_CASES = cases("development", SEED, EACH)


def cost(found: tuple[float, float, float]) -> float:
    """Return how far from the goals a measurement is; being better than a goal counts a little."""
    gaps = (GOALS[0] - found[0], GOALS[1] - found[1], (found[2] - GOALS[2]) * 0.7)
    return sum(gap if gap > 0 else gap / 5 for gap in gaps)


def main(*chosen: str) -> None:
    """Search, and print the thresholds; only those that are named, if any are."""
    engine = Recall(lists())
    engine.model = Remembering(engine.model)  # pyright: ignore[reportAttributeAccessIssue]
    best = measure(engine)
    sys.stdout.write(f"{best}\n")
    for name in chosen or asdict(needed.NEEDS):
        start = getattr(needed.NEEDS, name)
        for step in STEPS:
            before = needed.NEEDS
            value = round(min(0.985, max(0.002, start + step)), 3)
            needed.NEEDS = replace(before, **{name: value})
            found = measure(engine)
            if cost(found) < cost(best) - 1e-4:
                best = found
                sys.stdout.write(f"{name} {value}: {best}\n")
                sys.stdout.flush()
            else:
                needed.NEEDS = before
    sys.stdout.write(f"{needed.NEEDS}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
