"""Intervals that hold what they promise, on votes whose truth is known."""

import numpy as np
import pytest

from export.ratings.estimate import Estimator, by_bradley_terry, by_davidson
from export.ratings.scale import POINTS
from tests.unit.export.ratings.made import Law, davidsons_law, half_win_law, simulated


@pytest.mark.parametrize(("law", "estimator"), [(half_win_law, by_bradley_terry), (davidsons_law, by_davidson)])
def test_95_of_100_intervals_hold_the_truth(law: Law, estimator: Estimator):
    chance = np.random.default_rng(20261121)
    strengths = np.linspace(-1.2, 1.2, 12)
    truth = 1000 + POINTS * strengths
    held: list[bool] = []
    for _ in range(250):
        interval = estimator(simulated(chance, strengths, 1200, law)).interval
        assert interval is not None
        held += ((interval[0] < truth) & (truth < interval[1])).tolist()

    assert 0.935 < np.mean(held) < 0.965
