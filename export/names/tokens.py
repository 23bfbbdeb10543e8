"""Words, signs and lines of a text, in any script."""

import re
from collections.abc import Iterable, Sequence
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0971-\u0dff\u0e31-\u0e3a\u0e47-\u0e4e"
    "\u200c\u200d"
)
"""Vowels and other signs that belong to the letter before them, and what joins letters."""
APART = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
"""Scripts without spaces, or with endings written on to names: taken sign by sign."""
_FAR = rf"[^\W\d_\u0000-\u200d{APART}]"
"""Letters of scripts that few write, which `listed` does not hold."""
_SIGNS = "\u3005\u3040-\u30a0\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
"""Those apart, without the katakana that make words."""


@cache
def listed(sign: str) -> str:
    """Return the signs of most alphabets that a pattern matches, as ranges for a set: this tells in half the time."""
    runs = re.findall(f"(?:{sign})+", "".join(map(chr, range(0x200E))))
    return "".join(f"{run[0]}-{run[-1]}" for run in runs)


@cache
def word() -> str:
    """Return the pattern of letters and their marks, which never has to give one back."""
    return rf"(?:[{_letters()}]++|{_FAR}++)++"


@cache
def going_on() -> str:
    """Return the pattern of how a word goes on after a letter."""
    return rf"[{_letters()}]*+(?:{_FAR}++[{_letters()}]*+)*+{joined()}"


@cache
def joined() -> str:
    """Return the pattern of what follows a word after a hyphen or an apostrophe, and is part of it."""
    return rf"(?:(?=['’ʼ׳-])(?:['’ʼ׳](?!s\b|S\b){word()}|-{word()}))*+"


def _letters() -> str:
    return listed(rf"[^\W\d_{APART}]|[{_MARKS}]")


@cache
def _token() -> re.Pattern[str]:
    """Return the pattern of words, numbers and signs: what there is most of comes first."""
    vowel_lost = rf"(?=[ldjmnstcLq]u?['’])(?:[ldjmnstcL](?<=\b.)|qu(?<=\bqu))['’](?={word()})"
    of_words = rf"{vowel_lost}|[{_letters()}]{going_on()}"
    return re.compile(rf"[{_SIGNS}]|{of_words}|\d+|[\u30a1-\u30ff]+|{_FAR}{going_on()}|\S|\n")


class Token(NamedTuple):
    """A word or a sign, and where it stands."""

    text: str
    start: int
    end: int


class Words(list[Token]):
    """The words of a text in order; what is asked of all of them again and again is found out once."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        """The words without their places."""

    def add(self, text: str, start: int, end: int) -> None:
        """Add the words of a part of a text."""
        texts = _token().findall(text, start, end)
        find = text.find
        last = start
        self.extend(
            [
                _new(Token, (word, place := find(word, last), last := place + len(word)))
                for word in texts  # faster than to ask for places: only spaces lie between
            ]
        )
        self.texts += texts

    def stop(self, place: int) -> None:
        """Add a full stop."""
        self.append(Token(".", place, place + 1))
        self.texts.append(".")

    @cached_property
    def low(self) -> list[str]:
        """The words in small letters."""
        return [text.lower() for text in self.texts]

    @cached_property
    def different(self) -> frozenset[str]:
        """Each word once."""
        return frozenset(self.texts)

    @cached_property
    def large(self) -> list[int]:
        """The places of words that are not in small letters."""
        return [place for place, (text, low) in enumerate(zip(self.texts, self.low, strict=True)) if text != low]

    @cached_property
    def capitals(self) -> list[int]:
        """The places of words that begin with a capital."""
        return [place for place in self.large if is_capital(self.texts[place])]

    @cached_property
    def starts(self) -> list[int]:
        """Where the words begin in the text."""
        return [start for _, start, _ in self]


@lru_cache(1 << 16)
def is_capital(word: str) -> bool:
    """Tell whether a word begins with a capital, in a script that has them."""
    return word[0] != word[0].lower()


_new = tuple.__new__
"""Half the cost of a call of `Token`, of which there are hundreds a text."""
_CUT = re.compile(r"[\s\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f]")
"""Where a part of a text may begin and end."""
REACH = 50
"""Characters on each side of a place that are looked at where words do not tell how far to look."""
_BEFORE, _AFTER = 4, 5
"""Words on each side that matter: the names of things that are longer are few."""
_SIGNS_REACH = 6
"""Signs that matter where one stands for a word."""
_NEAR = 20
"""Characters between places that are looked at together."""


def tokens(text: str) -> Words:
    """Return the words, numbers, signs and line ends of a text, in order."""
    found = Words()
    found.add(text, 0, len(text))
    return found


def tokens_around(text: str, places: Iterable[int]) -> Words:
    """Return those that stand around some places: where others are left out stands a full stop instead of them."""
    found = Words()
    last = 0
    for start, end in _parts(text, sorted(place for place in places if place < len(text))):
        if start > last:
            found.stop(start - 1)
        found.add(text, start, end)
        last = end
    return found


def _parts(text: str, places: Sequence[int]) -> list[tuple[int, int]]:
    """Return where parts of a text begin and end that hold all that may matter for what stands at some places."""
    found: list[tuple[int, int]] = []
    first = last = -1
    only_signs = False
    for place in places:
        is_sign = _is_sign(text[place])
        if first >= 0 and place - last <= (_SIGNS_REACH if only_signs and is_sign else _NEAR):
            only_signs = only_signs and is_sign
        else:
            if first >= 0:
                _add(found, text, first, last, only_signs)
            first, only_signs = place, is_sign
        last = place
    if first >= 0:
        _add(found, text, first, last, only_signs)
    return found


def _add(found: list[tuple[int, int]], text: str, first: int, last: int, only_signs: bool) -> None:
    """Add the part around some places side by side."""
    start = first if only_signs else _begin(text, first)
    end = min(len(text), last + _SIGNS_REACH) if only_signs else _end(text, last)
    if found and start <= found[-1][1]:
        start, before = found.pop()
        end = max(end, before)
    found.append((start, end))


def _is_sign(sign: str) -> bool:
    """Tell whether it is a sign apart, beside which nothing matters."""
    return "\u3005" <= sign <= "\ud7af" and not "\u30a1" <= sign <= "\u30ff" and not "\ua000" <= sign < "\uac00"


def _begin(text: str, place: int) -> int:
    """Return where a part begins: some words before a place, and as far as they have capitals."""
    far = place - REACH if place > REACH else 0
    words = text[far:place].rsplit(None, _BEFORE)
    if len(words) > _BEFORE and words[1][0] == words[1][0].lower():
        return far + len(words[0])
    cut = _CUT.search(text, far, place) if far else None
    return cut.end() if cut else far


def _end(text: str, place: int) -> int:
    far = min(len(text), place + 2 * REACH)
    words = text[place:far].split(None, _AFTER)
    if len(words) > _AFTER and all(word[0] == word[0].lower() for word in words[-3:-1]):
        return far - len(words[-1])
    cut = _CUT.search(text, place + REACH, far) if place + REACH < far else None
    return cut.start() if cut else far
