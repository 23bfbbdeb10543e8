"""Errors that allow for voters who vote many times: what one voter does wrong, that voter does again.

Liang and Zeger, Longitudinal data analysis using generalized linear models (Biometrika 73, 1986).
"""

from itertools import pairwise

import numpy as np

from export.ratings.bradley_terry import Fit, chance
from export.ratings.counts import Battles
from export.ratings.sandwich import bread
from export.ratings.scale import POINTS, Floats, Integers

_CELLS_AT_ONCE = 4_000_000


def covariance(battles: Battles, groups: Integers, fit: Fit) -> Floats | None:
    """Return the covariance of the ratings, in points squared, when only whole groups of battles are independent.

    `battles` are those among the fitted models, `groups` says whose each is; a negative one stands alone. With fewer
    than two groups nothing can be said.
    """
    groups = _numbered(groups)
    many = int(groups.max(initial=-1)) + 1
    if many < 2:
        return None
    surplus = battles.score - chance(fit.strengths[battles.a] - fit.strengths[battles.b])
    spread = _spread(battles, groups, surplus) * many / (many - 1)
    inverse = bread(fit)
    return POINTS**2 * (inverse @ spread @ inverse)


def _numbered(groups: Integers) -> Integers:
    alone = groups < 0
    apart = np.where(alone, groups.max(initial=0) + np.cumsum(alone), groups)
    return np.unique(apart, return_inverse=True)[1]


def _spread(battles: Battles, groups: Integers, surplus: Floats) -> Floats:
    """Sum over the groups the square of their scores, some groups at a time."""
    size, order = len(battles.models), np.argsort(groups, kind="stable")
    groups, a, b, surplus = groups[order], battles.a[order], battles.b[order], surplus[order]
    at_once = max(_CELLS_AT_ONCE // size, 1)
    cuts = np.searchsorted(groups, np.arange(0, groups[-1] + 1 + at_once, at_once))
    total = np.zeros((size, size))
    for number, (start, end) in enumerate(pairwise(cuts.tolist())):
        row = (groups[start:end] - number * at_once) * size
        scores = np.bincount(row + a[start:end], surplus[start:end], at_once * size)
        scores -= np.bincount(row + b[start:end], surplus[start:end], at_once * size)
        table = scores.reshape(at_once, size)
        total += table.T @ table
    return total
