"""What is too short, or too foreign in its letters, for detectors: greetings, and Hindi in Latin letters."""

from collections.abc import Mapping
from functools import cache
from string import ascii_lowercase

from export.language.telltales import telltales

_LETTERS = bytes(code if chr(code) in ascii_lowercase else ord(" ") for code in range(256))
"""For `bytes.translate`: spaces between words of small letters."""
_LOOKED_AT = 400
"""Characters: what begins in Hindi goes on in it."""
_LONGEST = 40
_MARKS = " \t\n?!.,;:…~。！？、，)(\"'"


def greeting(text: str) -> str | None:
    """Return the language of a greeting or of another opener that everybody sends, None if it is none."""
    return _greetings().get(text.strip(_MARKS).lower()) if len(text) < _LONGEST else None


@cache
def _greetings() -> Mapping[str, str]:
    return {text: code for code, texts in telltales()["greetings"].items() for text in texts}


def is_romanised_hindi(text: str) -> bool:
    """Tell whether a text is Hindi, or spoken Urdu, in Latin letters: two in five words are Hindi's little ones."""
    own_words, small_words = _hindi()
    said = text[:_LOOKED_AT].lower().encode("ascii", "replace").translate(_LETTERS).split()
    own = sum(map(own_words.__contains__, said))
    return own >= 2 and own + sum(map(small_words.__contains__, said)) >= 0.4 * len(said)


@cache
def _hindi() -> tuple[frozenset[bytes], frozenset[bytes]]:
    words = telltales()["romanised_hindi"]
    own, small = (frozenset(map(str.encode, words[kind])) for kind in ("own", "small"))
    return own, small
