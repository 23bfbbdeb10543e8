"""Counted votes in, standings out: the rules of this room put together."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from arena.leaderboard import Status
from export.ratings import bradley_terry
from export.ratings.bound import highest_if_never_won, lowest_if_never_lost
from export.ratings.counts import PairCounts
from export.ratings.ranks import Ranks, rank
from export.ratings.sandwich import covariance, only_tied
from export.ratings.scale import Z95, Flags, Floats, Integers, to_points
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

    def standing(self, status: Status, reason: str) -> Standing:
        wins, losses, ties = round(self.wins), round(self.losses), round(self.ties)
        return Standing(self.model, status, reason, wins + losses + ties, wins, losses, ties)


@dataclass(frozen=True, eq=False, slots=True)
class RatedPart:
    """The fit, for the rated models in the order of `counts.models`."""

    counts: PairCounts
    """The battles among them: all that the fit saw."""
    fit: bradley_terry.Fit
    ratings: Floats
    covariance: Floats
    ranks: Ranks


@dataclass(frozen=True, eq=False, slots=True)
class Ratings:
    """Every model's standing, best first: rated by rating, then provisional, then unrated, each by name."""

    standings: tuple[Standing, ...]
    rated: RatedPart | None
    """None when no models can be compared yet."""


def fit_rated(counts: PairCounts) -> RatedPart:
    """Fit models that wins and ties link both ways."""
    fit = bradley_terry.fit(counts)
    ratings, matrix = to_points(fit.strengths), covariance(counts, fit)
    return RatedPart(counts, fit, ratings, matrix, rank(ratings, matrix))


def rate(counts: PairCounts) -> Ratings:
    """Rate the models that can be compared, and say of the others why they cannot."""
    kept, seen = comparable_models(counts), record(counts)
    records = [_Seen(*each) for each in zip(counts.models, seen.wins, seen.losses, seen.ties, strict=True)]
    part = fit_rated(counts.among(kept)) if kept.any() else None
    if part is None:
        found = [seen.standing("unrated", why_nobody_is_rated(seen.wins, seen.losses, seen.ties)) for seen in records]
    else:
        inside = [records[at] for at in np.flatnonzero(kept)]
        found = [*_rated(part, inside), *_outside(part, counts, kept, records)]
    return Ratings(tuple(sorted(found, key=_place)), part)


def _rated(part: RatedPart, records: list[_Seen]) -> Iterator[Standing]:
    errors, silent, ranks = np.sqrt(np.diag(part.covariance)), only_tied(part.counts), part.ranks
    for at, seen in enumerate(records):
        rating, se = float(part.ratings[at]), float(errors[at])
        yield replace(
            seen.standing("rated", caveat(seen.battles, bool(silent[at]))),
            rating=rating,
            se=se,
            ci_low=rating - Z95 * se,
            ci_high=rating + Z95 * se,
            rank=int(ranks.rank[at]),
            rank_ub=int(ranks.rank_ub[at]),
            rank_low=int(ranks.rank_low[at]),
            rank_high=int(ranks.rank_high[at]),
        )


def _outside(part: RatedPart, counts: PairCounts, kept: Flags, records: list[_Seen]) -> Iterator[Standing]:
    ratings = np.full(len(kept), np.nan)
    ratings[kept] = part.ratings
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
