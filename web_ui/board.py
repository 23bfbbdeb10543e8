"""The leaderboard as a table. Its script sorts and searches it; without one it is whole, too."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from html import escape

from arena.leaderboard import BoardRow, Leaderboard
from arena.model import PublicModel
from web_ui import board_texts, texts
from web_ui.board_reading import Choice, Shown
from web_ui.view import model_facts

_NUMBERS = ("rank", "rating", "interval", "places", "votes", "price")
_UNKNOWN = PublicModel(name="")


def board_table(shown: Shown, models: tuple[PublicModel, ...], site: str = "") -> str:
    """Return the standings as HTML, with the ways to other boards and what can be downloaded."""
    rows = shown.board.rows
    if not rows:
        return f'{_ways(shown)}<p class="board-empty">{escape(board_texts.EMPTY)}</p>'
    known = {model.name: model for model in models}
    head = "".join(_head(key, label) for key, label in board_texts.COLUMNS.items())
    span = _Span.of(rows)
    body = "".join(_row(row, known.get(row.model, _UNKNOWN), span) for row in rows)
    return (
        f'{_ways(shown)}<p class="board-votes">{escape(_votes(shown.board))}</p>{_search(len(rows))}'
        f'<div class="board-scroll" tabindex="0" role="region" aria-label="{escape(texts.LEADERBOARD)}">'
        f'<table class="board"><caption>{escape(_caption(shown))}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{_downloads(shown.choice, site)}"
    )


def drawn(shown: Shown) -> str:
    """Return what is drawn beside the board, below the time of the votes that it shows: it is made more rarely."""
    if not shown.figures or shown.figures_at is None:
        return shown.figures
    said = board_texts.FIGURES_AS_OF.format(when=_as_of(shown.figures_at))
    return f'<p class="board-votes">{escape(said)}</p>{shown.figures}'


def _caption(shown: Shown) -> str:
    said = board_texts.CAPTION.format(category=_name(shown.choice.category), models=len(shown.board.rows))
    return f"{said}. {board_texts.STYLED}" if shown.choice.is_styled else said


def _name(category: str) -> str:
    return board_texts.category_name(category) if category else board_texts.OVERALL


def _votes(board: Leaderboard) -> str:
    wording = board_texts.VOTES if board.of_votes is None else board_texts.VOTES_OF
    said = wording.format(votes=board.votes, of_votes=board.of_votes)
    if board.updated_at is None:
        return said
    return f"{said}, {_as_of(board.updated_at)}"


def _as_of(moment: float) -> str:
    day = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M")
    return board_texts.AS_OF.format(day=day)


def _ways(shown: Shown) -> str:
    """Return links to the boards that there are."""
    now = shown.choice
    names = ("", *shown.categories) if shown.categories else ()
    of_categories = [_way(replace(now, category=each), _name(each), now) for each in names]
    styles = board_texts.STYLES.items() if shown.has_style else ()
    of_styles = [_way(replace(now, is_styled=each), label, now) for each, label in styles]
    return _nav(board_texts.CATEGORY, of_categories) + _nav(board_texts.STYLE, of_styles)


def _nav(label: str, links: list[str]) -> str:
    if not links:
        return ""
    said = escape(label)
    return f'<nav class="board-ways" aria-label="{said}"><span>{said}</span>{"".join(links)}</nav>'


def _way(choice: Choice, label: str, now: Choice) -> str:
    here = ' aria-current="true"' if choice == now else ""
    address = escape(choice.address("", tab="leaderboard"))
    style = "1" if choice.is_styled else ""
    return (
        f'<a href="{address}" data-category="{escape(choice.category)}" data-style="{style}"{here}>{escape(label)}</a>'
    )


def _search(models: int) -> str:
    said = escape(board_texts.SEARCH)
    return (
        f'<p class="board-find"><input type="search" class="board-search" aria-label="{said}" placeholder="{said}">'
        f'<span class="board-count" role="status" data-shown="{escape(board_texts.SHOWN)}" data-all="{models}" '
        f'data-none="{escape(board_texts.NONE)}"></span></p>'
    )


def _head(key: str, label: str) -> str:
    kind = "number" if key in _NUMBERS else "text"
    return (
        f'<th scope="col" class="{kind}" data-key="{key}">'
        f'<button type="button" class="board-sort">{escape(label)}</button></th>'
    )


def _row(row: BoardRow, model: PublicModel, span: "_Span") -> str:
    is_rated = row.status == "rated" and row.rating is not None
    cells = [
        _number(str(row.rank) if is_rated and row.rank is not None else "", row.rank if is_rated else None),
        f'<th scope="row"><bdi>{escape(row.model)}</bdi>{_badge(model)}</th>',
        _number(f"{row.rating:.0f}" if is_rated else "", row.rating if is_rated else None, "rating"),
        _number(_interval(row), _width(row), "interval", span.drawn(row) if is_rated else ""),
        _number(_places(row), row.rank_low if is_rated else None),
        _number(f"{row.battles:,}", row.battles, title=f"{row.wins:,} won, {row.losses:,} lost, {row.ties:,} tied"),
        f'<td class="text">{escape(model.organisation)}</td>',
        f'<td class="text">{_licence(model)}</td>',
        _number(_price(model), model.price_in if model.price_out is None else model.price_out),
        f'<td class="text {row.status}">{escape(row.status)}{_reason(row)}</td>',
    ]
    return f'<tr data-model="{escape(row.model)}">{"".join(cells)}</tr>'


def _number(said: str, value: float | None, kind: str = "", drawn: str = "", title: str = "") -> str:
    sorted_by = "" if value is None else f"{value:.10g}"
    hint = f' title="{escape(title)}"' if title else ""
    return f'<td class="{f"number {kind}".strip()}" data-v="{sorted_by}"{hint}>{escape(said or "–")}{drawn}</td>'


def _badge(model: PublicModel) -> str:
    if not model.is_demo:
        return ""
    return f' <span class="badge" title="{escape(model_facts(model))}">{escape(texts.DEMO_SHORT)}</span>'


def _interval(row: BoardRow) -> str:
    if row.status == "rated" and row.ci_low is not None and row.ci_high is not None:
        return f"{row.ci_low:.0f} to {row.ci_high:.0f}"
    if row.bound_low is not None:
        return f"over {row.bound_low:.0f}"
    return "" if row.bound_high is None else f"under {row.bound_high:.0f}"


def _width(row: BoardRow) -> float | None:
    return None if row.ci_low is None or row.ci_high is None else row.ci_high - row.ci_low


def _places(row: BoardRow) -> str:
    if row.status != "rated" or row.rank_low is None:
        return ""
    return str(row.rank_low) if row.rank_low == row.rank_high else f"{row.rank_low} to {row.rank_high}"


def _licence(model: PublicModel) -> str:
    if not model.link.lower().startswith(("https://", "http://")):
        return escape(model.licence)
    address, said = escape(model.link), escape(model.licence or "link")
    return f'<a href="{address}" target="_blank" rel="noopener noreferrer nofollow">{said}</a>'


def _price(model: PublicModel) -> str:
    prices = (model.price_in, model.price_out)
    return "" if prices == (None, None) else " / ".join("?" if each is None else f"${each:,.2f}" for each in prices)


def _reason(row: BoardRow) -> str:
    said = row.reason or ("" if row.status == "rated" else board_texts.UNRATED)
    return f'<span class="reason">{escape(said)}</span>' if said else ""


def _downloads(choice: Choice, site: str) -> str:
    links = ", ".join(
        f'<a href="{escape(choice.address(f"/visitor/leaderboard.{kind}"))}" download>{label}</a>'
        for kind, label in board_texts.FILES.items()
    )
    more = f' · <a href="{escape(site)}">{escape(board_texts.SITE)}</a>' if site else ""
    return f'<p class="board-downloads">{escape(board_texts.DOWNLOAD)} {links}{more}</p>'


class _Span:
    """From the lowest end of all intervals to the highest: what they are drawn on."""

    def __init__(self, low: float, high: float) -> None:
        self._low = low
        self._width = max(high - low, 1e-9)

    @classmethod
    def of(cls, rows: tuple[BoardRow, ...]) -> "_Span":
        ends = [each for row in rows for each in (row.rating, row.ci_low, row.ci_high) if each is not None]
        ends = [each for each in ends if math.isfinite(each)] or [0.0]
        return cls(min(ends), max(ends))

    def drawn(self, row: BoardRow) -> str:
        """Return an interval as a picture; what it shows stands above it in numbers."""
        low, middle, high = (self._at(each) for each in (row.ci_low, row.rating, row.ci_high))
        return (
            '<svg class="board-plot" aria-hidden="true" focusable="false">'
            f'<line x1="{low}" x2="{high}" y1="50%" y2="50%"></line>'
            f'<circle cx="{middle}" cy="50%" r="3.5"></circle></svg>'
        )

    def _at(self, value: float | None) -> str:
        return "50%" if value is None else f"{100 * (value - self._low) / self._width:.2f}%"


def reading() -> str:
    """Return what each column means."""
    said = "".join(f"<dt>{escape(word)}</dt><dd>{escape(meaning)}</dd>" for word, meaning in board_texts.READING)
    return f'<details class="board-reading"><summary>{escape(board_texts.READ)}</summary><dl>{said}</dl></details>'
