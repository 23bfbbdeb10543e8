"""Where a number stands, when no word says what it is: alone in a short text, or right behind somebody's name."""

import re

_ACCOUNT = re.compile(r"(?<![A-Z])[A-Z]{2}\d\d [A-Z0-9]{4} (?:[A-Z0-9]{4} ){0,3}$")
"""The beginning of a bank's account."""
_LONG = re.compile(r"\d(?:[ .-]?\d){6}")
_NAME = r"(?![a-zà-öø-ÿα-ωа-яё])[^\W\d_][\w.'’\u0900-\u0dff-]{1,26}"
_NAMED = re.compile(rf"(?:^|[\n\[|,;])[\"' ]{{0,3}}(?P<name>(?:{_NAME} ){{1,4}}{_NAME})[\"']?(?:[,;|\t\n] ?| )[\"']?$")
"""A line, or a field of a table, that begins with two names and more and ends with them."""
_NO_NAME = re.compile(
    r"(?i)(?<!\w)(?:numbers?|no|id|code|total|amount|price|count|size|population|revenue|sales|income|value|score|rate|date|year|order|serial|version|build|part|model|item)(?!\w)"
)
_SHORT = 400
"""Characters: in so short a text a number may be all that it is about."""


def is_alone(text: str, match: re.Match[str]) -> bool:
    """Tell whether a number is all that a text holds."""
    return len(text) <= _SHORT and text.strip(" \t\n.!?\"'") == match[0]


def is_beside_a_name(text: str, match: re.Match[str]) -> bool:
    """Tell whether a number is the only long one in a short text, and right behind a name."""
    if len(text) > _SHORT or len(_LONG.findall(text)) != 1:
        return False
    named = _NAMED.search(text[: match.start()])
    return named is not None and not _NO_NAME.search(named["name"])


def is_within_account(text: str, start: int) -> bool:
    """Tell whether what begins there is the rest of what is written as an IBAN is."""
    return text[start - 1 : start] == " " and _ACCOUNT.search(text, max(0, start - 24), start) is not None
