"""One page: one board, whole in one file. It asks for nothing, wherever it lies."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from export.ratings.site import charts, pairs, words
from export.ratings.site.downloads import downloads
from export.ratings.site.html import Html, island, own, tag, together, trusted
from export.ratings.site.models import Facts
from export.ratings.site.notes import made, trust
from export.ratings.site.site_board import SiteBoard
from export.ratings.site.standings import how_to_read, standings
from export.ratings.site.words import many, rounded


@dataclass(frozen=True, eq=False, slots=True)
class Sheet:
    """A board, and the name of its page without the ending."""

    board: SiteBoard
    name: str


def page(sheet: Sheet, sheets: Sequence[Sheet], facts: Facts, title: str) -> Html:
    """Return a board's page. `sheets` are all pages of the site, this one too."""
    style, script = own("figures.css") + own("site.css"), own("site.js")
    board = sheet.board
    head = (
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("link", rel="icon", href="data:,"),
        tag("title", _title(board, title)),
        trusted("style", style),
    )
    body = (
        tag("a", words.SKIP, href="#board", class_="skip"),
        _header(sheet, sheets, title),
        tag("main", *_sections(sheet, facts), class_="figures"),
        island("words", words.SCRIPT_WORDS),
        island("data", _data(sheet, sheets)),
        trusted("script", script),
    )
    return Html("<!doctype html>\n" + tag("html", tag("head", *head), tag("body", *body), lang="en") + "\n")


def _title(board: SiteBoard, title: str) -> str:
    parts = (words.category_name(board.category), words.STYLE_EQUAL if board.is_styled else None, title)
    return " · ".join(part for part in parts if part)


def _policy(style: str, script: str) -> str:
    """Return the policy under which our one style and script work, and nothing else does."""
    style, script = (f"'sha256-{_digest(each)}'" for each in (style, script))
    rest = "img-src data:; base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; style-src {style}; script-src {script}; {rest}"


def _digest(code: str) -> str:
    return base64.b64encode(sha256(code.encode()).digest()).decode()


def _header(sheet: Sheet, sheets: Sequence[Sheet], title: str) -> Html:
    found, board = sheet.board.board["input"], sheet.board
    lead = words.LEAD.format(votes=f"{found['battles']:,}", models=many(len(board.rows), "model"))
    day = found.get("newest")
    said = f"{lead} {words.UNTIL.format(day=day)}" if day else lead
    return tag(
        "header", tag("h1", title), tag("p", said, class_="lead"), _categories(sheet, sheets), _styles(sheet, sheets)
    )


def _categories(sheet: Sheet, sheets: Sequence[Sheet]) -> Html | None:
    first: dict[str, Sheet] = {}
    for each in sheets:
        if each.board.category not in first or each.board.is_styled == sheet.board.is_styled:
            first[each.board.category] = each
    if len(first) < 2:
        return None
    links = [
        _way(each, words.category_name(name), is_here=name == sheet.board.category) for name, each in first.items()
    ]
    return tag("nav", tag("span", words.CATEGORIES, class_="label"), *links, aria_label=words.CATEGORIES)


def _styles(sheet: Sheet, sheets: Sequence[Sheet]) -> Html | None:
    same = [each for each in sheets if each.board.category == sheet.board.category]
    if len(same) < 2:
        return None
    labels = {False: words.AS_VOTED, True: words.STYLE_EQUAL}
    links = [_way(each, labels[each.board.is_styled], is_here=each is sheet) for each in same]
    return tag("nav", tag("span", words.STYLE, class_="label"), *links, aria_label=words.STYLE)


def _way(sheet: Sheet, label: str, *, is_here: bool) -> Html:
    return tag("a", label, href=f"{sheet.name}.html", class_="way", aria_current="page" if is_here else None)


def _sections(sheet: Sheet, facts: Facts) -> list[Html | None]:
    board = sheet.board
    anchor, centre = board.board["settings"]["anchor"], rounded(board.board["settings"]["centre"])
    parts: list[Html | None] = [tag("h2", words.STANDINGS), tag("p", words.SHORT.format(centre=centre))]
    if anchor is not None:
        moved = words.ANCHORED.format(model=anchor["model"], rating=rounded(anchor["rating"]))
        parts[1] = tag("p", words.SHORT.format(centre=centre), " ", moved)
    parts += [how_to_read(), tag("div", class_="controls", id="controls")]
    parts.append(standings(board, facts) if board.rows else tag("p", words.NOTHING))
    parts.append(_links(sheet))
    return [
        tag("section", *parts, id="board"),
        tag("section", id="model", hidden=True, aria_label=words.ONE_MODEL, tabindex="-1"),
        charts.intervals(board),
        pairs.pair_map(board) if board.rows else None,
        pairs.coverage(board),
        charts.over_time(board),
        charts.effects(board),
        charts.other_effects(board),
        trust(board),
        made(board),
    ]


def _links(sheet: Sheet) -> Html:
    links = [
        tag("a", kind.upper() if kind != "parquet" else "Parquet", href=f"data/{sheet.name}.{kind}", download=True)
        for kind in ("csv", "json", "parquet")
    ]
    return tag("p", words.DOWNLOADS, ": ", together([links[0], ", ", links[1], ", ", links[2]]), class_="downloads")


def _data(sheet: Sheet, sheets: Sequence[Sheet]) -> dict[str, Any]:
    """Return what the script draws from. Pairs are five numbers each: two places, wins, losses, ties."""
    board = sheet.board
    times = board.months
    return {
        "category": board.category,
        "style": board.is_styled,
        "nu": board.nu,
        "pages": [[each.board.category, each.board.is_styled, f"{each.name}.html"] for each in sheets],
        "models": [[row["model"], None if row["rating"] is None else round(row["rating"], 2)] for row in board.rows],
        "pairs": [figure for pair in board.pairs or () for figure in pair],
        "periods": list(times),
        "times": [[_short(ratings.get(row["model"])) for ratings in times.values()] for row in board.rows]
        if times
        else [],
    }


def _short(rating: float | None) -> float | None:
    return None if rating is None else round(rating, 1)


def files_of(sheet: Sheet, sheets: Sequence[Sheet], facts: Facts, title: str) -> dict[str, bytes]:
    """Return a page and what can be downloaded from it, by their paths in the site's folder."""
    found = {f"data/{sheet.name}.{kind}": content for kind, content in downloads(sheet.board, facts).items()}
    return {f"{sheet.name}.html": page(sheet, sheets, facts, title).encode(), **found}
