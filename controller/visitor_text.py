"""What a visitor wrote, made fit to be stored and sent."""

import re

from arena.errors import EmptyText, TextTooLong

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def without_surrogates(text: str) -> str:
    """Return the text with lone surrogates as U+FFFD: they cannot be written in UTF-8."""
    return _SURROGATE.sub("\ufffd", text)


def clean(text: str, longest: int) -> str:
    """Return the text with LF line ends, without control characters, lone surrogates as U+FFFD.

    Raises `EmptyText` if nothing is left and `TextTooLong` above `longest` characters.
    """
    if len(text) > longest:
        raise TextTooLong(
            f"Your message has {len(text):,} characters; this arena takes {longest:,}. Please shorten it."
        )
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = without_surrogates(text)
    if not text.strip():
        raise EmptyText
    return text
