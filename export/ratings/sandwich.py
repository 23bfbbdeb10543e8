"""How sure the ratings are: their robust (sandwich) covariance.

Huber, The behavior of maximum likelihood estimates under nonstandard conditions (1967); White, Maximum likelihood
estimation of misspecified models (Econometrica 50, 1982). Ties as half wins do not follow the fitted law, so the plain
inverse of the curvature would be too wide.
"""

import numpy as np

from export.ratings.bradley_terry import Fit, chance, gauged, laplacian
from export.ratings.counts import PairCounts
from export.ratings.scale import POINTS, Flags, Floats
from export.ratings.symmetric import inverse


def only_tied(counts: PairCounts) -> Flags:
    """Say of each model whether it has neither won nor lost."""
    decided = counts.wins + counts.losses
    return counts.per_model(decided, decided) == 0


def _spread(counts: PairCounts, expected: Floats) -> Floats:
    """Return how far each pair's results lie from what was expected, squared and summed.

    A model that only tied shows no spread at all, which is no certainty: its battles get the spread that the fitted
    law expects.
    """
    wins, losses, ties = counts.squared
    seen = wins * (1 - expected) ** 2 + losses * expected**2 + ties * (0.5 - expected) ** 2
    silent = only_tied(counts)
    return np.where(
        silent[counts.first] | silent[counts.second], (wins + losses + ties) * expected * (1 - expected), seen
    )


def bread(fit: Fit) -> Floats:
    """Return the curvature's pseudo-inverse: the covariance in log-odds if results followed the fitted law exactly."""
    return inverse(gauged(fit.curvature)) - 1 / float(np.trace(fit.curvature))


def covariance(counts: PairCounts, fit: Fit, outer: Floats | None = None) -> Floats:
    """Return the covariance of the ratings, in points squared, their mean held fixed. `outer` is the fit's `bread`."""
    expected = chance(fit.strengths[counts.first] - fit.strengths[counts.second])
    outer = bread(fit) if outer is None else outer
    return POINTS**2 * (outer @ laplacian(counts, _spread(counts, expected)) @ outer)


def anchored(matrix: Floats, anchor: int) -> Floats:
    """Return the covariance of the differences to one model, whose own error is then none by definition."""
    return matrix - matrix[anchor] - matrix[:, [anchor]] + matrix[anchor, anchor]


def difference_errors(matrix: Floats) -> Floats:
    """Return the standard error of the difference of every two ratings."""
    variance = np.diag(matrix)
    return np.sqrt(np.maximum(variance[:, None] + variance - 2 * matrix, 0.0))
