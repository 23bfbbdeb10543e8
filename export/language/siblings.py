"""Languages that are so near to one another that letters do not tell them apart: words do.

Where words say nothing, the commoner language of the family is believed, or whoever is asked for a second opinion.
"""

import re
from collections.abc import Callable
from functools import cache

from export.language.telltales import telltales

Among = Callable[[str, frozenset[str]], str]
"""Takes prose and some languages; returns the likeliest of these."""

_SERBO_CROATIAN = frozenset({"hr", "bs", "sr", "sh"})
_MALAYAN = frozenset({"id", "ms"})
_NORTHERN = frozenset({"da", "no"})
_IBERIAN = frozenset({"gl", "es", "pt"})
_SOUTHERN_CYRILLIC = frozenset({"bg", "mk", "sr"})
_IN_CYRILLIC = re.compile("[\u0400-\u04ff]{2}")


def sibling(code: str, text: str, among: Among | None = None) -> str:
    """Return the language of a text for which `code` was found: itself, or one that it is easily taken for."""
    if code in _SOUTHERN_CYRILLIC and _IN_CYRILLIC.search(text):
        return among(text, _SOUTHERN_CYRILLIC) if among else code
    if code in _SERBO_CROATIAN:
        return _serbo_croatian(code, text.lower())
    if code in _MALAYAN:
        return _malayan(code, text.lower(), among)
    family = _NORTHERN if code in _NORTHERN else _IBERIAN if code == "gl" else None
    return among(text, family) if among and family else code


def _serbo_croatian(code: str, text: str) -> str:
    ekavian, ijekavian = _said("ekavian", text), _said("ijekavian", text)
    croatian, eastern = _said("croatian", text), _said("eastern", text)
    if ekavian > ijekavian:
        return "sr"
    if eastern > croatian:
        return "bs" if ijekavian else "sr"
    return "sr" if code == "sr" and not croatian and not ijekavian else "hr"


def _malayan(code: str, text: str, among: Among | None) -> str:
    indonesian, malay = _said("indonesian", text), _said("malay", text)
    if indonesian != malay:
        return "id" if indonesian > malay else "ms"
    return among(text, _MALAYAN) if among else code


def _said(sort: str, text: str) -> int:
    """Count a sort of telltales in a text in lower case."""
    return len(_telltale(sort).findall(text))


@cache
def _telltale(sort: str) -> re.Pattern[str]:
    words = telltales()["siblings"][sort]
    return re.compile(rf"\b(?:{'|'.join(words['begin'])}|(?:{'|'.join(words['are'])})\b)")
