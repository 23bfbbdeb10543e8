"""The trained model (a conditional random field): how likely is each word part of a name."""

import lzma
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from export.names.crf import Field
from export.names.features import Looker
from export.names.sections import DATA
from export.names.tokens import Token
from export.names.windows import begins, windows, worth_asking

REMEMBERED, LONGEST = 128, 2_000
"""Texts, and the words of one: what is looked at again and was not changed need not be asked about again."""
PARTS = 64
"""Parts of texts, likewise: where a name was taken out of a text, most of it is as it was."""
MODEL = DATA / "names.crfsuite.xz"


class Model:
    """Asks the model about the parts of a text that might hold names."""

    def __init__(self, looker: Looker, path: Path = MODEL) -> None:
        self._looker = looker
        self._field = Field(lzma.decompress(path.read_bytes()), looker)
        self._remembered = lru_cache(REMEMBERED)(self._shares)
        self._asked_before = lru_cache(PARTS)(self._field.shares)

    def shares(self, words: Sequence[Token]) -> list[float]:
        """Return for each word how likely it is part of a name, from 0 to 1."""
        return list(self._remembered(tuple(words)) if len(words) <= LONGEST else self._shares(words))

    def forget(self) -> None:
        """Forget what was asked before; it is only remembered to save time."""
        self._remembered.cache_clear()
        self._asked_before.cache_clear()

    def _shares(self, words: Sequence[Token]) -> Sequence[float]:
        starts = begins(words)
        found = [0.0] * len(words)
        for start, end in windows(worth_asking(words, starts, self._looker)):
            part = tuple([word.text for word in words[start:end]])
            found[start:end] = self._asked_before(part, tuple(starts[start:end]))
        return found
