"""Words, signs and lines of a text, in any script."""

import re
from typing import NamedTuple

_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0971-\u0dff\u0e31-\u0e3a\u0e47-\u0e4e"
    "\u200c\u200d"
)
"""Vowels and other signs that belong to the letter before them, and what joins letters."""
_APART = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
"""Scripts without spaces, or with endings written on to names: taken sign by sign."""
_WORD = rf"(?:[^\W\d_{_APART}]++|[{_MARKS}]++)++"
"""Letters, those of a kind at once: no match ever has to give one back."""


def _token(word: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:\b[ldjmnstc]|\bqu|\bL)['’](?={word})"  # an article or pronoun that lost its vowel
        rf"|{word}(?:['’ʼ׳](?!s\b|S\b){word}|-{word})*"
        rf"|\d+|[\u30a1-\u30ff]+|\S|\n"
    )


_TOKEN = _token(_WORD)
_ASCII_TOKEN = _token("[A-Za-z]++")
"""The same of texts that have no other letters: twice as fast."""


class Token(NamedTuple):
    """A word or a sign, and where it stands."""

    text: str
    start: int
    end: int


_new = tuple.__new__
"""Half the cost of a call of `Token`, of which there are hundreds a text."""


def tokens(text: str) -> list[Token]:
    """Return the words, numbers, signs and line ends of a text, in order."""
    form = _ASCII_TOKEN if text.isascii() else _TOKEN
    found: list[Token] = []
    end = 0
    for word in form.findall(text):  # faster than to ask for places: only spaces lie between
        start = text.find(word, end)
        end = start + len(word)
        found.append(_new(Token, (word, start, end)))
    return found
