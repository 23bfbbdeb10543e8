"""Words, signs and lines of a text, in any script."""

import re
from dataclasses import dataclass

_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0971-\u0dff\u0e31-\u0e3a\u0e47-\u0e4e"
    "\u200c\u200d"
)
"""Vowels and other signs that belong to the letter before them, and what joins letters."""
_APART = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
"""Scripts without spaces, or with endings written on to names: taken sign by sign."""
_LETTER = rf"(?:[^\W\d_{_APART}]|[{_MARKS}])"
_TOKEN = re.compile(
    rf"(?:\b[ldjmnstc]|\bqu|\bL)['’](?={_LETTER})"  # an article or pronoun that lost its vowel
    rf"|{_LETTER}+(?:['’ʼ׳](?!s\b|S\b){_LETTER}+|-{_LETTER}+)*"
    rf"|\d+|[\u30a1-\u30ff]+|\S|\n"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a sign, and where it stands."""

    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Return the words, numbers, signs and line ends of a text, in order."""
    return [Token(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text)]
