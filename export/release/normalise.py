"""The step that makes texts such as every reader of Parquet, JSON and Unicode can take."""

import re
from dataclasses import replace

from export.release.steps import Row

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNREADABLE = re.compile("[\0\ud800-\udfff]")


def normalise(row: Row) -> Row:
    """Put U+FFFD in the place of lone surrogates and of NUL."""
    texts, asides = tuple(map(readable, row.texts)), tuple(map(readable, row.asides))
    return row if texts == row.texts and asides == row.asides else replace(row, texts=texts, asides=asides)


def readable(text: str) -> str:
    """Return a text that is valid Unicode and holds no NUL."""
    return text if "\0" not in text and _is_unicode(text) else _UNREADABLE.sub(REPLACEMENT, text)


def _is_unicode(text: str) -> bool:
    """Tell whether no surrogate stands alone: to encode it is the quickest way to know."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False
