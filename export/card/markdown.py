"""Text and tables in Markdown."""

from collections.abc import Iterable, Sequence
from unicodedata import bidirectional, category

_SIGNS = frozenset("\\`*_[]<>|#&!~")
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""What changes the direction of all that follows."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def escaped(text: str) -> str:
    """Return text so that Markdown shows it as it is, on one line."""
    return "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in _flat(text))


def code(text: str) -> str:
    """Return a name as code, in a cell of a table."""
    return f"`{_flat(text).replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def _flat(text: str) -> str:
    return "".join(sign for sign in " ".join(text.split()) if _is_shown(sign))


def _is_shown(sign: str) -> bool:
    return category(sign) not in {"Cc", "Cs"} and bidirectional(sign) not in _TURNING
