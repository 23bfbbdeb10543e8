"""Learns what the letters of names look like: `python -m export.names.training.likeness` writes `likeness.bin.xz`.

A logistic regression on parts of words: the lists' names against words, places, brands and things. Only names of the
training's half are among them. The same lists and version of SciPy give the same bytes.
"""

import lzma
import re
import sys
from functools import cache
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix

from export.names import sections
from export.names.likeness import PLACES, UNIT, WEIGHTS, Likeness, parts
from export.names.lists import PHRASES, small
from export.names.training.languages import SPOKEN_WORDS
from export.names.training.logistic import Floats, fitted
from export.names.training.pack import packed

FOLDS = 4
"""Models that each leave out a part of the words: what is learnt from must be judged by one that has not seen it."""
PENALTY, ITERATIONS = 2e-6, 80
NAMES, THINGS, WORDS = 0.5, 0.32, 0.18
"""How much of the whole each counts."""


def words() -> dict[str, int]:
    """Return the words learnt from: 0 for names, 1 for things, 2 for what is written small."""
    found: dict[str, int] = {}
    for section, entries in sections.read(SPOKEN_WORDS).items():
        found.update(dict.fromkeys(entries, 2) if section else {})
    listed = sections.read(sections.DATA / "words.txt.xz")
    found.update(dict.fromkeys((small(each) for each in (*listed["word"], *listed["noun"])), 2))
    vetoes = sections.read(sections.DATA / "vetoes.txt", comma=True)
    phrases = sections.read(PHRASES)
    things = [*listed["place"], *listed["town"], *listed["brand"], *phrases["place"], *phrases["thing"]]
    things += [each for section in ("company", "product", "brandword", "food", "place") for each in vetoes[section]]
    things += [each for entries in packed().values() for each in entries]
    found.update(dict.fromkeys((small(word) for entry in things for word in re.split("[_ ]+", entry)), 1))
    for name in ("gazetteer.txt.xz", "common_names.txt"):
        for entries in sections.read(sections.DATA / name).values():
            found.update(dict.fromkeys(map(small, entries), 0))
    return {word: kind for word, kind in sorted(found.items()) if len(word) > 1 and word[0].isalpha()}


class CrossFit:
    """Judges each word by a model that has not learnt from it."""

    def __init__(self) -> None:
        self._models = [Likeness(_fitted(left_out)) for left_out in range(FOLDS)]
        self._known: dict[str, int] = {}

    def level(self, low: str) -> int:
        """Return how much a word in small letters looks like a name."""
        if low not in self._known:
            self._known[low] = self._models[fold(low)].level(low)
        return self._known[low]


def fold(low: str) -> int:
    """Return which of the models has not seen a word."""
    return crc32(low.encode()[::-1]) % FOLDS


@cache
def _fitted(left_out: int) -> bytes:
    known = {word: kind for word, kind in words().items() if fold(word) != left_out}
    columns = [sorted(parts(word)) for word in known]
    rows = np.repeat(np.arange(len(columns)), [len(each) for each in columns])
    flat = np.concatenate([np.array(each) for each in columns])
    table = csr_matrix((np.ones(len(flat)), (rows, flat)), shape=(len(columns), PLACES))
    kinds = np.array(list(known.values()))
    weights = sum((kinds == kind) * share / (kinds == kind).sum() for kind, share in enumerate((NAMES, THINGS, WORDS)))
    return _quantised(fitted(table, np.where(kinds == 0, 1.0, -1.0), np.asarray(weights), PENALTY, ITERATIONS))


def _quantised(beta: Floats) -> bytes:
    return np.clip(np.round(beta * UNIT), -127, 127).astype(np.int8).tobytes()


def main() -> None:
    """Learn from all words, and write the weights."""
    WEIGHTS.write_bytes(lzma.compress(_fitted(-1), preset=9))
    sys.stdout.write(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
