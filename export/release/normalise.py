"""The step that makes texts such as every reader of Parquet, JSON and Unicode can take."""

import re
from dataclasses import replace

from export.release.steps import Row

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNREADABLE = re.compile("[\0\ud800-\udfff]")


def normalise(row: Row) -> Row:
    """Put U+FFFD in the place of lone surrogates and of NUL."""
    return replace(row, texts=tuple(map(readable, row.texts)), asides=tuple(map(readable, row.asides)))


def readable(text: str) -> str:
    """Return a text that is valid Unicode and holds no NUL."""
    return text if text.isascii() and "\0" not in text else _UNREADABLE.sub(REPLACEMENT, text)
