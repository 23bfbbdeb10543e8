"""Which parts of a text the model is asked about."""

from collections.abc import Sequence

from export.names.kept import Kept
from export.names.lists import ENGLISH_SHIFT, FOREIGN_SHIFT, Is, Lists
from export.names.tokens import Words

REACH = 6
"""Words on each side that the model sees."""
_REACH_OF_CUES = 3
"""Words after a cue that may be of a name; one less with a capital."""
_NAME = Is.GIVEN | Is.FAMILY
_ENDS = frozenset('.!?。！？\n:*-•#>"“”|')

_BEFORE_SMALL = frozenset("for about with is and to by from that so then but does did tell ask via when if".split())  # noqa: SIM905


def begins(words: Words) -> list[bool]:
    """Tell which words begin a sentence, a line or a quotation."""
    return [True, *(text in _ENDS for text in words.texts[:-1])] if words else []


_SMALL, _BESIDE, _CUE, _ALWAYS, _WITHIN, _AFTER = 1, 2, 4, 8, 16, 32
"""What a word by itself tells: it is in small letters; it may be a name after a cue; it is one. And elsewhere: it may
be a name, it may be one where no sentence begins, or after what might be one itself."""


class Asking:
    """Tells which words might be names: with a capital where that means something, listed, or after a cue."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._kinds = Kept[str, int](self._kind)

    def worth(self, words: Words, starts: Sequence[bool]) -> list[bool]:
        """Tell it for each word; `starts` says which begin a sentence."""
        kinds, texts = self._kinds, words.texts
        flags = [False] * len(texts)
        named = -9
        for index, word in enumerate(texts):
            kind = kinds[word]
            if kind < _CUE and index - named > _REACH_OF_CUES:
                continue
            if index - named <= _REACH_OF_CUES - (not kind & _SMALL):
                flags[index] = kind & _BESIDE > 0
            elif kind & _AFTER:
                flags[index] = index > 0 and (flags[index - 1] or words.low[index - 1] in _BEFORE_SMALL)
            else:
                flags[index] = kind & _ALWAYS > 0 or (kind & _WITHIN > 0 and not starts[index])
            if kind & _CUE:
                named = index
        return flags

    def _kind(self, word: str) -> int:
        first, low = word[0], word.lower()
        if first < "A":
            return 0
        cue = _CUE if self._lists.cues.get(low) else 0
        if "\u3005" <= first <= "\u9fff" or "\uac00" <= first <= "\ud7af":
            is_open = word in self._lists.han or ("\u30a1" <= first < "\u3100" and len(word) > 1)
            return cue | (_BESIDE | _ALWAYS if is_open else 0)
        if first == low[0]:
            is_open = low not in self._lists.cues and len(word) > 1
            return cue | _SMALL | (_BESIDE if is_open else 0) | self._of_small(word, low)
        return cue | (_BESIDE | self._of_large(word, low) if len(word) > 1 else 0)

    def _of_small(self, word: str, low: str) -> int:
        what = self._lists.known.get(low, 0)
        if what & _NAME and not what & (Is.WORD | Is.PLACE | Is.VETO):
            return _ALWAYS if len(word) > 2 else 0
        if what & Is.WORD or len(word) <= 2 - (low >= "\u0590"):
            return 0
        if low >= "\u0590":
            return _ALWAYS
        return 0 if what or is_common(self._lists.traits(word)) else _AFTER

    def _of_large(self, word: str, low: str) -> int:
        lists = self._lists
        what = lists.known.get(low, 0)
        if what & _NAME:
            return _ALWAYS
        if (what & Is.VETO and low not in lists.brands) or low in lists.major:  # written by hand
            return 0
        return _WITHIN if what & Is.WORD or is_common(lists.traits(word)) else _ALWAYS


def is_word_only(traits: int) -> bool:
    """Tell whether a word is often written small, and no list has it as a name."""
    return is_common(traits) and not traits & (Is.GIVEN | Is.FAMILY)


def is_common(traits: int) -> bool:
    """Tell whether a word is written small often enough that, where nothing speaks for a name, it is none."""
    return (traits & Is.ENGLISH) >= 2 << ENGLISH_SHIFT or (traits & Is.FOREIGN) >= 3 << FOREIGN_SHIFT


def windows(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the ranges of words around those worth asking about."""
    found: list[tuple[int, int]] = []
    for index, flag in enumerate(flags):
        if flag:
            start, end = max(0, index - REACH), min(len(flags), index + REACH + 1)
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
    return found
