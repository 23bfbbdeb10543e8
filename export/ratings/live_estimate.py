"""Fits again what was fitted a moment ago: from where that ended, a few cheap steps lead to the same top."""

import numpy as np

from export.ratings import bradley_terry
from export.ratings.bradley_terry import Fit, chance, laplacian
from export.ratings.counts import PairCounts
from export.ratings.estimate import Estimate
from export.ratings.sandwich import bread, covariance
from export.ratings.scale import Floats, to_points

_SETTLED = 1e-12
"""In log-odds: a ten-thousandth of a millionth of a rating point."""
_ROUNDING = 1e-10
"""A step so small that is no smaller than the one before is rounding."""
_SHRINKS = 0.2
"""Where a step is more than this part of the one before, fitting from the beginning is as quick."""
_MOST_STEPS = 16


class WarmEstimator:
    """Bradley-Terry as `by_bradley_terry` has it, of one board: an `Estimator` that remembers the last time.

    Its steps take the slope where it is and the curvature from the last time, so that nothing is solved on the way
    (the chord method). The likelihood has one top, so whatever leads to a slope of nothing leads there; where that
    does not go quickly, as after many votes, or with other models, it is fitted from the beginning.
    """

    def __init__(self) -> None:
        self._models: tuple[str, ...] = ()
        self._strengths: Floats = np.empty(0)
        self._bread: Floats = np.empty((0, 0))

    def __call__(self, counts: PairCounts) -> Estimate:
        """Estimate the models, which can all be compared."""
        fit = (self._near_the_last(counts) if counts.models == self._models else None) or bradley_terry.fit(counts)
        self._models, self._strengths, self._bread = counts.models, fit.strengths, bread(fit)
        matrix = covariance(counts, fit, self._bread)
        return Estimate(to_points(fit.strengths), matrix, fit=fit, steps=fit.steps, last_step=fit.last_step)

    def _near_the_last(self, counts: PairCounts) -> Fit | None:
        battles, scores = counts.battles, counts.wins + counts.ties / 2
        strengths, before = self._strengths, np.inf
        for steps in range(1, _MOST_STEPS + 1):
            expected = chance(strengths[counts.first] - strengths[counts.second])
            surplus = scores - battles * expected
            step = self._bread @ counts.per_model(surplus, -surplus)
            largest = float(np.abs(step).max(initial=0.0))
            if largest <= _SETTLED or (largest <= _ROUNDING and largest >= before):
                strengths = strengths - strengths.mean()
                return Fit(strengths, laplacian(counts, battles * expected * (1 - expected)), steps, largest)
            if largest > _SHRINKS * before:
                return None
            strengths, before = strengths + step, largest
        return None
