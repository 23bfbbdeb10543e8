"""The site's figures. Each is a table that draws, or has a table beside it: nothing is told by a picture alone."""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median_low

from export.ratings.coverage import GROUPS, group_of
from export.ratings.scale import Z95
from export.ratings.site import words
from export.ratings.site.html import Html, named, tag, together
from export.ratings.site.plot import Scale, axis, bar, block, dot, percent, track
from export.ratings.site.site_board import Row, SiteBoard
from export.ratings.site.standings import scrolled
from export.ratings.site.words import rounded

MAP_MODELS = 20
"""Models on each side of the map before the reader asks for more."""
_PALE = 8
"""With so many battles a cell has half its colour."""
LINES = 8
"""Models in the figure over time."""


def _section(identity: str, title: str, *parts: Html | str | None) -> Html:
    inside = [tag("p", part) if not isinstance(part, Html) else part for part in parts if part]
    return tag("section", tag("h2", title), *inside, id=identity)


def _plot(caption: str, head: Html | str, rows: Sequence[Html], *, is_long: bool = False) -> Html:
    columns = tag("tr", tag("th", words.COLUMNS["model"], scope="col"), tag("th", head, scope="col"))
    table = tag("table", tag("caption", caption), tag("thead", columns), tag("tbody", *rows), class_="plot")
    return scrolled(table, caption, "tall") if is_long else table


def _hidden(said: str) -> Html:
    return tag("span", said, class_="unseen")


def intervals(board: SiteBoard) -> Html | None:
    """Return the ratings as points with their intervals."""
    rated = board.rated
    if not rated:
        return None
    ends = [row[key] for row in rated for key in ("rating", "ci_low", "ci_high") if row[key] is not None]
    scale = Scale.over(ends)
    rows = [_interval(scale, row) for row in rated]
    head = together([_hidden(words.COLUMNS["interval"]), axis(scale)])
    plot = _plot(words.INTERVALS, head, rows, is_long=len(rows) > 25)
    return _section("intervals", words.INTERVALS, words.INTERVALS_SAID, plot)


def _interval(scale: Scale, row: Row) -> Html:
    low, high, rating = row["ci_low"], row["ci_high"], row["rating"]
    marks, said = [dot(scale, rating)], rounded(rating)
    if low is not None and high is not None:
        marks.insert(0, bar(scale, low, high))
        said += f", {rounded(low)} to {rounded(high)}"
    cell = tag("td", track(scale, *marks), _hidden(said), title=said)
    return tag("tr", tag("th", named(row["model"]), scope="row"), cell, data_model=row["model"])


def pair_map(board: SiteBoard) -> Html:
    """Return who beats whom among the first models; the script shows more of them, and how often they met."""
    if board.pairs is None:
        return _section("map", words.MAP, words.NO_PAIRS)
    shown = [row["model"] for row in board.rows[:MAP_MODELS]]
    scores: dict[tuple[int, int], tuple[float, int]] = {}
    for each in board.pairs:
        if each.second < len(shown):
            won = each.wins + each.ties / 2
            scores[each.first, each.second] = won, each.battles
            scores[each.second, each.first] = each.battles - won, each.battles
    head = [tag("td"), *(tag("th", tag("span", named(name)), scope="col") for name in shown)]
    rows = [
        tag("tr", tag("th", named(name), scope="row"), *(_cell(scores.get((at, other))) for other in range(len(shown))))
        for at, name in enumerate(shown)
    ]
    caption = tag("caption", words.MAP_CAPTION.format(models=len(shown)))
    table = tag("table", caption, tag("thead", tag("tr", *head)), tag("tbody", *rows), class_="map", id="pair-map")
    box = scrolled(table, words.MAP)
    return _section("map", words.MAP, words.MAP_SAID, tag("div", class_="controls", id="map-controls"), box)


def _cell(score: tuple[float, int] | None) -> Html:
    if score is None:
        return tag("td", class_="never")
    won, battles = score
    return tag("td", rounded(100 * won / battles), class_=f"h{shade(won, battles)}")


def shade(won: float, battles: int) -> int:
    """Return how strongly a cell is coloured, from 0 to 10; few battles pull it to the middle."""
    return math.floor(10 * (won + _PALE / 2) / (battles + _PALE) + 0.5)


def coverage(board: SiteBoard) -> Html | None:
    """Return how often pairs met, and how many battles each model has."""
    models = len(board.rows)
    if models < 2:
        return None
    battles = _battles(board.rows)
    if board.pairs is None:
        return _section("coverage", words.BATTLES, battles)
    met, everything = [each.battles for each in board.pairs], models * (models - 1) // 2
    often = [0] * len(GROUPS)
    for each in met:
        often[group_of(each)] += 1
    often[0] = everything - len(met)
    most = max(often)
    rows = [
        tag("tr", tag("th", name, scope="row"), tag("td", track(_EMPTY, block(number / most))), _count(number))
        for (name, _), number in zip(GROUPS, often, strict=True)
    ]
    head = tag("tr", *(tag("th", each, scope="col") for each in ("Battles of the pair", _hidden("Bar"), "Pairs")))
    caption = tag("caption", words.COVERAGE_CAPTION)
    table = tag("table", caption, tag("thead", head), tag("tbody", *rows), class_="plot")
    said = words.COVERAGE_SAID.format(
        met=f"{len(met):,}", all=f"{everything:,}", share=f"{len(met) / everything:.0%}", median=_median(met)
    )
    return _section("coverage", words.COVERAGE, said, table, tag("h3", words.BATTLES), battles)


_EMPTY = Scale(0, 1, ())


def _median(met: list[int]) -> int:
    return median_low(met) if met else 0


def _count(number: int) -> Html:
    return tag("td", f"{number:,}", class_="number")


def _battles(rows: Sequence[Row]) -> Html:
    most = max([row["battles"] for row in rows] + [1])
    drawn = [
        tag(
            "tr",
            tag("th", named(row["model"]), scope="row"),
            tag("td", track(_EMPTY, block(row["battles"] / most))),
            _count(row["battles"]),
            data_model=row["model"],
        )
        for row in sorted(rows, key=lambda row: (-row["battles"], row["model"]))
    ]
    head = tag("tr", *(tag("th", each, scope="col") for each in ("Model", _hidden("Bar"), words.MET)))
    caption = tag("caption", words.BATTLES_CAPTION)
    table = tag("table", caption, tag("thead", head), tag("tbody", *drawn), class_="plot")
    return scrolled(table, words.BATTLES, "tall") if len(rows) > 25 else table


def over_time(board: SiteBoard) -> Html | None:
    """Return the first models' ratings over time, as lines and as a table."""
    periods = board.months
    shown = [row["model"] for row in board.rated[:LINES]]
    if not periods or not shown:
        return None
    known = [ratings[name] for ratings in periods.values() for name in shown if name in ratings]
    scale, last = Scale.over(known), len(periods) - 1
    lines = [part for at, name in enumerate(shown) for part in _line(board, name, scale, at)]
    grid = [
        part
        for tick in scale.ticks
        for part in (
            tag("line", x1="0", x2="100%", y1=_down(scale, tick), y2=_down(scale, tick), class_="grid"),
            tag("text", scale.said(tick), x="0", y=_down(scale, tick), dy="-3"),
        )
    ]
    picture = tag("svg", *grid, *lines, class_="lines", aria_hidden="true", focusable="false")
    days = list(periods)
    ends = tag("p", tag("span", days[0]), tag("span", days[last // 2]), tag("span", days[last]), class_="days")
    legend = tag("ul", *(_entry(name, at) for at, name in enumerate(shown)), class_="legend")
    figure = tag("figure", legend, tag("div", picture, class_="frame"), ends)
    table = tag("details", tag("summary", words.DATA_TABLE), _time_table(board, shown))
    return _section("time", words.TIME, words.TIME_SAID.format(models=len(shown)), figure, table)


def _line(board: SiteBoard, name: str, scale: Scale, at: int) -> list[Html]:
    width = len(board.months) - 1
    points = [
        (percent(100 * place / width), _down(scale, ratings[name]))
        for place, ratings in enumerate(board.months.values())
        if name in ratings
    ]
    drawn = [
        tag("line", x1=x, y1=y, x2=to_x, y2=to_y, class_=f"line c{at}") for (x, y), (to_x, to_y) in pairwise(points)
    ]
    return [*drawn, *(tag("circle", cx=x, cy=y, r="3", class_=f"point c{at}") for x, y in points)]


def _entry(name: str, at: int) -> Html:
    key = tag("line", x1="0", x2="100%", y1="50%", y2="50%", class_=f"line c{at}")
    return tag("li", tag("svg", key, class_="key", aria_hidden="true", focusable="false"), named(name))


def _down(scale: Scale, value: float) -> str:
    return percent(100 - scale.at(value))


def _time_table(board: SiteBoard, shown: Sequence[str]) -> Html:
    head = tag("tr", tag("th", "Period", scope="col"), *(tag("th", named(name), scope="col") for name in shown))
    rows = [
        tag("tr", tag("th", period, scope="row"), *(_rating(ratings.get(name)) for name in shown))
        for period, ratings in board.months.items()
    ]
    table = tag("table", tag("caption", words.TIME_CAPTION), tag("thead", head), tag("tbody", *rows), class_="plain")
    return scrolled(table, words.TIME)


def _rating(value: float | None) -> Html:
    return tag("td", "–" if value is None else rounded(value), class_="number")


def effects(board: SiteBoard) -> Html | None:
    """Return what style does to the chances of an answer."""
    found = board.board.get("style") or {}
    if not found:
        return None
    reach = {name: Z95 * each["se"] for name, each in found.items()}
    scale = Scale.over([0.0, *(each["coef"] + sign * reach[name] for name, each in found.items() for sign in (-1, 1))])
    rows: list[Html] = []
    for name, each in found.items():
        low, high = each["coef"] - reach[name], each["coef"] + reach[name]
        rows.append(
            tag(
                "tr",
                tag("th", name, scope="row"),
                tag("td", track(scale, bar(scale, low, high), dot(scale, each["coef"]), zero=True)),
                tag("td", _factor(each["coef"]), class_="number"),
                tag("td", f"{_factor(low)} to {_factor(high)}", class_="number"),
                tag("td", rounded(each["coef"], 3), class_="number"),
            )
        )
    labels = ("Feature", together([_hidden("Plot of the log-odds"), axis(scale)]), "Factor", "95% interval", "Log-odds")
    head = tag("tr", *(tag("th", each, scope="col") for each in labels))
    caption = tag("caption", words.EFFECTS_CAPTION)
    table = scrolled(tag("table", caption, tag("thead", head), tag("tbody", *rows), class_="plot wide"), words.EFFECTS)
    told = words.EFFECT_HELD if board.is_styled else words.NO_EFFECT_YET
    return _section("style", words.EFFECTS, words.EFFECTS_SAID, told, table)


def _factor(coef: float) -> str:
    return f"{math.exp(coef):.2f}"
