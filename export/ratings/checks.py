"""What speaks for and against a board: each figure is one that a reader can ask for, and none changes a rating."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from export.ratings import bradley_terry
from export.ratings.bradley_terry import Fit, chance, chance_and_loss
from export.ratings.counts import Battles, PairCounts
from export.ratings.drift import Drift, by_month, surest_drift
from export.ratings.influence import Influence, influence
from export.ratings.newton import Slope, climb
from export.ratings.rate import Ratings
from export.ratings.sandwich import difference_errors
from export.ratings.scale import Floats
from export.ratings.vote_table import VoteTable
from export.ratings.without_flagged import WithoutFlagged, without_flagged

_DRAWS = 1000
_AT_ONCE = 50
_MET_OFTEN = 10
"""A pair with fewer battles says nothing about who usually wins."""


@dataclass(frozen=True, slots=True)
class PositionEffect:
    """What it does to be shown as side a, in log-odds, the strengths taken as fitted: sides are drawn at random."""

    coef: float
    se: float


@dataclass(frozen=True, slots=True)
class LawCheck:
    """How well one strength for each model explains the results."""

    chi_square: float
    """Of the pairs' scores against the fitted ones, by their own spread (Pearson's)."""
    degrees: int
    """About what the figure above is if the law holds."""
    chance: float
    """How often the figure would be so large if the law holds (by Wilson and Hilferty's approximation)."""
    circles: int
    """Triples of models that beat each other in a circle, over pairs that met ten times or more."""
    triples: int
    """Triples all of whose pairs met so often."""


@dataclass(frozen=True, slots=True)
class Together:
    """So many standard errors on either side hold for all models at the same time, at 95%; for one alone it is 1.96."""

    ratings: float
    """Of every rating, around the models' mean."""
    differences: float
    """Of the difference of every two ratings."""


@dataclass(frozen=True, slots=True)
class Checks:
    """All of them; what the votes do not tell is None or empty."""

    influence: Influence | None
    ranks: dict[str, tuple[int, int]]
    """Best and worst place of each model: these hold for all models together, at 95%."""
    position: PositionEffect | None
    law: LawCheck
    months: dict[str, dict[str, float]]
    """Ratings from the votes of each month (UTC) alone, of the models that can be compared there; mean 1000 each."""
    drift: Drift | None = None
    together: Together | None = None
    without_flagged: WithoutFlagged | None = None


def check(table: VoteTable, ratings: Ratings, dice: np.random.Generator) -> Checks | None:
    """Make the checks of a Bradley-Terry board; None where nobody is rated."""
    estimate = ratings.estimate
    if estimate is None:
        return None
    fit, among = estimate.fit or bradley_terry.fit(ratings.among), ratings.among
    battles, _ = table.battles.among(among.models)
    wide, places = None, dict[int, tuple[int, int]]()
    if estimate.covariance is not None:
        wide = together(estimate.covariance, dice)
        places = ranks_together(estimate.ratings, estimate.covariance, wide.differences)
    months = [] if table.times is None else list(by_month(table.battles, table.times))
    return Checks(
        influence=influence(among, fit),
        ranks={among.models[at]: ends for at, ends in places.items()},
        position=position_effect(battles, fit),
        law=check_law(among, fit),
        months={
            name: {each.model: each.rating for each in of_month.standings if each.rating is not None}
            for name, of_month in months
        },
        drift=surest_drift(months),
        together=wide,
        without_flagged=without_flagged(table, ratings),
    )


def together(matrix: Floats, dice: np.random.Generator) -> Together:
    """Return how many errors hold at once: 95% of the largest |t| that are drawn from a covariance lie within."""
    alone, apart = (np.where(each > 0, each, np.inf) for each in (np.sqrt(np.diag(matrix)), difference_errors(matrix)))
    values, vectors = np.linalg.eigh(matrix)
    root = vectors * np.sqrt(np.maximum(values, 0))
    largest = np.empty((2, _DRAWS))
    for start in range(0, _DRAWS, _AT_ONCE):
        drawn = dice.standard_normal((_AT_ONCE, len(matrix))) @ root.T
        here = slice(start, start + _AT_ONCE)
        largest[0, here] = (np.abs(drawn) / alone).max(axis=1)
        largest[1, here] = (np.abs(drawn[:, :, None] - drawn[:, None, :]) / apart).max(axis=(1, 2))
    ratings, differences = np.quantile(largest, 0.95, axis=1).tolist()
    return Together(ratings, differences)


def ranks_together(ratings: Floats, matrix: Floats, errors: float) -> dict[int, tuple[int, int]]:
    """Return for each model the places left open when all differences hold within so many of their errors."""
    apart = difference_errors(matrix)
    surely = ratings[:, None] - ratings > errors * np.where(apart > 0, apart, np.inf)
    low, high = 1 + surely.sum(axis=0), len(ratings) - surely.sum(axis=1)
    return {at: (int(low[at]), int(high[at])) for at in range(len(ratings))}


def position_effect(battles: Battles, fit: Fit) -> PositionEffect | None:
    """Return what side a gains by its side; None where one side won all battles: no effect is large enough then."""
    score = battles.score
    if (score == 1).all() or (score == 0).all():
        return None
    difference = fit.strengths[battles.a] - fit.strengths[battles.b]

    def look(coef: Floats) -> Slope:
        expected, loss = chance_and_loss(difference + coef)
        return Slope(
            value=float((score * (difference + coef) - loss).sum()),
            gradient=np.array([(score - expected).sum()]),
            curvature=np.array([[(expected * (1 - expected)).sum()]]),
        )

    top = climb(np.zeros(1), look)
    spread = float(((score - chance(difference + top.place)) ** 2).sum())
    return PositionEffect(float(top.place[0]), float(np.sqrt(spread) / top.slope.curvature[0, 0]))


def _chance_of(chi_square: float, degrees: int) -> float:
    """Return how often a chi-square is this large or larger."""
    if degrees < 1:
        return 1.0
    spread = 2 / (9 * degrees)
    return 1 - NormalDist().cdf(((chi_square / degrees) ** (1 / 3) - (1 - spread)) / spread**0.5)


def check_law(counts: PairCounts, fit: Fit) -> LawCheck:
    """Compare what happened in each pair with what its strengths say."""
    expected = chance(fit.strengths[counts.first] - fit.strengths[counts.second])
    won = counts.wins + counts.ties / 2
    spread = counts.wins * (1 - expected) ** 2 + counts.losses * expected**2 + counts.ties * (0.5 - expected) ** 2
    seen = spread > 0
    often = counts.battles >= _MET_OFTEN
    size = len(counts.models)
    beats, met = np.zeros((size, size)), np.zeros((size, size))
    first, second = counts.first[often], counts.second[often]
    beats[first, second] = counts.wins[often] > counts.losses[often]
    beats[second, first] = counts.losses[often] > counts.wins[often]
    met[first, second] = met[second, first] = 1
    chi_square = float(((won - counts.battles * expected)[seen] ** 2 / spread[seen]).sum())
    degrees = int(seen.sum()) - (size - 1)
    return LawCheck(
        chi_square=chi_square,
        degrees=degrees,
        chance=_chance_of(chi_square, degrees),
        circles=round(float(np.trace(beats @ beats @ beats)) / 3),
        triples=round(float(np.trace(met @ met @ met)) / 6),
    )
