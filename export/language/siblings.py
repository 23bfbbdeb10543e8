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
_OCCITAN = frozenset({"oc", "es", "ca", "fr", "it", "pt"})
_IBERIAN = frozenset({"gl", "es", "pt"})
_SOUTHERN_CYRILLIC = frozenset({"bg", "mk", "sr"})
_IN_CYRILLIC = re.compile("[\u0400-\u04ff]{2}")
_LONG = 80
"""Characters: what is as long and has none of Bokmål's words is Nynorsk, if it was taken for it."""
_NO_PORTUGUESE = re.compile("[èìòù]")
_UKRAINIAN, _RUSSIAN, _SERBIAN, _MACEDONIAN = map(re.compile, ("[їєґ]", "[ыэё]", "[ђћ]", "[ѓќѕ]"))
"""Letters that only one of the neighbours writes."""
_NOT_IN_SERBIAN = re.compile("[ъщюяь]")
"""Nor in Macedonian."""


def sibling(code: str, text: str, among: Among | None = None) -> str:
    """Return the language of a text for which `code` was found: itself, or one that it is easily taken for."""
    if code in _SOUTHERN_CYRILLIC and _IN_CYRILLIC.search(text):
        return _southern_cyrillic(code, text.lower(), among)
    if code in _SERBO_CROATIAN:
        return _serbo_croatian(code, text.lower())
    if code in _MALAYAN:
        return _malayan(code, text.lower(), among)
    if code in _NORTHERN or code == "nn":
        return _northern(code, text.lower(), among)
    if code == "af":
        return _likelier("dutch", "nl", "afrikaans", "af", text.lower()) or code
    family = _IBERIAN if code == "gl" else _OCCITAN if code == "oc" else _not_portuguese(code, text)
    return among(text, family) if among and family else code


def _not_portuguese(code: str, text: str) -> frozenset[str] | None:
    return _OCCITAN if code == "pt" and _NO_PORTUGUESE.search(text) else None


def _southern_cyrillic(code: str, text: str, among: Among | None) -> str:
    """Tell the neighbours by letters that only one of them writes, then by words."""
    for letters, of in ((_UKRAINIAN, "uk"), (_RUSSIAN, "ru"), (_SERBIAN, "sr"), (_MACEDONIAN, "mk")):
        if letters.search(text):
            return of
    bulgarian = _said("bulgarian", text)
    if _said("russian", text) > bulgarian and code == "bg":
        return "ru"
    if code != "bg" and _NOT_IN_SERBIAN.search(text):
        return "bg"
    serbian, macedonian = _said("serbian_in_cyrillic", text), _said("macedonian", text)
    if code != "bg" and serbian != macedonian and bulgarian < max(serbian, macedonian):
        return "sr" if serbian > macedonian else "mk"
    return among(text, _SOUTHERN_CYRILLIC) if among else code


def _northern(code: str, text: str, among: Among | None) -> str:
    """Tell Danish from Norwegian; what has none of Nynorsk's words is Bokmål, which seven of eight write."""
    if code == "nn" and (_said("nynorsk", text) or (len(text) >= _LONG and not _said("norwegian", text))):
        return code
    told = _likelier("danish", "da", "norwegian", "no", text)
    return told or (among(text, _NORTHERN) if among else "no" if code == "nn" else code)


def _likelier(sort: str, code: str, other_sort: str, other: str, text: str) -> str | None:
    """Return the language of which more words are said, None if of both as many are."""
    here, there = _said(sort, text), _said(other_sort, text)
    return None if here == there else code if here > there else other


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
