"""What a visitor wrote, made fit to be stored and sent."""

import re

from arena.errors import EmptyText, TextTooLong

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def clean(text: str, longest: int) -> str:
    """Return the text with LF line ends, without control characters, lone surrogates as U+FFFD.

    Raises `EmptyText` if nothing is left and `TextTooLong` above `longest` characters.
    """
    if len(text) > longest:
        raise TextTooLong(
            f"Your message has {len(text):,} characters; this arena takes {longest:,}. Please shorten it."
        )
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _SURROGATE.sub("\ufffd", text)
    if not text.strip():
        raise EmptyText
    return text
