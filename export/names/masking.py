"""Where no name is looked for: code, addresses in the net, identifiers."""

import re
from collections.abc import Callable
from functools import cache

from export.names.gates import seen
from export.personal_data.gate import Gate, fast_gate

_FILES = "com|org|net|io|py|js|ts|md|txt|json|html|css|java|cpp|pdf|csv|xml|yml|sh|exe|dll"
_QUIET = (
    ("```|~~~", r"^(?P<fence>```+|~~~+).*?(?:^(?P=fence)|\Z)"),
    ("`", r"`[^`\n]+`"),
    (r"://|www\.", r"\b\w+://\S+|\bwww\.\S+"),
    ("@", r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"),
    ("_", r"\b\w{0,80}_\w+\b"),  # identifiers, and the marks of names: NAME_3
    (rf"\.(?:{_FILES})", rf"\b[\w-]{{1,80}}\.(?:{_FILES})\b\S*"),
    ("</?[^ ]", r"</?\w[^<>\n]{0,200}>"),
    ("[@#$][^ ]", r"(?<!\w)[@#$]\w+"),
    (r"\[[A-Z_]", r"\[[A-Z_]+\]"),  # marks of personal data
)
"""What a text must hold for each, and the pattern; where several match, the first is taken."""


def masked(text: str) -> str:
    """Return a text of the same length, with zeros where no name is looked for."""
    if not _any()(text):
        return text
    held = _gate()(text)
    return _together(tuple(held)).sub(lambda match: "0" * len(match.group()), text) if held else text


@cache
def _together(held: tuple[int, ...]) -> re.Pattern[str]:
    """Return the pattern of some kinds: each that is left out saves time at every sign of the text."""
    return re.compile("|".join(_QUIET[index][1] for index in sorted(held)), re.MULTILINE | re.DOTALL)


@cache
def _any() -> Callable[[str], bool]:
    return seen("|".join(sign for sign, _ in _QUIET))


@cache
def _gate() -> Gate:
    """Return what tells which kinds a text may hold: none, most often."""
    return fast_gate([sign for sign, _ in _QUIET])
