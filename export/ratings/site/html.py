"""HTML in which every text is escaped, wherever it comes from: names of models are anybody's words."""

import json
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

_STATIC = Path(__file__).parent / "static"
_JOINERS = "\u200c\u200d"
"""They cannot be seen, but names in several scripts need them."""


class Html(str):
    """What is HTML already. Only this module makes it."""

    __slots__ = ()


def text(said: object) -> Html:
    """Return a text as HTML. What cannot be seen, and could turn what stands around it, is replaced."""
    shown = str(said)
    if not shown.isprintable():
        plain = (each if each.isprintable() or each in _JOINERS else "\N{REPLACEMENT CHARACTER}" for each in shown)
        shown = "".join(plain)
    return Html(escape(shown))


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """Return an element. `class_` and `aria_label` mean `class` and `aria-label`; None and False leave out."""
    said = "".join(_attribute(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())
    return Html(f"<{name}{said}>{together(children)}" + ("" if name in _VOID else f"</{name}>"))


_VOID = frozenset({"input", "link", "meta", "br"})


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{text(value)}"'


def together(children: Iterable[object]) -> Html:
    """Return one piece of HTML after the other; what is no HTML yet is a text."""
    said = (each for each in children if each is not None and each is not False)
    return Html("".join(each if isinstance(each, Html) else text(each) for each in said))


def named(name: str) -> Html:
    """Return a name: whichever way it is written, it does not turn its neighbours."""
    return tag("bdi", name)


def link(label: object, address: str) -> Html:
    """Return a link that leaves the page if its address is one of the web; else only its label."""
    if not address.lower().startswith(("https://", "http://")):
        return together([label])
    return tag("a", label, href=address, rel="noopener noreferrer nofollow external", target="_blank")


def island(identity: str, data: Any) -> Html:
    """Return data for the page's script: no text in it can end the element that holds it."""
    said = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    for sign in "<>&":
        said = said.replace(sign, f"\\u{ord(sign):04x}")
    return Html(f'<script type="application/json" id="{text(identity)}">{said}</script>')


def own(name: str) -> str:
    """Return a file of ours that lies beside this code."""
    return (_STATIC / name).read_text(encoding="utf-8")


def trusted(name: str, code: str) -> Html:
    """Return a script or a style of our own, as it is."""
    return Html(f"<{name}>{code}</{name}>")
