"""What stands around a candidate decides what it is."""

import re

from export.personal_data.span import Kind

BEFORE = 48
"""Characters that are looked at before a candidate."""
AFTER = 36
"""And behind it."""

_SAYS_OF_IT = re.compile(
    r"[)\]\"'”]?\s?(?:,|-|–|—|:)?\s?(?:\(|(?:is|was|are|were|ist|war|est|es|é|è|jest|är|er|on|este|je|to)\b|是|は|이|가|은|는|है|это|—)"
)
"""How a text goes on that says what stood before: `536 90 4399 is my number`, `5550123 (mobile)`."""
_END = re.compile(r"[.!?\n;。！？]")
_LETTER = "A-Za-z_À-ɏ"


_MARK = re.compile(rf"\[?(?:{'|'.join(Kind)})\]")


def _unmarked(text: str) -> str:
    """Marks of an earlier redaction are no words: `[PHONE]` says nothing of the number behind it."""
    return _MARK.sub("[]", text) if "]" in text else text


def before(text: str, start: int, length: int = BEFORE) -> str:
    """Return what stands right before a place, in the same paragraph."""
    return _unmarked(text[max(0, start - length) : start].rpartition("\n\n")[2])


def says(words: re.Pattern[str], text: str, start: int, length: int = BEFORE) -> bool:
    """Tell whether one of the words stands shortly before a place."""
    return words.search(before(text, start, length)) is not None


def says_after(words: re.Pattern[str], text: str, end: int) -> bool:
    """Tell whether a text says behind a place, in the same sentence, what it was."""
    if not _SAYS_OF_IT.match(text, end):
        return False
    rest = _unmarked(text[end : end + AFTER])
    stop = _END.search(rest)
    return words.search(rest[: stop.start()] if stop else rest) is not None


def labels(*words: str) -> re.Pattern[str]:
    """Match any of the words, whole where they are written with spaces, whatever their case."""
    ascii_words = "|".join(word for word in words if word.isascii())
    others = "|".join(word for word in words if not word.isascii())
    parts = [rf"(?<![{_LETTER}])(?:{ascii_words})(?![{_LETTER}])"] if ascii_words else []
    return re.compile("|".join([*parts, *([others] if others else [])]), re.IGNORECASE)
