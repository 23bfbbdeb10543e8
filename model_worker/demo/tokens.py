"""The demo models' tokenizer.

A token is a word (letters and digits in a row, apostrophes inside included) or one other visible mark. Chinese,
Japanese and Korean characters count one by one. White space is free.
"""

import re
from collections.abc import Iterator

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = rf"(?![{_CJK}])[^\W_]"
TOKEN = re.compile(rf"[{_CJK}]|(?:{_WORD})+(?:['’](?:{_WORD})+)*|[^\w\s]|_")
_PIECE = re.compile(rf"\s*(?:[{_CJK}]|[^\s{_CJK}]+)|\s+")


def count_tokens(text: str) -> int:
    """Return how many tokens a text has."""
    return sum(1 for _ in TOKEN.finditer(text))


def words(fragments: Iterator[str]) -> Iterator[str]:
    """Cut a text that comes in fragments into words, each with the white space before it. Nothing is lost."""
    pending = ""
    for fragment in fragments:
        *whole, pending = _PIECE.findall(pending + fragment) or [""]
        yield from whole
    if pending:
        yield pending
