"""Which models met, how often, and who won: maps of pairs, and how well they are covered."""

import math
from collections.abc import Callable, Sequence
from statistics import median_low

from export.ratings.coverage import GROUPS, group_of
from export.ratings.site import words
from export.ratings.site.html import Html, named, tag
from export.ratings.site.plot import Scale, block, track
from export.ratings.site.sections import count, hidden, plot, scrolled, section
from export.ratings.site.site_board import Pair, Row, SiteBoard
from export.ratings.site.words import rounded

MAP_MODELS = 20
"""Models on each side of the maps before the reader asks for more."""
_PALE = 8
"""With so many battles a cell has half its colour."""
_EMPTY = Scale(0, 1, ())

_Cell = Callable[[float, int], tuple[str, int]]
"""From what the row won against the column, and how often they met, to a cell's text and shade."""


def pair_map(board: SiteBoard) -> Html:
    """Return who beats whom, and how often they met, among the first models; the script shows more of them."""
    if board.pairs is None:
        return section("map", words.MAP, words.NO_PAIRS)
    shown = [row["model"] for row in board.rows[:MAP_MODELS]]
    pairs = [each for each in board.pairs if each.second < len(shown)]
    most = max([each.battles for each in pairs] + [1])
    wins = _map(
        words.MAP_CAPTION, shown, pairs, lambda won, met: (rounded(100 * won / met), shade(won, met)), "pair-map"
    )
    met = _map(words.MET_CAPTION, shown, pairs, lambda _, met: (f"{met:,}", often(met, most)))
    more = tag("details", tag("summary", words.MET_MAP), scrolled(met, words.MET_MAP), id="met-map")
    controls = tag("div", class_="controls", id="map-controls")
    return section("map", words.MAP, words.MAP_SAID, controls, scrolled(wins, words.MAP), more)


def _map(caption: str, shown: Sequence[str], pairs: Sequence[Pair], cell: _Cell, identity: str | None = None) -> Html:
    cells: dict[tuple[int, int], Html] = {}
    for each in pairs:
        won = each.wins + each.ties / 2
        cells[each.first, each.second] = _cell(*cell(won, each.battles))
        cells[each.second, each.first] = _cell(*cell(each.battles - won, each.battles))
    never = tag("td")
    head = [tag("td"), *(tag("th", tag("span", named(name), title=name), scope="col") for name in shown)]
    rows = [
        tag(
            "tr",
            tag("th", named(name), scope="row"),
            *(cells.get((at, other), never) for other in range(len(shown))),
        )
        for at, name in enumerate(shown)
    ]
    said = tag("caption", caption.format(models=words.many(len(shown), "model")))
    return tag("table", said, tag("thead", tag("tr", *head)), tag("tbody", *rows), class_="map", id=identity)


def _cell(said: str, shade: int) -> Html:
    return tag("td", said, class_=f"h{shade}")


def shade(won: float, battles: int) -> int:
    """Return how strongly a cell is coloured, from 0 to 10; few battles pull it to the middle."""
    return math.floor(10 * (won + _PALE / 2) / (battles + _PALE) + 0.5)


def often(battles: int, most: int) -> int:
    """Return how strongly a cell of a pair that met so often is coloured, from 5 to 10."""
    return 5 + math.floor(5 * math.sqrt(battles / most) + 0.5)


def coverage(board: SiteBoard) -> Html | None:
    """Return how often pairs met, and how many battles each model has."""
    models = len(board.rows)
    if models < 2:
        return None
    battles = _battles(board.rows)
    if board.pairs is None:
        return section("coverage", words.BATTLES, battles)
    met, everything = [each.battles for each in board.pairs], models * (models - 1) // 2
    said = words.COVERAGE_SAID.format(
        met=f"{len(met):,}",
        all=f"{everything:,}",
        share=f"{len(met) / everything:.0%}",
        median=words.many(_median(met), "time"),
    )
    return section("coverage", words.COVERAGE, said, _covered(met, everything), tag("h3", words.BATTLES), battles)


def _covered(met: Sequence[int], everything: int) -> Html:
    groups = [0] * len(GROUPS)
    for battles in met:
        groups[group_of(battles)] += 1
    groups[0] = everything - len(met)
    most = max(groups)
    rows = [
        tag("tr", tag("th", name, scope="row"), tag("td", track(_EMPTY, block(number / most))), count(number))
        for (name, _), number in zip(GROUPS, groups, strict=True)
    ]
    return plot(words.COVERAGE_CAPTION, ("Battles of the pair", hidden("Bar"), "Pairs"), rows)


def _median(met: list[int]) -> int:
    return median_low(met) if met else 0


def _battles(rows: Sequence[Row]) -> Html:
    most = max([row["battles"] for row in rows] + [1])
    drawn = [
        tag(
            "tr",
            tag("th", named(row["model"]), scope="row"),
            tag("td", track(_EMPTY, block(row["battles"] / most))),
            count(row["battles"]),
            data_model=row["model"],
        )
        for row in sorted(rows, key=lambda row: (-row["battles"], row["model"]))
    ]
    return plot(words.BATTLES_CAPTION, ("Model", hidden("Bar"), words.MET), drawn)
