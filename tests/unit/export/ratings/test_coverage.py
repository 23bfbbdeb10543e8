"""Intervals that hold what they promise, on votes whose truth is known."""

import numpy as np

from export.ratings.rate import fit_rated
from export.ratings.scale import POINTS, Z95
from tests.unit.export.ratings.made import simulated


def test_95_of_100_intervals_hold_the_truth():
    chance = np.random.default_rng(20261121)
    strengths = np.linspace(-1.2, 1.2, 12)
    held: list[bool] = []
    for _ in range(250):
        part = fit_rated(simulated(chance, strengths, 1200))
        error = part.ratings - (1000 + POINTS * strengths)
        held += (np.abs(error) < Z95 * np.sqrt(np.diag(part.covariance))).tolist()

    assert 0.935 < np.mean(held) < 0.965
