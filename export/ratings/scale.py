"""The scale that ratings are shown on, and the array types of this room."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Codes = NDArray[np.integer[Any]]
"""Positions in a list; small types where there are many of them."""
Flags = NDArray[np.bool_]

POINTS = 400 / math.log(10)
"""Rating points per unit of log-odds: 400 points are odds of ten to one (Elo, The Rating of Chessplayers, 1978)."""
CENTRE = 1000.0
"""The mean of the rated models."""
Z95 = 1.959963984540054
"""Standard errors on either side of an estimate that hold 95% of a normal distribution."""


def to_points(log_odds: Floats) -> Floats:
    """Return strengths in log-odds as ratings whose mean is 1000."""
    return CENTRE + POINTS * (log_odds - log_odds.mean())
