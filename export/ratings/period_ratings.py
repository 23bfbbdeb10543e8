"""Ratings over time of the live boards: what is past is fitted once."""

from collections.abc import Iterator, Mapping

import numpy as np

from arena.leaderboard import Leaderboard
from export.ratings.counts import folded
from export.ratings.live import LiveCounts
from export.ratings.over_time import OverTime, few, ratings_of
from export.ratings.scale import Integers

MONTHS = 3
"""With votes in so many months, periods are months; before that, days."""


class PeriodRatings:
    """Remembers what it fitted, by category and period, and of which votes."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[int, Mapping[str, float]]] = {}
        self._secret = frozenset[str]()

    def of(self, counts: LiveCounts, category: str, board: Leaderboard, secret: frozenset[str]) -> OverTime:
        """Return a category's ratings at the end of each period; the last are those of its board."""
        if secret != self._secret:
            self._known.clear()
            self._secret = secret
        days = counts.days(category)
        *past, (now, _) = periods(tuple(days)) or [("", 0)]
        found = {name: ratings for name, ratings in self._past(counts, category, days, past) if ratings}
        return {**found, now: {row.model: row.rating for row in board.rows if row.rating is not None}} if now else {}

    def _past(
        self, counts: LiveCounts, category: str, days: Mapping[int, int], past: list[tuple[str, int]]
    ) -> Iterator[tuple[str, Mapping[str, float]]]:
        told = _Until(counts, category)
        for name, last in past:
            votes = sum(which for day, which in days.items() if day <= last)
            known = self._known.get((category, name))
            if known is None or known[0] != votes:
                self._known[category, name] = known = votes, told.ratings(last, self._secret)
            yield name, known[1]


class _Until:
    """Adds up a category's votes day by day, as far as somebody asks."""

    def __init__(self, counts: LiveCounts, category: str) -> None:
        self._counts, self._category = counts, category
        self._after = min(counts.days(category), default=0) - 1
        self._codes: dict[str, int] = {}
        self._table: Integers = np.zeros((0, 0, 3), np.int64)

    def ratings(self, last: int, secret: frozenset[str]) -> Mapping[str, float]:
        """Return the ratings by all votes until the end of a day."""
        for (a, b, winner), often in self._counts.of_days(self._category, self._after + 1, last).items():
            at, other = (self._codes.setdefault(name, len(self._codes)) for name in (a, b))
            self._reach(len(self._codes))
            self._table[at, other, winner] += often
        self._after = last
        names = sorted(self._codes)
        order = np.array([self._codes[name] for name in names], np.int64)
        return ratings_of(folded(tuple(names), self._table[np.ix_(order, order)]).without(secret))

    def _reach(self, size: int) -> None:
        if size > len(self._table):
            grown = np.zeros((2 * size, 2 * size, 3), np.int64)
            grown[: len(self._table), : len(self._table)] = self._table
            self._table = grown


def periods(days: tuple[int, ...]) -> list[tuple[str, int]]:
    """Return the periods that have votes, evenly chosen if there are many: the name of each, and its last day.

    Days are counted from 1970 (UTC), and in order.
    """
    dates = [np.datetime64(day, "D") for day in days]
    months = {str(date.astype("datetime64[M]")): day for date, day in zip(dates, days, strict=True)}
    found = months if len(months) >= MONTHS else {str(date): day for date, day in zip(dates, days, strict=True)}
    return [(name, found[name]) for name in few(list(found))]
