"""Words, signs and lines of a text, in any script."""

import re
from collections.abc import Iterable
from typing import NamedTuple

_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0971-\u0dff\u0e31-\u0e3a\u0e47-\u0e4e"
    "\u200c\u200d"
)
"""Vowels and other signs that belong to the letter before them, and what joins letters."""
APART = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
"""Scripts without spaces, or with endings written on to names: taken sign by sign."""
WORD = rf"(?:[^\W\d_{APART}]++|[{_MARKS}]++)++"
"""Letters, those of a kind at once: no match ever has to give one back."""


def _token(word: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:\b[ldjmnstc]|\bqu|\bL)['’](?={word})"  # an article or pronoun that lost its vowel
        rf"|{word}(?:['’ʼ׳](?!s\b|S\b){word}|-{word})*"
        rf"|\d+|[\u30a1-\u30ff]+|\S|\n"
    )


_TOKEN = _token(WORD)
_ASCII_TOKEN = _token("[A-Za-z]++")
"""The same of texts that have no other letters: twice as fast."""


class Token(NamedTuple):
    """A word or a sign, and where it stands."""

    text: str
    start: int
    end: int


_new = tuple.__new__
"""Half the cost of a call of `Token`, of which there are hundreds a text."""
_CUT = re.compile(r"[\s\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f]")
"""Where a part of a text may begin and end."""
REACH = 50
"""Characters on each side of a place that are looked at."""


def tokens(text: str) -> list[Token]:
    """Return the words, numbers, signs and line ends of a text, in order."""
    return _tokens(text, 0, len(text))


def tokens_around(text: str, places: Iterable[int]) -> list[Token]:
    """Return those that stand around some places: where others are left out stands a full stop instead of them."""
    found: list[Token] = []
    last = 0
    for start, end in _parts(text, sorted(places)):
        if start > last:
            found.append(Token(".", start - 1, start))
        found += _tokens(text, start, end)
        last = end
    return found


def _tokens(text: str, start: int, end: int) -> list[Token]:
    form = _ASCII_TOKEN if text.isascii() else _TOKEN
    find = text.find
    last = start
    return [
        _new(Token, (word, place := find(word, last), last := place + len(word)))
        for word in form.findall(text, start, end)  # faster than to ask for places: only spaces lie between
    ]


def _parts(text: str, places: Iterable[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for place in places:
        start, end = 0, len(text)
        if place > REACH:
            cut = _CUT.search(text, place - REACH, place)
            start = cut.end() if cut else place - REACH
        if place + REACH < end:
            cut = _CUT.search(text, place + REACH, place + 2 * REACH)
            end = cut.start() if cut else min(end, place + 2 * REACH)
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
