"""Online Elo: a ticker. It depends on the order of the battles; the ratings proper are Bradley-Terry's.

Elo, The Rating of Chessplayers, Past and Present (1978); K = 4, scale 400, base 10 and start 1000 as in the arenas.
"""

import math

import numpy as np

from export.ratings.counts import Battles
from export.ratings.scale import CENTRE, POINTS, Floats

K = 4.0
_ROWS_AT_ONCE = 100_000


def ticker(battles: Battles, k: float = K) -> Floats:
    """Walk through the battles in their order, and return where every model ends. Self-battles are passed over."""
    ratings = [CENTRE] * len(battles.models)
    exp = math.exp
    for start in range(0, len(battles.a), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        some = Battles(battles.models, battles.a[rows], battles.b[rows], battles.winner[rows])
        for a, b, scored in zip(some.a.tolist(), some.b.tolist(), some.score.tolist(), strict=True):
            if a != b:
                gain = k * (scored - 1 / (1 + exp((ratings[b] - ratings[a]) / POINTS)))
                ratings[a] += gain
                ratings[b] -= gain
    return np.array(ratings)
