"""Who is ahead of whom, and how sure that is."""

from dataclasses import dataclass

import numpy as np

from export.ratings.sandwich import difference_errors
from export.ratings.scale import Z95, Floats, Integers

_SAME = 1e-6
"""Ratings closer than this many points are equal: what is left is rounding."""


@dataclass(frozen=True, eq=False, slots=True)
class Ranges:
    """Places that the errors leave open, counted from 1."""

    rank_ub: Integers
    """One more than the models whose whole interval lies above this one's (as LMArena counts)."""
    rank_low: Integers
    """The best place that the differences to the others leave open, at 95% each."""
    rank_high: Integers
    """The worst one."""


def places(ratings: Floats) -> Integers:
    """Return every model's place by rating, counted from 1. Equal ratings share the better place."""
    return 1 + (ratings[:, None] - ratings > _SAME).sum(axis=0)


def ranges(ratings: Floats, matrix: Floats, interval: tuple[Floats, Floats] | None = None) -> Ranges:
    """Return which places the covariance of the ratings leaves open.

    `interval` are the ends of the ratings' own intervals, where these are not the usual 1.96 errors on either side.
    """
    half = Z95 * np.sqrt(np.diag(matrix))
    low, high = (ratings - half, ratings + half) if interval is None else interval
    lead = ratings[:, None] - ratings
    surely = lead > Z95 * difference_errors(matrix) + _SAME
    return Ranges(
        rank_ub=1 + (low[:, None] > high).sum(axis=0),
        rank_low=1 + surely.sum(axis=0),
        rank_high=len(ratings) - surely.sum(axis=1),
    )
