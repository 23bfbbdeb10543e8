"""The setting `recall`: what the rules mark and what the trained model believes, together."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from export.names import rules
from export.names.balanced import listed_or_announced
from export.names.features import Looker
from export.names.joining import (
    AFTER_NAMES,
    BEFORE_NAMES,
    extended,
    famous_words,
    is_capital,
    lengthened,
    phrases,
    spans,
    within_words,
)
from export.names.labels import mark_labelled
from export.names.lists import Is, Lists
from export.names.masking import masked
from export.names.model import Model
from export.names.needed import Around, lines, needed, things
from export.names.rows import among_things
from export.names.span import NameSpan
from export.names.spoken import spoken
from export.names.tokens import Token, tokens
from export.names.windows import is_word_only

_NO_PART = frozenset("abcdefghijklmnopqrstuvwxyz씨님")
"""Letters, and what Korean adds to a name."""
BESIDE = 0.05
"""How likely the model must find a word that stands beside a name."""
LEAST = 0.002
"""Less than this is as good as nothing: the model was not asked, or is sure."""
ENOUGH = 0.3
"""How likely one name must be for less to be needed of the others in its conversation."""
LISTED = 0.02
"""How likely the model must find what lists alone would take for a name."""


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
        open_to = [
            [out or token.text.lower() in famous for token, out in zip(row, each, strict=True)]
            for row, each in zip(rows, barred, strict=True)
        ]
        around = Around(small, spoken(rows, self.lists))
        written = [
            (lines(row, self.lists), among_things(row, out, around.spoken, self.lists))
            for row, out in zip(rows, open_to, strict=True)
        ]
        parts = list(zip(plain, rows, open_to, written, strict=True))
        found = [self._names(*part, around) for part in parts]
        if any(span.score >= ENOUGH for row in found for span in row):
            around = replace(around, is_of_persons=True)
            return [self._names(*part, around) for part in parts]
        return found

    def _names(
        self,
        text: str,
        words: Sequence[Token],
        barred: Sequence[bool],
        written: tuple[Sequence[str], Sequence[str]],
        around: Around,
    ) -> list[NameSpan]:
        """Return the names in a text; where others of the conversation are sure, less is needed."""
        shares = self.model.shares(words)
        scores = [0.0] * len(words)
        line, is_among = written
        for index, share in enumerate(shares):
            if (
                share >= LEAST
                and not barred[index]
                and share >= needed(words, index, around, self.lists, line[index], is_among[index])
            ):
                scores[index] = share
            elif not barred[index] and self._may_be_listed(words[index].text, share, around):
                scores[index] = 0.5 * listed_or_announced(words, index, self.lists)
        inside = set[int]() if text.isascii() else within_words(words, shares, self.lists)
        for index in inside:
            scores[index] = 0.0
        self._beside(words, [0.0 if index in inside else share for index, share in enumerate(shares)], scores, barred)
        rules.mark(text, words, scores, barred, self.lists)
        mark_labelled(words, scores, barred, around.spoken, self.lists)
        extended(words, scores, barred, self.lists)
        if not text.isascii():
            lengthened(words, scores, self.lists)
        return spans(words, scores)

    def _beside(
        self, words: Sequence[Token], shares: Sequence[float], scores: list[float], barred: Sequence[bool]
    ) -> None:
        """Take the words beside a name that are a little likely to belong to it."""
        likely = [index for index, share in enumerate(shares) if share >= BESIDE and not barred[index]]
        pairs = [(index - 1, index) for index in likely if index]
        pairs += [(index + 1, index) for index in reversed(likely) if index + 1 < len(words)]
        for near, index in pairs:
            left, right = min(near, index), max(near, index)
            if scores[near] <= 0 or scores[index] or words[right].start - words[left].end > 1:
                continue
            if self._may_belong(words[index].text):
                scores[index] = shares[index]

    def _may_be_listed(self, word: str, share: float, around: Around) -> bool:
        """Tell whether lists may decide: whatever the model says of given names where the conversation has names."""
        if len(word) < 2 or not is_capital(word):
            return False
        return share >= LISTED or (around.is_of_persons and self.lists.known.get(word.lower(), 0) & Is.GIVEN > 0)

    def _may_belong(self, word: str) -> bool:
        """Tell whether a word can be part of a name that stands beside it."""
        low = word.lower()
        if low in self.lists.cues or low in BEFORE_NAMES or word in _NO_PART or word in AFTER_NAMES:
            return False
        return word != low or low >= "\u0590" or not is_word_only(self.lists.traits(low))
