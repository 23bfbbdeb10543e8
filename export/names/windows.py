"""Which parts of a text the model is asked about."""

from collections.abc import Sequence

from export.names.features import Looker
from export.names.lists import ENGLISH_SHIFT, FOREIGN_SHIFT, Is, Lists
from export.names.tokens import Token

REACH = 6
"""Words on each side that the model sees."""
_ENDS = frozenset('.!?。！？\n:*-•#>"“”|')

_BEFORE_SMALL = frozenset("for about with is and to by from that so then but does did tell ask via when if".split())  # noqa: SIM905


def begins(words: Sequence[Token]) -> list[bool]:
    """Tell which words begin a sentence, a line or a quotation."""
    return [index == 0 or words[index - 1].text in _ENDS for index in range(len(words))]


def worth_asking(words: Sequence[Token], starts: Sequence[bool], looker: Looker) -> list[bool]:
    """Tell which words might be a name: with a capital where that means something, listed, or beside a cue."""
    lists = looker.lists
    known, cues = lists.known, lists.cues
    flags = [False] * len(words)
    named = -9
    for index, token in enumerate(words):
        word = token.text
        first = word[0]
        if first < "A":
            continue
        low = word.lower()
        what = known.get(low, 0)
        if "\u3005" <= first <= "\u9fff" or "\uac00" <= first <= "\ud7af":
            flags[index] = word in lists.han or (first >= "\u30a1" and first < "\u3100" and len(word) > 1)
        elif first != low[0]:
            if (
                index - named <= 2
                or what & 3
                or not (_is_thing(what, low, lists) or (starts[index] and _is_word(what, word, lists)))
            ):
                flags[index] = len(word) > 1
        elif index - named <= 3:
            flags[index] = low not in cues and len(word) > 1
        elif what & 3 and not what & (Is.WORD | Is.PLACE | Is.VETO):
            flags[index] = len(word) > 2
        elif not what & Is.WORD and len(word) > 2 - (first >= "\u0590"):
            flags[index] = first >= "\u0590" or (
                not what and _follows(words, index, flags) and not is_common(lists.traits(word))
            )
        if cues.get(low):
            named = index
    return flags


def _is_thing(what: int, low: str, lists: Lists) -> bool:
    """Tell whether a word with a capital is known to be no name, by what was written by hand."""
    return (bool(what & Is.VETO) and low not in lists.brands) or low in lists.major


def _is_word(what: int, word: str, lists: Lists) -> bool:
    return bool(what & Is.WORD) or is_common(lists.traits(word))


def is_word_only(traits: int) -> bool:
    """Tell whether a word is often written small, and no list has it as a name."""
    return is_common(traits) and not traits & (Is.GIVEN | Is.FAMILY)


def is_common(traits: int) -> bool:
    """Tell whether a word is written small often enough that, where nothing speaks for a name, it is none."""
    return (traits & Is.ENGLISH) >= 2 << ENGLISH_SHIFT or (traits & Is.FOREIGN) >= 3 << FOREIGN_SHIFT


def _follows(words: Sequence[Token], index: int, flags: Sequence[bool]) -> bool:
    """Tell whether a small word that no list has follows one that might lead to a name, or be its beginning."""
    return index > 0 and (flags[index - 1] or words[index - 1].text.lower() in _BEFORE_SMALL)


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
