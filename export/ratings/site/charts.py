"""The site's figures. Each is a table that draws, or has a table beside it: nothing is told by a picture alone."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from export.ratings.over_time import halfway, moments
from export.ratings.scale import Z95
from export.ratings.site import words
from export.ratings.site.html import Html, named, tag, together
from export.ratings.site.plot import Scale, axis, bar, dot, percent, track
from export.ratings.site.sections import hidden, plot, scrolled, section
from export.ratings.site.site_board import Row, SiteBoard
from export.ratings.site.words import rounded

LINES = 8
"""Models in the figure over time."""


def intervals(board: SiteBoard) -> Html | None:
    """Return the ratings as points with their intervals."""
    rated = board.rated
    if not rated:
        return None
    ends = [row[key] for row in rated for key in ("rating", "ci_low", "ci_high") if row[key] is not None]
    scale = Scale.over(ends)
    rows = [_interval(scale, row) for row in rated]
    labels = (words.COLUMNS["model"], together([hidden(words.COLUMNS["interval"]), axis(scale)]))
    return section("intervals", words.INTERVALS, words.INTERVALS_SAID, plot(words.INTERVALS, labels, rows))


def _interval(scale: Scale, row: Row) -> Html:
    low, high, rating = row["ci_low"], row["ci_high"], row["rating"]
    marks, said = [dot(scale, rating)], rounded(rating)
    if low is not None and high is not None:
        marks.insert(0, bar(scale, low, high))
        said += f", {rounded(low)} to {rounded(high)}"
    cell = tag("td", track(scale, *marks), hidden(said), title=said)
    return tag("tr", tag("th", named(row["model"]), scope="row"), cell, data_model=row["model"])


def over_time(board: SiteBoard) -> Html | None:
    """Return the first models' ratings over time, as lines and as a table."""
    periods = board.months
    shown = [row["model"] for row in board.rated[:LINES]]
    if not periods or not shown:
        return None
    known = [ratings[name] for ratings in periods.values() for name in shown if name in ratings]
    scale = Scale.over(known)
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
    ends = tag("p", *(tag("span", day) for day in (days[0], halfway(days), days[-1])), class_="days")
    legend = tag("ul", *(_entry(name, at) for at, name in enumerate(shown)), class_="legend")
    figure = tag("figure", legend, tag("div", picture, class_="frame"), ends)
    table = tag("details", tag("summary", words.DATA_TABLE), _time_table(board, shown))
    said = words.TIME_SAID.format(models=len(shown))
    return section("time", words.TIME, said, None if board.is_plain else words.TIME_PLAIN, figure, table)


def _line(board: SiteBoard, name: str, scale: Scale, at: int) -> list[Html]:
    days = moments(board.months)
    points = [
        (percent(100 * (day - days[0]) / max(days[-1] - days[0], 1)), _down(scale, ratings[name]))
        for day, ratings in zip(days, board.months.values(), strict=True)
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
    found = board.board.get("style")
    if not found:
        return None
    told = words.EFFECT_HELD if board.is_styled else words.NO_EFFECT_YET
    return section("style", words.EFFECTS, words.EFFECTS_SAID, told, _effects(words.EFFECTS_CAPTION, found))


def other_effects(board: SiteBoard) -> Html | None:
    """Return what else sways votes: the side, speed, and the language of an answer."""
    found = board.board.get("effects")
    if not found:
        return None
    table = _effects(words.OTHER_EFFECTS_CAPTION, found)
    return section("effects", words.OTHER_EFFECTS, words.OTHER_EFFECTS_SAID, table)


def _effects(caption: str, found: Mapping[str, Mapping[str, float]]) -> Html:
    ends = {name: (each["coef"] - Z95 * each["se"], each["coef"] + Z95 * each["se"]) for name, each in found.items()}
    scale = Scale.over([0.0, *(end for both in ends.values() for end in both)])
    rows = [
        tag(
            "tr",
            tag("th", words.FEATURES.get(name, name), scope="row"),
            tag("td", track(scale, bar(scale, *ends[name]), dot(scale, each["coef"]), zero=True)),
            tag("td", _factor(each["coef"]), class_="number"),
            tag("td", " to ".join(map(_factor, ends[name])), class_="number"),
            tag("td", rounded(each["coef"], 3), class_="number"),
        )
        for name, each in found.items()
    ]
    labels = ("Feature", together([hidden("Plot of the log-odds"), axis(scale)]), "Factor", "95% interval", "Log-odds")
    return scrolled(plot(caption, labels, rows, is_wide=True), caption)


def _factor(coef: float) -> str:
    return f"{math.exp(coef):.2f}"
