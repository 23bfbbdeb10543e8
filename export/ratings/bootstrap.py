"""Intervals by drawing the votes again, with replacement.

Efron, Bootstrap methods: another look at the jackknife (Annals of Statistics 7, 1979). Votes are drawn by cells: how
often a pair met with one outcome.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from export.ratings import bradley_terry
from export.ratings.bradley_terry import Fit, chance
from export.ratings.components import comparable
from export.ratings.counts import PairCounts
from export.ratings.sandwich import bread
from export.ratings.scale import CENTRE, POINTS, Floats

MOST_APART = 0.01
"""No intervals if more than this share of the rounds fall apart: the others would not be a fair sample."""
_STEPS = 8
_SETTLED = 1e-6


@dataclass(frozen=True, eq=False, slots=True)
class Resampled:
    """What came of the rounds."""

    ratings: Floats
    """One row for each round that did not fall apart, in points."""
    apart: float
    """The share of rounds in which not all models could be compared any more."""

    @property
    def is_sound(self) -> bool:
        """Whether intervals may be read from it."""
        return self.apart <= MOST_APART and len(self.ratings) > 1

    @property
    def interval(self) -> tuple[Floats, Floats]:
        """Return the 2.5% and 97.5% quantiles, by their places among one round more: exact also with few rounds."""
        low, high = np.quantile(self.ratings, [0.025, 0.975], axis=0, method="weibull")
        return low, high

    @property
    def covariance(self) -> Floats:
        """Return the covariance over the rounds, in points squared."""
        return np.cov(self.ratings, rowvar=False)


def resample(counts: PairCounts, fit: Fit, rounds: int, dice: np.random.Generator) -> Resampled:
    """Draw as many votes as there are, again and again, and fit each time by Bradley and Terry's method."""
    inverse = bread(fit)
    return repeated(lambda: _fit_near(drawn(counts, dice), fit, inverse), rounds, len(counts.models))


def repeated(once: Callable[[], Floats | None], rounds: int, models: int) -> Resampled:
    """Go through all rounds. Each returns strengths in log-odds, mean 0, or None if what it drew fell apart."""
    found = [strengths for _ in range(rounds) if (strengths := once()) is not None]
    ratings = CENTRE + POINTS * np.array(found).reshape(len(found), models)
    return Resampled(ratings, apart=1 - len(found) / rounds)


def drawn(counts: PairCounts, dice: np.random.Generator) -> PairCounts | None:
    """Draw as many votes as there are; None if not all models can be compared by them."""
    seen = np.concatenate([counts.wins, counts.losses, counts.ties])
    wins, losses, ties = dice.multinomial(counts.total, seen / seen.sum()).reshape(3, -1).astype(np.float64)
    found = PairCounts(counts.models, counts.first, counts.second, wins, losses, ties)
    return found if len(set(comparable(found).tolist())) == 1 else None


def _fit_near(counts: PairCounts | None, whole: Fit, inverse: Floats) -> Floats | None:
    """Fit by short steps from the whole votes' fit, with its curvature; by a full fit where these do not settle."""
    if counts is None:
        return None
    battles, scores = counts.battles, counts.wins + counts.ties / 2
    strengths = whole.strengths
    for _ in range(_STEPS):
        surplus = scores - battles * chance(strengths[counts.first] - strengths[counts.second])
        step = inverse @ counts.per_model(surplus, -surplus)
        strengths = strengths + step
        if np.abs(step).max() < _SETTLED:
            return strengths - strengths.mean()
    return bradley_terry.fit(counts).strengths
