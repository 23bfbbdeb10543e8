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


def narrow(codes: Codes, end: int) -> Codes:
    """Store codes below `end` (or -1) in as few bytes as they need: there may be tens of millions."""
    return codes.astype(np.int16 if end <= np.iinfo(np.int16).max else np.int32, copy=False)


def to_points(log_odds: Floats) -> Floats:
    """Return strengths in log-odds as ratings whose mean is 1000."""
    return CENTRE + POINTS * (log_odds - log_odds.mean())
