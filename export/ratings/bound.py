"""What can be said of a model that never lost, or never won: a bound on one side."""

import numpy as np

from export.ratings.bradley_terry import chance
from export.ratings.scale import POINTS, Floats

_SURPRISE = np.log(0.05)
_WIDEST = 100 * POINTS
_HALVINGS = 60


def lowest_if_never_lost(opponents: Floats, battles: Floats) -> float:
    """Return the rating below which winning every battle would have had a chance under 5%.

    `opponents` are ratings, taken as known; `battles` how often each was beaten. The bound is exact for that record.
    """
    low, high = float(opponents.min()) - _WIDEST, float(opponents.max()) + _WIDEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if (battles * np.log(chance((middle - opponents) / POINTS))).sum() < _SURPRISE:
            low = middle
        else:
            high = middle
    return high


def highest_if_never_won(opponents: Floats, battles: Floats) -> float:
    """Return the rating above which losing every battle would have had a chance under 5%."""
    return -lowest_if_never_lost(-opponents, battles)
