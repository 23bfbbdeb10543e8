"""What every figure stands in: a section with a heading, a table that draws, a box that scrolls."""

from collections.abc import Sequence

from export.ratings.site.html import Html, tag


def section(identity: str, title: str, *parts: Html | str | None) -> Html:
    """Return a part of the page; what is no HTML yet is a paragraph."""
    inside = [tag("p", part) if not isinstance(part, Html) else part for part in parts if part]
    return tag("section", tag("h2", title), *inside, id=identity)


def plot(caption: str, labels: Sequence[Html | str], rows: Sequence[Html], *, is_wide: bool = False) -> Html:
    """Return a table whose second column draws; a long one in a box of its own."""
    head = tag("tr", *(tag("th", label, scope="col") for label in labels))
    kind = "plot wide" if is_wide else "plot"
    table = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *rows), class_=kind)
    return scrolled(table, caption, "tall") if len(rows) > 25 else table


def scrolled(table: Html, label: str, kind: str = "") -> Html:
    """Return a wide table in a box of its own, which the keyboard can scroll."""
    return tag("div", table, class_=f"scroll {kind}".strip(), tabindex="0", role="region", aria_label=label)


def hidden(said: str) -> Html:
    """Return words that are only read aloud."""
    return tag("span", said, class_="unseen")


def count(number: int) -> Html:
    """Return a cell with a number."""
    return tag("td", f"{number:,}", class_="number")
