"""What is too short, or too foreign in its letters, for detectors: greetings, and Hindi in Latin letters."""

import re
from collections.abc import Mapping
from functools import cache

from export.language.telltales import telltales

_WORD = re.compile(r"[a-z]+")
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
    said = _WORD.findall(text[:_LOOKED_AT].lower())
    own = sum(map(own_words.__contains__, said))
    return own >= 2 and own + sum(map(small_words.__contains__, said)) >= 0.4 * len(said)


@cache
def _hindi() -> tuple[frozenset[str], frozenset[str]]:
    words = telltales()["romanised_hindi"]
    return frozenset(words["own"]), frozenset(words["small"])
