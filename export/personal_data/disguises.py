"""Characters written in another way: the web's entities and codes, emphasis inside a word, what nobody sees."""

import html
import re
from bisect import bisect_right
from collections.abc import Callable
from urllib.parse import unquote

_SIGNS = re.compile(r"%40|%2[eE]|&(?:#|nbsp;|commat;|period;)|\[(?:\.|at)\]|\*\*|\\[_.@-]")
"""Without one of them nothing is disguised, but for what nobody sees."""
INVISIBLE = "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad\ufe0e\ufe0f\u20e3]"
"""What nobody sees, as an expression."""
_DISGUISE = re.compile(
    rf"{INVISIBLE}|(?i:%40|%2e|&(?:nbsp|commat|period|#\d{{2,4}}|#x[0-9a-f]{{2,3}});)|\[\.\](?=\w)|(?<=[\w.])\[at\](?=\w)|(?<=[A-Za-z0-9])\\(?=[_.@-])"
    r"|(?<=[\w.])\*\*(?=@)|(?<=@)\*\*(?=\w)|(?<=\d)\*\*(?=[ -]\d)|(?<=\d[ -])\*\*(?=\d)"
)

Origin = Callable[[int, int], tuple[int, int]]
"""Says where a place in the plain text, from start to before end, stands in the original."""


def has_signs(text: str) -> bool:
    """Tell whether a text may hold anything that `unmasked` would change, but for what nobody sees."""
    return _SIGNS.search(text) is not None


def unmasked(text: str) -> tuple[str, Origin]:
    """Return a text as a reader sees it, and where its characters come from."""
    pieces, begins, froms, ends = list[str](), list[int](), list[int](), list[int]()
    done = size = 0

    def put(piece: str, start: int, end: int) -> None:
        nonlocal size
        if piece:
            pieces.append(piece)
            begins.append(size)
            froms.append(start)
            ends.append(end)
            size += len(piece)

    for match in _DISGUISE.finditer(text):
        put(text[done : match.start()], done, match.start())
        put(_plain(match[0]), *match.span())
        done = match.end()
    put(text[done:], done, len(text))

    def origin(start: int, end: int) -> tuple[int, int]:
        first, last = bisect_right(begins, start) - 1, bisect_right(begins, end - 1) - 1
        whole = end == (begins[last + 1] if last + 1 < len(begins) else size)
        return froms[first] + start - begins[first], ends[last] if whole else froms[last] + end - begins[last]

    return "".join(pieces), origin


def _plain(disguise: str) -> str:
    if disguise.startswith("%"):
        return unquote(disguise)
    if disguise.startswith("&"):
        seen = html.unescape(disguise)
        return " " if seen.isspace() else seen if len(seen) == 1 and seen.isprintable() else "?"
    return {"[.]": ".", "[at]": "@"}.get(disguise, "")
