"""What stands before a candidate decides what it is."""

import re

BEFORE = 48
"""Characters that are looked at."""


def before(text: str, start: int, length: int = BEFORE) -> str:
    """Return what stands right before a place, in the same paragraph."""
    return text[max(0, start - length) : start].rpartition("\n\n")[2]


def says(words: re.Pattern[str], text: str, start: int, length: int = BEFORE) -> bool:
    """Tell whether one of the words stands shortly before a place."""
    return words.search(before(text, start, length)) is not None


def labels(*words: str) -> re.Pattern[str]:
    """Match any of the words, whole where they are written with spaces, whatever their case."""
    ascii_words = "|".join(word for word in words if word.isascii())
    others = "|".join(word for word in words if not word.isascii())
    parts = [rf"\b(?:{ascii_words})\b"] if ascii_words else []
    return re.compile("|".join([*parts, *([others] if others else [])]), re.IGNORECASE)
