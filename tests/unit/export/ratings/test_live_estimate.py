"""A fit that goes on from the last one."""

from dataclasses import replace

import numpy as np
import pytest

from export.ratings.counts import PairCounts
from export.ratings.estimate import Estimate, by_bradley_terry
from export.ratings.live_estimate import WarmEstimator
from tests.unit.export.ratings.made import counted, simulated

CHANCE = np.random.default_rng(3)


def _some(models: int = 40, battles: int = 4000) -> PairCounts:
    return simulated(np.random.default_rng(models), np.linspace(-2, 2, models), battles)


def _with_further(counts: PairCounts, votes: int) -> PairCounts:
    """The same battles and some more."""
    more = np.bincount(CHANCE.integers(0, len(counts.wins), votes), minlength=len(counts.wins))
    return replace(counts, wins=counts.wins + more) if votes % 2 else replace(counts, losses=counts.losses + more)


def _are_equal(found: Estimate, expected: Estimate) -> bool:
    assert found.covariance is not None
    assert expected.covariance is not None
    ratings = np.abs(found.ratings - expected.ratings).max()
    return ratings < 1e-9 and bool(np.allclose(found.covariance, expected.covariance, rtol=1e-9, atol=1e-9))


@pytest.mark.parametrize("votes", [1, 5, 40, 4000])
def test_it_finds_what_a_fit_from_the_beginning_finds(votes: int):
    estimator, counts = WarmEstimator(), _some()
    estimator(counts)
    for _ in range(20):
        counts = _with_further(counts, votes)

        assert _are_equal(estimator(counts), by_bradley_terry(counts))


def test_after_other_models_it_begins_anew():
    estimator = WarmEstimator()
    estimator(_some())
    counts = counted("2 a>b", "b>a", "2 b>c", "c>b")

    assert _are_equal(estimator(counts), by_bradley_terry(counts))


def test_models_that_are_hardly_linked_are_no_obstacle():
    estimator, counts = WarmEstimator(), counted("900 a>b", "b>a", "9999 b>c", "c=b", "80 c>d", "d>c")
    estimator(counts)
    counts = replace(counts, wins=counts.wins + 1)

    assert _are_equal(estimator(counts), by_bradley_terry(counts))
