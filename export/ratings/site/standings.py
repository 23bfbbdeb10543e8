"""The table of standings, and how to read it."""

from export.ratings.site import words
from export.ratings.site.html import Html, link, named, tag
from export.ratings.site.models import Facts, ModelFacts
from export.ratings.site.sections import scrolled
from export.ratings.site.site_board import Row, SiteBoard
from export.ratings.site.words import rounded

_NUMBERS = ("rank", "rating", "interval", "places", "battles", "price")
_NONE = ModelFacts(name="")


def standings(board: SiteBoard, facts: Facts) -> Html:
    """Return the table. Cells hold in `data-v` what they are sorted by, unless that is their text."""
    head = [
        tag("th", label, scope="col", data_key=key, data_kind="number" if key in _NUMBERS else "text")
        for key, label in words.COLUMNS.items()
    ]
    caption = words.CAPTION.format(
        category=words.category_name(board.category), models=words.many(len(board.rows), "model")
    )
    rows = [_row(row, facts.get(row["model"], _NONE)) for row in board.rows]
    table = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *head)),
        tag("tbody", *rows),
        id="standings",
        class_="standings",
    )
    return scrolled(table, words.STANDINGS)


def _row(row: Row, facts: ModelFacts) -> Html:
    name = tag("a", named(row["model"]), class_="of-model")  # the script gives it its address
    return tag(
        "tr",
        _number("" if row["rank"] is None else str(row["rank"]), row["rank"]),
        tag("th", name, scope="row", data_v=row["model"]),
        _number("" if row["rating"] is None else rounded(row["rating"]), row["rating"], "rating"),
        _number(_interval(row), _width(row)),
        _number(_places(row), row["rank_low"]),
        _number(f"{row['battles']:,}", row["battles"]),
        tag("td", facts.organisation),
        tag("td", link(facts.licence, facts.link) if facts.licence else link("link", facts.link) if facts.link else ""),
        _number(_price(facts), facts.price_out if facts.price_out is not None else facts.price_in),
        tag("td", words.STATUS[row["status"]], *_reason(row), class_=f"status {row['status']}"),
        data_model=row["model"],
    )


def _number(said: str, value: float | None, kind: str = "") -> Html:
    return tag("td", said or "–", class_=f"number {kind}".strip(), data_v="" if value is None else f"{value:.10g}")


def _interval(row: Row) -> str:
    if row["ci_low"] is not None and row["ci_high"] is not None:
        return f"{rounded(row['ci_low'])} to {rounded(row['ci_high'])}"
    if row["bound_low"] is not None:
        return f"over {rounded(row['bound_low'])}"
    return "" if row["bound_high"] is None else f"under {rounded(row['bound_high'])}"


def _width(row: Row) -> float | None:
    return None if row["ci_low"] is None or row["ci_high"] is None else row["ci_high"] - row["ci_low"]


def _places(row: Row) -> str:
    low, high = row["rank_low"], row["rank_high"]
    return "" if low is None else str(low) if low == high else f"{low} to {high}"


def _price(facts: ModelFacts) -> str:
    prices = (facts.price_in, facts.price_out)
    if prices == (None, None):
        return ""
    return " / ".join("?" if each is None else f"${each:,.2f}" for each in prices)


def _reason(row: Row) -> list[Html]:
    return [tag("span", row["reason"], class_="reason")] if row["reason"] else []


def how_to_read() -> Html:
    """Return what each column means."""
    said = [(tag("dt", word), tag("dd", meaning)) for word, meaning in (*words.READING, ("Price", words.PRICE))]
    inside = [part for pair in said for part in pair]
    return tag("details", tag("summary", words.READ), tag("dl", *inside), class_="reading")
