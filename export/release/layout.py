"""What texts look like, in numbers: tokens by an estimate, and marks of Markdown."""

import re
from collections import Counter
from collections.abc import Iterable

_FENCED = re.compile(r"(?s)```.*?(?:```|\Z)")
_HEADER = re.compile(r"(?m)^ {0,3}(#{1,6})[ \t]")
_ORDERED = re.compile(r"(?m)^[ \t]*\d{1,9}[.)][ \t]")
_UNORDERED = re.compile(r"(?m)^[ \t]*[-*+][ \t]")
_STARS = re.compile(r"\*\*[^*\n]+\*\*")
_BARS = re.compile(r"__[^_\n]+__")
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_PIECE = re.compile(rf"[{_IDEOGRAPHS}]|[^\W\d_{_IDEOGRAPHS}]{{1,8}}|\d{{1,3}}|_|[^\w\s]")


def estimated_tokens(text: str) -> int:
    """Estimate a text's tokens: ideographs singly, words in pieces of eight letters, numbers in threes, signs."""
    return len(_PIECE.findall(text))


def headers(texts: Iterable[str]) -> dict[str, int]:
    """Count headings by their level, `h1` to `h6`, outside of code."""
    found = Counter(len(marks) for text in texts for marks in _HEADER.findall(_FENCED.sub("", text)))
    return {f"h{level}": found[level] for level in range(1, 7)}


def lists(texts: Iterable[str]) -> dict[str, int]:
    """Count the entries of lists, outside of code."""
    prose = [_FENCED.sub("", text) for text in texts]
    return {
        "ordered": sum(len(_ORDERED.findall(text)) for text in prose),
        "unordered": sum(len(_UNORDERED.findall(text)) for text in prose),
    }


def bold(texts: Iterable[str]) -> dict[str, int]:
    """Count bold passages by their marks, outside of code."""
    prose = [_FENCED.sub("", text) for text in texts]
    return {
        "**": sum(len(_STARS.findall(text)) for text in prose),
        "__": sum(len(_BARS.findall(text)) for text in prose),
    }
