"""Errors that allow for voters who vote many times: what one voter does wrong, that voter does again.

Liang and Zeger, Longitudinal data analysis using generalized linear models (Biometrika 73, 1986).
"""

import numpy as np

from export.ratings.bradley_terry import Fit, chance
from export.ratings.counts import Battles
from export.ratings.sandwich import bread
from export.ratings.scale import POINTS, Codes, Floats, Integers

_ROWS_AT_ONCE = 2_000_000
_CELLS_AT_ONCE = 1_000_000


def covariance(battles: Battles, groups: Codes, fit: Fit, weights: Floats | None = None) -> Floats | None:
    """Return the covariance of the ratings, in points squared, when only whole groups of battles are independent.

    `battles` are those among the fitted models, `groups` says whose each is; a negative one stands alone. With fewer
    than two groups nothing can be said. With weights, `fit` is that of the weighted battles.
    """
    groups, many = _numbered(groups)
    if many < 2:
        return None
    weights = np.ones(1) if weights is None else weights
    spread = _spread(battles, groups, many, fit.strengths, weights) * many / (many - 1)
    inverse = bread(fit)
    return POINTS**2 * (inverse @ spread @ inverse)


def spread(battles: Battles, groups: Codes, surplus: Floats, beside: Floats) -> Floats | None:
    """Return the summed squares of the groups' scores where more than strengths are fitted: these, then the rest.

    `surplus` is what each battle says of its two strengths, `beside` (a column each) what it says of the rest. With
    fewer than two groups nothing can be said.
    """
    groups, many = _numbered(groups)
    if many < 2:
        return None
    rows = np.argsort(groups, kind="stable")
    some = Battles(battles.models, battles.a[rows], battles.b[rows], battles.winner[rows])
    return _squares(some, groups[rows].astype(np.int64), many, surplus[rows], beside[rows]) * many / (many - 1)


def _numbered(groups: Codes) -> tuple[Codes, int]:
    """Number the groups that occur from 0; return also how many there are. Each negative one becomes its own."""
    alone = groups < 0
    if alone.any():
        start = int(groups.max(initial=-1)) + 1
        groups = groups.astype(np.int32)
        groups[alone] = np.arange(start, start + alone.sum())
    occurring = np.bincount(groups) > 0
    return (np.cumsum(occurring, dtype=np.int32) - 1)[groups], int(occurring.sum())


def _spread(battles: Battles, groups: Codes, many: int, strengths: Floats, weights: Floats) -> Floats:
    """Sum over the groups the square of their scores, some groups at a time."""
    size = len(battles.models)
    in_one_go = many // (1 + len(groups) // _ROWS_AT_ONCE) + 1
    total = np.zeros((size, size))
    for first in range(0, many, in_one_go):
        rows = np.flatnonzero((groups >= first) & (groups < first + in_one_go))
        rows = rows[np.argsort(groups[rows], kind="stable")]
        some = Battles(battles.models, battles.a[rows], battles.b[rows], battles.winner[rows])
        surplus = some.score - chance(strengths[some.a] - strengths[some.b])
        surplus *= weights[rows] if len(weights) > 1 else weights
        total += _squares(some, groups[rows].astype(np.int64) - first, min(in_one_go, many - first), surplus)
    return total


def _squares(battles: Battles, groups: Integers, many: int, surplus: Floats, beside: Floats | None = None) -> Floats:
    """Sum the squares over groups whose battles follow each other."""
    size, ends = len(battles.models), np.concatenate([[0], np.bincount(groups, minlength=many).cumsum()])
    more = np.empty((len(groups), 0)) if beside is None else beside
    at_once = max(_CELLS_AT_ONCE // size, 1)
    total = np.zeros((size + more.shape[1], size + more.shape[1]))
    for group in range(0, many, at_once):
        rows = slice(ends[group], ends[min(group + at_once, many)])
        number = groups[rows] - group
        scores = np.bincount(number * size + battles.a[rows], surplus[rows], at_once * size)
        scores -= np.bincount(number * size + battles.b[rows], surplus[rows], at_once * size)
        others = [np.bincount(number, column, at_once) for column in more[rows].T]
        table = np.column_stack([scores.reshape(at_once, size), *others])
        total += table.T @ table
    return total
