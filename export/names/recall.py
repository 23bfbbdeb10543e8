"""The setting `recall`: what the rules mark and what the trained model believes, together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from export.names import rules
from export.names.balanced import listed_or_announced
from export.names.features import Looker
from export.names.joining import BEFORE_NAMES, extended, famous_words, is_capital, phrases, spans
from export.names.lists import Lists
from export.names.masking import masked
from export.names.model import Model
from export.names.needed import lines, needed, things
from export.names.span import NameSpan
from export.names.tokens import Token, tokens

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
BESIDE = 0.05
"""How likely the model must find a word that stands beside a name."""


@dataclass(slots=True)
class Recall:
    """Finds as many names as it can."""

    lists: Lists
    model: Model = field(init=False)

    def __post_init__(self) -> None:
        self.model = Model(Looker(self.lists))

    def find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
        """Return the names in each text."""
        plain = [masked(text) for text in texts]
        rows = [tokens(text) for text in plain]
        barred = [phrases(row, self.lists) for row in rows]
        famous = {word for row, out in zip(rows, barred, strict=True) for word in famous_words(row, out, self.lists)}
        small = set[str]().union(*map(things, rows))
        return [
            self._names(
                text, row, [out or token.text.lower() in famous for token, out in zip(row, each, strict=True)], small
            )
            for text, row, each in zip(plain, rows, barred, strict=True)
        ]

    def _names(self, text: str, words: Sequence[Token], barred: Sequence[bool], small: set[str]) -> list[NameSpan]:
        shares = self.model.shares(words)
        scores = [0.0] * len(words)
        written = lines(words)
        for index, share in enumerate(shares):
            if share >= 0.05 and not barred[index] and share >= needed(words, index, small, self.lists, written[index]):
                scores[index] = share
            elif is_capital(words[index].text) and not barred[index] and len(words[index].text) > 1:
                scores[index] = 0.5 * listed_or_announced(words, index, self.lists)
        self._beside(words, shares, scores, barred)
        rules.mark(text, words, scores, barred, self.lists)
        extended(words, scores, barred, self.lists)
        return spans(words, scores)

    def _beside(
        self, words: Sequence[Token], shares: Sequence[float], scores: list[float], barred: Sequence[bool]
    ) -> None:
        """Take the words beside a name that are a little likely to belong to it."""
        order = range(1, len(words))
        for near, index in (*((i - 1, i) for i in order), *((i, i - 1) for i in reversed(order))):
            is_open = scores[near] > 0 and scores[index] == 0 and shares[index] >= BESIDE and not barred[index]
            left, right = min(near, index), max(near, index)
            low = words[index].text.lower()
            is_none = low in self.lists.cues or low in BEFORE_NAMES or words[index].text in _LETTERS
            if is_open and words[right].start - words[left].end <= 1 and not is_none:
                scores[index] = shares[index]
