"""The setting `recall`: what the rules mark and what the trained model believes, together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from export.names import rules
from export.names.features import Looker
from export.names.joining import PARTICLES, extended, famous_words, is_capital, phrases, spans
from export.names.lists import Is, Lists
from export.names.masking import masked
from export.names.model import Model
from export.names.span import NameSpan
from export.names.tokens import Token, tokens

BESIDE = 0.1
"""How likely the model must find a word that stands beside a name."""
_NAME = Is.GIVEN | Is.FAMILY
_COMMON = Is.WORD | Is.NOUN
_ARTICLES = frozenset(
    "the der die das den dem des ein eine einen le la les el los las il lo gli os as het det a an un"  # noqa: SIM905
    " una une um uma".split()
)
_WHERE = frozenset(
    "in at near from to en à au aux nach aus bei w v ve na do z из в во на у k em no ze i på ved di ke ở tại"  # noqa: SIM905
    " đến από στην στη στο".split()
)


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
        small = {word for row in rows for token in row if (word := token.text) == word.lower()}
        return [
            self._names(
                text, row, [out or token.text.lower() in famous for token, out in zip(row, each, strict=True)], small
            )
            for text, row, each in zip(plain, rows, barred, strict=True)
        ]

    def _names(self, text: str, words: Sequence[Token], barred: Sequence[bool], small: set[str]) -> list[NameSpan]:
        shares = self.model.shares(words)
        scores = [0.0] * len(words)
        for index, share in enumerate(shares):
            if share > 0.1 and not barred[index] and share >= self._needed(words, index, small):
                scores[index] = share
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
            if is_open and words[right].start - words[left].end <= 1 and words[index].text not in self.lists.cues:
                scores[index] = shares[index]

    def _needed(self, words: Sequence[Token], index: int, small: set[str]) -> float:
        """Return how likely the model must find a word, by what else it might be and what stands before it."""
        word = words[index].text
        low = word.lower()
        what = self.lists.of(word)
        if not is_capital(word):
            return self._needed_small(low, what)
        before = words[index - 1].text.lower() if index else ""
        if (low,) in self.lists.famous:
            return 0.97
        if what & Is.VETO:
            return 0.6 if what & Is.GIVEN else 0.9
        if not what & _NAME and self._is_other(word, low):
            return 0.9
        if before in _ARTICLES and not what & _NAME:
            return 0.8
        if low in self.lists.major:
            return 0.9
        if what & Is.PLACE:
            return 0.85 if before in _WHERE else 0.4 if what & _NAME else 0.6
        if low in small and not what & Is.GIVEN:
            return 0.85
        if what & _COMMON:
            return 0.3 if what & _NAME else 0.6
        return 0.2 if what & _NAME else 0.3

    def _is_other(self, word: str, low: str) -> bool:
        """Tell whether a word is short for something, or made of common words: CEO, Carry-On."""
        if word.isupper() and len(word) < 6:
            return True
        return "-" in low and any(self.lists.known.get(part, 0) & Is.WORD for part in low.split("-"))

    def _needed_small(self, low: str, what: int) -> float:
        if low[0] < "\u0590":
            if what & Is.WORD or low in PARTICLES or low in self.lists.cues:
                return 0.5 if what & Is.GIVEN else 0.97
            return 0.35
        if low[0] >= "\u3000" or what & _NAME:
            return 0.35
        return 0.6 if not what else 0.8
