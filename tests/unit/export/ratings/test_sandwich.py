"""How sure ratings are."""

import numpy as np
import pytest

from export.ratings.bradley_terry import fit
from export.ratings.counts import PairCounts
from export.ratings.sandwich import anchored, bread, covariance, difference_errors, only_tied
from export.ratings.scale import POINTS, Floats
from tests.unit.export.ratings.made import counted, simulated


def _covariance(pairs: PairCounts) -> Floats:
    return covariance(pairs, fit(pairs))


def test_two_models_without_ties_have_the_error_of_a_share():
    # of 100 battles 80 won: the log-odds have the variance 1 / (100 * 0.8 * 0.2)
    difference = difference_errors(_covariance(counted("80 a>b", "20 b>a")))[0, 1]

    assert difference == pytest.approx(POINTS * (100 * 0.8 * 0.2) ** -0.5)


def test_the_mean_of_the_ratings_has_no_error():
    matrix = _covariance(simulated(np.random.default_rng(1), np.linspace(-1, 1, 8), 500))

    assert matrix.sum(axis=0) == pytest.approx(0, abs=1e-6)


def test_ties_make_the_robust_error_smaller_than_the_plain_one():
    pairs = counted("40 a=b", "30 a>b", "30 b>a")
    found = fit(pairs)

    assert covariance(pairs, found)[0, 0] == pytest.approx(0.6 * POINTS**2 * bread(found)[0, 0])


def test_a_young_model_is_as_unsure_as_its_own_battles_however_many_others_there_are():
    few = difference_errors(_covariance(counted("50 a>b", "50 b>a", "5 c>b", "5 b>c")))
    many = difference_errors(_covariance(counted("1000000 a>b", "1000000 b>a", "5 c>b", "5 b>c")))

    assert many[1, 2] == pytest.approx(few[1, 2], rel=1e-6)


def test_a_model_that_only_tied_is_not_sure_of_anything():
    pairs = counted("500 a>b", "500 b>a", "c=a")
    matrix = _covariance(pairs)

    assert only_tied(pairs).tolist() == [False, False, True]
    assert difference_errors(matrix)[0, 2] == pytest.approx(2 * POINTS, rel=0.01)


def test_an_anchor_has_no_error_and_the_others_their_differences_to_it():
    matrix = _covariance(counted("8 a>b", "2 b>a", "7 b>c", "3 c>b"))

    assert np.sqrt(np.diag(anchored(matrix, 1))) == pytest.approx(difference_errors(matrix)[1])
