"""The trained model (a conditional random field): how likely is each word part of a name."""

import lzma
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from pycrfsuite._pycrfsuite import Tagger

from export.names.features import Looker, features
from export.names.sections import DATA
from export.names.tokens import Token
from export.names.windows import begins, windows, worth_asking

REMEMBERED, LONGEST = 128, 2_000
"""Texts, and the words of one: what is looked at again and was not changed need not be asked about again."""
MODEL = DATA / "names.crfsuite.xz"


class Model:
    """Asks the model about the parts of a text that might hold names."""

    def __init__(self, looker: Looker, path: Path = MODEL) -> None:
        self._looker = looker
        self._tagger = Tagger()
        self._bytes = lzma.decompress(path.read_bytes())  # the tagger reads from them as long as it lives
        self._tagger.open_inmemory(self._bytes)
        self._remembered = lru_cache(REMEMBERED)(self._shares)

    def shares(self, words: Sequence[Token]) -> list[float]:
        """Return for each word how likely it is part of a name, from 0 to 1."""
        return list(self._remembered(tuple(words)) if len(words) <= LONGEST else self._shares(words))

    def _shares(self, words: Sequence[Token]) -> Sequence[float]:
        starts = begins(words)
        found = [0.0] * len(words)
        for start, end in windows(worth_asking(words, starts, self._looker)):
            looks = [self._looker.look(word.text) for word in words[start:end]]
            self._tagger.set(features(looks, starts[start:end]))
            for index in range(end - start):
                if looks[index].kind != "punct":
                    found[start + index] = 1 - self._tagger.marginal("O", index)
        return found
