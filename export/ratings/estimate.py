"""What a method says of the models that can be compared."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from export.ratings import bradley_terry, davidson
from export.ratings.counts import PairCounts
from export.ratings.newton import FitFailed
from export.ratings.sandwich import covariance
from export.ratings.scale import Z95, Floats, to_points


@dataclass(frozen=True, eq=False, slots=True)
class Estimate:
    """Ratings in points, in the order of the models; their mean is 1000."""

    ratings: Floats
    covariance: Floats | None
    """In points squared; None where the method knows no errors."""
    bounds: tuple[Floats, Floats] | None = None
    """The ends of the intervals, where these are not the usual 1.96 errors on either side."""
    steps: int = 0
    """How many steps the fit took until it settled."""
    fit: bradley_terry.Fit | None = None
    """What Bradley and Terry's method found, where it is theirs."""
    last_step: float = 0.0
    """The largest change that its last step asked for, in log-odds."""

    @property
    def errors(self) -> Floats | None:
        """Return the standard errors."""
        return None if self.covariance is None else np.sqrt(np.diag(self.covariance))

    @property
    def interval(self) -> tuple[Floats, Floats] | None:
        """Return the lower and upper ends of the 95% intervals."""
        if self.bounds is not None or self.errors is None:
            return self.bounds
        return self.ratings - Z95 * self.errors, self.ratings + Z95 * self.errors


Estimator = Callable[[PairCounts], Estimate]
"""Takes the battles among models that can be compared."""


def by_bradley_terry(counts: PairCounts) -> Estimate:
    """Estimate by Bradley-Terry, ties as half wins, with robust errors."""
    fit = bradley_terry.fit(counts)
    matrix = covariance(counts, fit)
    return Estimate(to_points(fit.strengths), matrix, fit=fit, steps=fit.steps, last_step=fit.last_step)


def by_davidson(counts: PairCounts) -> Estimate:
    """Estimate by Davidson's model of ties, with robust errors; a `FitFailed` where it has no best fit."""
    fit = davidson.fit(counts)
    if fit is None:
        raise FitFailed("Davidson's model has no best fit here: there are too many ties; use Bradley-Terry")
    return Estimate(to_points(fit.strengths), davidson.covariance(counts, fit), steps=fit.steps)
