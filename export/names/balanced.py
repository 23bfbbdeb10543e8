"""The setting `balanced`: lists and plain rules, fast and seldom wrong."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from export.names import rules
from export.names.doubts import Doubter
from export.names.joining import BEFORE_NAMES, extended, famous_words, phrases, spans
from export.names.kept import Kept
from export.names.lists import Is, Lists
from export.names.masking import masked
from export.names.places import BESIDE, FirstLook
from export.names.span import NameSpan
from export.names.tokens import Token, Words, is_capital, tokens_around

_NAME = Is.GIVEN | Is.FAMILY
_ELSE = Is.WORD | Is.PLACE | Is.VETO | Is.NOUN
_ENDS = frozenset('.!?:\n"“,;(-')
REMEMBERED = 256
"""Texts: whoever looks again at what was not changed need not search again."""


@dataclass(slots=True)
class Balanced:
    """Finds names that are on the lists, or stand where only a name stands."""

    lists: Lists
    _private: Lists = field(init=False)
    """Those without the people whom everybody knows."""
    _begins: frozenset[tuple[str, str]] = field(init=False)
    """The first two words of all phrases."""
    _look: FirstLook = field(init=False)
    _doubter: Doubter = field(init=False)
    _open: Kept[str, bool] = field(init=False)
    """Words that may be names by themselves."""
    _found: Callable[[str], Sequence[NameSpan]] = field(init=False)

    def __post_init__(self) -> None:
        self._private = replace(self.lists, public=frozenset())
        begun = self.lists.phrases.values()
        self._begins = frozenset((phrase[0], phrase[1]) for phrases_of_one in begun for phrase in phrases_of_one)
        self._look = FirstLook(self.lists)
        self._doubter = Doubter(self.lists)
        self._open = Kept(self._is_open)
        self._found = lru_cache(REMEMBERED)(self._names)

    def find(self, texts: Sequence[str]) -> list[list[NameSpan]]:
        """Return the names in each text."""
        return [list(self._found(text)) for text in texts]

    def _names(self, text: str) -> list[NameSpan]:
        seen = self._look.look(text)
        if not seen.places and not seen.around:
            return []
        plain = masked(text)
        words = tokens_around(plain, {*seen.places, *seen.around})
        barred = self._barred(words)
        scores = [0.0] * len(words)
        is_open = self._open
        listed: list[int] = []
        for index in {bisect_left(words.starts, place) for place in seen.places}:
            if index < len(words) and is_open[words.texts[index]] and not barred[index]:
                score = listed_or_announced(words, index, self.lists)
                if score and not self._doubter.doubts(plain, words, index):
                    scores[index] = score
                    listed.append(index)
        announced = [0.0] * len(words)
        rules.mark(plain, words, announced, barred, self.lists if seen.has_public else self._private)
        if not listed and not any(announced):
            return []
        if any(announced):
            scores = list(map(max, scores, announced))
        elif self._is_alone(plain, words, listed):
            return []
        extended(words, scores, barred, self.lists)
        return spans(words, scores)

    def _is_open(self, word: str) -> bool:
        is_large = len(word) > 1 and (word[0] >= "\u0590" or is_capital(word))
        return is_large and not self.lists.known.get(word.lower(), 0) & _ELSE

    def _is_alone(self, plain: str, words: Words, listed: Sequence[int]) -> bool:
        """Tell whether a text has only one listed name, which nothing announces."""
        return len({words.low[index] for index in listed}) == 1 and self._doubter.is_alone(plain, words, listed)

    def _barred(self, words: Words) -> list[bool]:
        """Tell which words are no private person's, by phrases and by people whom the text names in full."""
        low = words.low
        if self._begins.isdisjoint(pairwise(low)):
            return [False] * len(words)
        barred = phrases(words, self.lists)
        famous = famous_words(words, barred, self.lists)
        return [out or word in famous for word, out in zip(low, barred, strict=True)] if famous else barred


def listed_or_announced(words: Sequence[Token], index: int, lists: Lists) -> float:
    """Return how sure it is that a word is a name, by lists and by what stands beside it; 0 where nothing says so."""
    word = words[index].text
    low = word.lower()
    what = lists.known.get(low, 0)
    if what & _ELSE:
        return 0.0
    if what & Is.GIVEN and not what & Is.TOWN:
        return 0.0 if _in_title(words, index, lists.known, lists.cues) else 0.8
    if not is_capital(word) or word.isupper() or low in lists.cues or low in BEFORE_NAMES:
        return 0.0
    cues = lists.cues
    before = words[index - 1].text if index else "\n"
    after = words[index + 1].text if index + 1 < len(words) else "\n"
    if cues.get(before.lower()) in BESIDE or cues.get(after.lower()) == "speech":
        return 0.7
    if before in {",", ":", "\n"} and any(
        cues.get(each.text.lower()) == "closing" for each in words[max(0, index - 4) : index]
    ):
        return 0.7
    beside = lists.known.get(after.lower(), 0) if after[0] >= "A" and is_capital(after) else -1
    if beside >= 0 and not beside & _ELSE and (beside | what) & _NAME:
        return 0.6 if before.lower() not in {"the", "der", "die", "das", "la", "le", "el", "il"} else 0.0
    return 0.0


def _in_title(words: Sequence[Token], index: int, known: Mapping[str, int], cues: Mapping[str, str]) -> bool:
    """Tell whether it is one of several words with a capital, of which another is no name: a thing's."""
    after = words[index + 1].text if index + 1 < len(words) else "."
    before = words[index - 1].text if index else "."
    beside = known.get(after.lower(), 0)
    if after[0] >= "A" and is_capital(after) and beside & _ELSE and not beside & _NAME:
        return True
    is_inside = index > 1 and before[0] >= "A" and is_capital(before) and words[index - 2].text not in _ENDS
    return (
        is_inside and not known.get(before.lower(), 0) & _NAME and before.lower() not in cues and not before.isupper()
    )
