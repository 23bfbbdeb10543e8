"""Ratings over time: the board as it stood at the end of each month, or as it was published."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from arena.leaderboard import Leaderboard
from export.ratings import bradley_terry
from export.ratings.counts import Battles, PairCounts, count
from export.ratings.scale import Floats, to_points
from export.ratings.status import comparable_models

Period = TypeVar("Period", int, str)
OverTime = Mapping[str, Mapping[str, float]]
"""Ratings by model, by the period (such as `2026-03` or `2026-03-14`) at whose end they stood; in order."""

_MOST = 36
"""So many periods at most, evenly chosen; the last is always one of them."""
_MANY_MODELS = 1000
"""With more models there are fewer periods: each is a fit, and a fit of many models takes long."""


def by_month(battles: Battles, times: Floats | None) -> OverTime:
    """Return the Bradley-Terry ratings from all votes until the end of each month (UTC); the mean of each is 1000.

    Votes without a time are left out. Without any times nothing is known over time.
    """
    if times is None:
        return {}
    known = np.isfinite(times)
    months = np.full(len(times), np.iinfo(np.int64).max, np.int64)
    months[known] = times[known].astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    found: dict[str, Mapping[str, float]] = {}
    most = max(2, _MOST * _MANY_MODELS // max(len(battles.models), _MANY_MODELS))
    for month in few(np.unique(months[known]).tolist(), most):
        rows = months <= month
        some = Battles(battles.models, battles.a[rows], battles.b[rows], battles.winner[rows])
        if ratings := ratings_of(count(some)):
            found[str(np.datetime64(month, "M"))] = ratings
    return found


def ratings_of(counts: PairCounts) -> Mapping[str, float]:
    """Return the Bradley-Terry ratings of the models that can be compared."""
    among = counts.among(comparable_models(counts))
    if not among.models:
        return {}
    return dict(zip(among.models, to_points(bradley_terry.fit(among).strengths).tolist(), strict=True))


def as_published(boards: Iterable[Leaderboard]) -> OverTime:
    """Return the ratings of the boards that were published, the last of each day (UTC)."""
    days = {_day(board.updated_at): board for board in boards if board.updated_at is not None}
    return {
        day: {row.model: row.rating for row in days[day].rows if row.rating is not None and row.status == "rated"}
        for day in few(sorted(days))
    }


def newest(times: Floats | None) -> str | None:
    """Return the day (UTC) of the newest vote, where that is known."""
    known = np.empty(0) if times is None else times[np.isfinite(times)]
    return _day(float(known.max())) if len(known) else None


def _day(time: float) -> str:
    return str(np.datetime64(int(time), "s").astype("datetime64[D]"))


def moments(periods: Iterable[str]) -> list[int]:
    """Return the day, counted from 1970, on which each period begins: figures leave as much room as lies between."""
    return [int(np.datetime64(period, "D").astype(np.int64)) for period in periods]


def halfway(periods: Sequence[str]) -> str:
    """Return the period in the middle between the first and the last; it need not be one of them."""
    days = moments(periods)
    return str(np.datetime64((days[0] + days[-1]) // 2, "D").astype(np.datetime64(periods[0]).dtype))


def few(periods: list[Period], most: int = _MOST) -> list[Period]:
    """Return so many of them, evenly chosen; the last is one of them."""
    if len(periods) <= most:
        return periods
    return [periods[at] for at in np.linspace(0, len(periods) - 1, most).round().astype(int).tolist()]
