"""Plots in percent of their width: they fit every screen without a script, and take their colours from the style."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from export.ratings.site.html import Html, tag
from export.ratings.site.words import rounded


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a number lies between two ends."""

    low: float
    high: float
    ticks: tuple[float, ...]
    digits: int = 0

    @classmethod
    def over(cls, values: Iterable[float], most: int = 4) -> "Scale":
        """Return a scale that holds the values with a little room, and a few round ticks."""
        known = list(values) or [0.0]
        low, high = min(known), max(known)
        room = 0.03 * (high - low) if high - low > 1e-9 else 1.0
        low, high = low - room, high + room
        step = _round_step((high - low) / most)
        ticks = tuple(step * each for each in range(math.ceil(low / step), math.floor(high / step) + 1))
        return cls(low, high, ticks, digits=next(each for each in range(20) if math.isclose(round(step, each), step)))

    def at(self, value: float) -> float:
        """Return how far a value lies from the low end, in percent."""
        return 100 * (value - self.low) / (self.high - self.low)

    def said(self, value: float) -> str:
        """Return a tick's number."""
        return rounded(value, self.digits)


def _round_step(step: float) -> float:
    size = 10 ** math.floor(math.log10(step))
    return size * next(each for each in (1, 2, 2.5, 5, 10) if step <= each * size * (1 + 1e-9))


def percent(value: float) -> str:
    """Return a length for a plot."""
    return f"{rounded(value, 2)}%"


def track(scale: Scale, *marks: Html, zero: bool = False) -> Html:
    """Return one row of a plot: a grid, and marks on it. What it shows stands beside it in words."""
    grid = [_upright(scale.at(tick), "grid") for tick in scale.ticks]
    base = [_upright(scale.at(0), "zero")] if zero else []
    return tag("svg", *grid, *base, *marks, class_="track", aria_hidden="true", focusable="false")


def _upright(at: float, kind: str) -> Html:
    return tag("line", x1=percent(at), x2=percent(at), y1="0", y2="100%", class_=kind)


def bar(scale: Scale, low: float, high: float) -> Html:
    """Return an interval."""
    return tag("line", x1=percent(scale.at(low)), x2=percent(scale.at(high)), y1="50%", y2="50%", class_="bar")


def dot(scale: Scale, value: float) -> Html:
    """Return a point."""
    return tag("circle", cx=percent(scale.at(value)), cy="50%", r="4", class_="dot")


def block(share: float) -> Html:
    """Return a bar that fills a share of the row."""
    return tag("rect", x="0", y="20%", width=percent(100 * share), height="60%", class_="block")


def axis(scale: Scale) -> Html:
    """Return the numbers below or above the rows of a plot."""
    said = [
        tag("text", scale.said(tick), x=percent(scale.at(tick)), y="75%", class_=_anchor(scale.at(tick)))
        for tick in scale.ticks
    ]
    return tag("svg", *said, class_="axis", aria_hidden="true", focusable="false")


def _anchor(at: float) -> str:
    """Keep a number inside the plot."""
    return "first" if at < 5 else "last" if at > 95 else "middle"
