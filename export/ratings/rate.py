"""Counted votes in, standings out: the rules of this room put together."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from arena.leaderboard import Status
from export.ratings.bound import highest_if_never_won, lowest_if_never_lost
from export.ratings.counts import PairCounts
from export.ratings.estimate import Estimate, Estimator, by_bradley_terry
from export.ratings.ranks import places, ranges
from export.ratings.sandwich import only_tied
from export.ratings.scale import Flags, Floats, Integers
from export.ratings.status import caveat, comparable_models, record, status_among_rated, why_nobody_is_rated


@dataclass(frozen=True, slots=True)
class Standing:
    """One model: what is known of it, and how surely. What is not known is None."""

    model: str
    status: Status
    reason: str
    """Why it is not rated, or what its rating should be taken with; in words."""
    battles: int
    wins: int
    losses: int
    ties: int
    rating: float | None = None
    se: float | None = None
    """Standard error, in points."""
    ci_low: float | None = None
    ci_high: float | None = None
    rank: int | None = None
    rank_ub: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    bound_low: float | None = None
    """Provisional: a model that never lost is probably not below this."""
    bound_high: float | None = None


class _Seen(NamedTuple):
    """One model's record."""

    model: str
    wins: float
    losses: float
    ties: float

    @property
    def battles(self) -> float:
        return self.wins + self.losses + self.ties

    def standing(self, status: Status, reason: str, **known: Any) -> Standing:
        wins, losses, ties = round(self.wins), round(self.losses), round(self.ties)
        return Standing(self.model, status, reason, wins + losses + ties, wins, losses, ties, **known)


@dataclass(frozen=True, eq=False, slots=True)
class Ratings:
    """Every model's standing, best first: rated by rating, then provisional, then unrated, each by name."""

    standings: tuple[Standing, ...]
    among: PairCounts
    """The battles among the rated models: all that the estimate saw."""
    estimate: Estimate | None
    """None when no models can be compared yet."""


def rate(counts: PairCounts, estimator: Estimator = by_bradley_terry) -> Ratings:
    """Rate the models that can be compared, and say of the others why they cannot."""
    kept, seen = comparable_models(counts), record(counts)
    records = [_Seen(*each) for each in zip(counts.models, seen.wins, seen.losses, seen.ties, strict=True)]
    among = counts.among(kept)
    if not kept.any():
        found = [each.standing("unrated", why_nobody_is_rated(each.wins, each.losses, each.ties)) for each in records]
        return Ratings(tuple(sorted(found, key=_place)), among, None)
    estimate = estimator(among)
    inside = [records[at] for at in np.flatnonzero(kept)]
    found = [*_rated(among, estimate, inside), *_outside(estimate.ratings, counts, kept, records)]
    return Ratings(tuple(sorted(found, key=_place)), among, estimate)


def _rated(among: PairCounts, estimate: Estimate, records: list[_Seen]) -> Iterator[Standing]:
    silent, met = only_tied(among).tolist(), record(among).battles.tolist()
    figures = {"rating": estimate.ratings, "rank": places(estimate.ratings), **_sureness(estimate)}
    told = [
        dict(zip(figures, row, strict=True)) for row in zip(*(each.tolist() for each in figures.values()), strict=True)
    ]
    for at, (seen, known) in enumerate(zip(records, told, strict=True)):
        yield seen.standing("rated", caveat(met[at], seen.battles, silent[at]), **known)


def _sureness(estimate: Estimate) -> dict[str, Floats | Integers]:
    if estimate.covariance is None or estimate.errors is None or estimate.interval is None:
        return {}
    low, high = estimate.interval
    left_open = ranges(estimate.ratings, estimate.covariance, estimate.interval)
    return {
        "se": estimate.errors,
        "ci_low": low,
        "ci_high": high,
        "rank_ub": left_open.rank_ub,
        "rank_low": left_open.rank_low,
        "rank_high": left_open.rank_high,
    }


def _outside(ratings_of_rated: Floats, counts: PairCounts, kept: Flags, records: list[_Seen]) -> Iterator[Standing]:
    ratings = np.full(len(kept), np.nan)
    ratings[kept] = ratings_of_rated
    for at in np.flatnonzero(~kept):
        opponents, wins, losses = _met(counts, int(at), kept)
        status, reason = status_among_rated(wins.sum(), losses.sum())
        standing = records[at].standing(status, reason)
        if wins.any():
            standing = replace(standing, bound_low=lowest_if_never_lost(ratings[opponents], wins))
        elif losses.any():
            standing = replace(standing, bound_high=highest_if_never_won(ratings[opponents], losses))
        yield standing


def _met(counts: PairCounts, model: int, kept: Flags) -> tuple[Integers, Floats, Floats]:
    """Return the rated models that a model met, and how often it beat each and lost to each."""
    as_first = (counts.first == model) & kept[counts.second]
    as_second = (counts.second == model) & kept[counts.first]
    return (
        np.concatenate([counts.second[as_first], counts.first[as_second]]),
        np.concatenate([counts.wins[as_first], counts.losses[as_second]]),
        np.concatenate([counts.losses[as_first], counts.wins[as_second]]),
    )


def _place(standing: Standing) -> tuple[int, int, str]:
    return (("rated", "provisional", "unrated").index(standing.status), standing.rank or 0, standing.model)
