"""The trained model (a conditional random field): how likely is each word part of a name."""

import lzma
from functools import lru_cache
from pathlib import Path

from export.names.crf import Field
from export.names.features import Looker
from export.names.sections import DATA
from export.names.tokens import Words
from export.names.windows import Asking, begins, windows

PARTS = 64
"""Parts of texts that are remembered: where a name was taken out of a text, most of it is as it was."""
MODEL = DATA / "names.crfsuite.xz"


class Model:
    """Asks the model about the parts of a text that might hold names."""

    def __init__(self, looker: Looker, path: Path = MODEL) -> None:
        self._asking = Asking(looker.lists)
        self._asked_before = lru_cache(PARTS)(Field(lzma.decompress(path.read_bytes()), looker).shares)

    def shares(self, words: Words) -> list[float]:
        """Return for each word how likely it is part of a name, from 0 to 1."""
        starts = begins(words)
        found = [0.0] * len(words)
        for start, end in windows(self._asking.worth(words, starts)):
            found[start:end] = self._asked_before(tuple(words.texts[start:end]), tuple(starts[start:end]))
        return found

    def forget(self) -> None:
        """Forget what was asked before; it is only remembered to save time."""
        self._asked_before.cache_clear()
