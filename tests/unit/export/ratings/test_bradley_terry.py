"""Fitting strengths."""

import math

import numpy as np
import pytest
from hypothesis import given

from export.ratings.bradley_terry import chance, fit
from export.ratings.counts import count, count_votes
from export.ratings.newton import FitFailed
from export.ratings.scale import POINTS, to_points
from export.ratings.status import comparable_models
from tests.unit.export.ratings.made import ROWS, Row, coded, counted


def test_three_wins_in_four_are_a_difference_of_191_points():
    ratings = to_points(fit(counted("3 a>b", "b>a")).strengths)

    assert ratings[0] - ratings[1] == pytest.approx(400 * math.log10(3))


def test_a_tie_is_half_a_win_for_each_side():
    assert fit(counted("2 a=b", "2 a>b")).strengths == pytest.approx(fit(counted("3 a>b", "b>a")).strengths)


def test_all_ties_are_equal_strengths():
    assert fit(counted("a=b", "b~c")).strengths.tolist() == [0, 0, 0]


def test_a_model_with_a_million_wins_and_one_loss_is_fitted_to_the_end():
    found = fit(counted("1000000 a>b", "1000000 b>c", "c>a"))

    assert found.last_step < 1e-9
    assert (found.strengths[0] - found.strengths[2]) * POINTS > 4000


@pytest.mark.parametrize("said", [["a>b"], ["a=b", "c=d"], ["a=b", "b=c", "c>d"], ["a=b", "1000000 c>b"]])
def test_models_that_cannot_be_compared_are_an_error_not_a_number(said: list[str]):
    with pytest.raises(FitFailed, match="cannot all be compared"):
        fit(counted(*said))


@given(ROWS)
def test_every_models_expected_score_is_its_score(battles: list[Row]):
    everything = count(coded(battles))
    kept = comparable_models(everything)
    if not kept.any():
        return
    pairs = everything.among(kept)
    strengths = fit(pairs).strengths

    expected = pairs.battles * chance(strengths[pairs.first] - strengths[pairs.second])
    surplus = pairs.wins + pairs.ties / 2 - expected
    assert pairs.per_model(surplus, -surplus) == pytest.approx(0, abs=1e-7)
    assert strengths.mean() == pytest.approx(0, abs=1e-12)


def test_ten_thousand_models_are_an_error_that_says_so():
    names = [f"model {at}" for at in range(10_000)]

    with pytest.raises(FitFailed, match="10,000 models to compare; at most 3,000"):
        fit(count_votes(names, [*names[1:], names[0]], ["model_a"] * 10_000))


@pytest.mark.parametrize("said", [[], ["a>a"]])
def test_fewer_than_two_models_are_an_error(said: list[str]):
    with pytest.raises(FitFailed, match="no two models"):
        fit(counted(*said))


def test_the_chance_of_the_hopeless_does_not_overflow():
    assert chance(np.array([-1e9, 0.0, 1e9])).tolist() == [0.0, 0.5, 1.0]
