"""What was drawn by chance, or thought up for a password, told from words."""

import math
import re
from collections import Counter
from itertools import pairwise

_CONSONANTS = re.compile(r"(?i)[bcdfghjklmnpqrstvwxz]{6}")
_INSIDE = re.compile(r"(?i)[a-z]\d{1,3}[a-z]")
_TECHNICAL = re.compile(
    r"(?i)pass|pwd|secret|user|sha\d|md5|base64|utf|oauth|http|crypt|argon|string|input|field|token|null"
)
SPREAD = 2.5
"""Bits a character: words have less, once their characters are mixed with digits or signs."""


def entropy(value: str) -> float:
    """Return Shannon's entropy of a value's characters, in bits a character."""
    return -sum(count / len(value) * math.log2(count / len(value)) for count in Counter(value).values())


def looks_random(value: str) -> bool:
    """Tell a key or a password from a word: it mixes kinds of characters, and repeats few of them."""
    kinds = [
        any(each.isdigit() for each in value),
        any(each.isupper() for each in value[1:]) and any(each.islower() for each in value),
        any(each in "!#$%^&*+?~=@/" for each in value.rstrip("?.=")),
    ]
    digits = sum(each.isdigit() for each in value)
    capitals = sum(each.isupper() for each in value) / len(value)
    if len(value) >= 20 and value.isalpha() and value.isascii() and 0.3 <= capitals <= 0.7:
        return entropy(value) >= SPREAD + 1
    return any(kinds) and (digits >= 2 or sum(kinds) >= 2) and not value.isdigit() and entropy(value) >= SPREAD


def is_mixed(value: str) -> bool:
    """Tell what a person may have thought up from a word: letters, and digits at its end."""
    return re.fullmatch(r"[^\W\d_][\w.-]*[a-z][-_.]?\d{1,4}[!?.]?", value) is not None


def is_drawn(value: str) -> bool:
    """Tell letters drawn by chance from a word: no one can say them, or they change their case time and again."""
    if _TECHNICAL.search(value) or not value.isascii():
        return False
    changes = sum(a.isupper() != b.isupper() for a, b in pairwise(value) if a.isalpha() and b.isalpha())
    return _CONSONANTS.search(value) is not None or _INSIDE.search(value) is not None or changes >= 6


def is_chance(value: str) -> bool:
    """Tell what was drawn by chance between quotes, whatever its signs look like."""
    return len(value) >= 32 and entropy(value) >= SPREAD + 2 and "/" not in value and value.count("(") < 4
