"""Drawing the votes again."""

import numpy as np
import pytest

from export.ratings import bootstrap, bradley_terry
from export.ratings.bootstrap import Resampled, resample
from export.ratings.counts import PairCounts
from export.ratings.sandwich import covariance
from tests.unit.export.ratings.made import counted, simulated


def _resample(pairs: PairCounts, rounds: int, seed: int = 1) -> Resampled:
    return resample(pairs, bradley_terry.fit(pairs), rounds, np.random.default_rng(seed))


def test_on_many_votes_its_errors_are_the_robust_ones():
    pairs = simulated(np.random.default_rng(5), np.linspace(-1, 1, 6), 5_000)
    robust = np.sqrt(np.diag(covariance(pairs, bradley_terry.fit(pairs))))

    assert np.sqrt(np.diag(_resample(pairs, 1_000).covariance)) == pytest.approx(robust, rel=0.1)


def test_a_twentieth_of_the_rounds_lies_outside_however_few_there_are():
    rounds = np.arange(1.0, 100)[:, None]  # so many that the places are whole and a half
    low, high = Resampled(rounds, apart=0).interval

    assert (low[0], high[0]) == pytest.approx((2.5, 97.5))


def test_the_same_seed_gives_the_same_rounds():
    pairs = counted("30 a>b", "20 b>a", "9 b=c", "9 c>a")

    assert _resample(pairs, 20).ratings.tolist() == _resample(pairs, 20).ratings.tolist()
    assert _resample(pairs, 20, seed=2).ratings.tolist() != _resample(pairs, 20).ratings.tolist()


def test_short_steps_end_where_a_full_fit_does(monkeypatch: pytest.MonkeyPatch):
    pairs = simulated(np.random.default_rng(6), np.linspace(-2, 2, 9), 900)
    short = _resample(pairs, 30)
    monkeypatch.setattr(bootstrap, "_STEPS", 0)

    assert short.ratings == pytest.approx(_resample(pairs, 30).ratings, abs=0.01)


def test_where_many_rounds_fall_apart_there_are_no_intervals():
    drawn = _resample(counted("9 a>b", "b>a"), 200)

    assert 0.2 < drawn.apart < 0.5
    assert not drawn.is_sound
    assert len(drawn.ratings) == round(200 * (1 - drawn.apart))


def test_a_pair_of_which_no_vote_is_drawn_links_nobody():
    drawn = _resample(counted("5 a>b", "5 b>a", "b>c", "c>b"), 400)
    one_of_both_is_missing = 1 - (1 - 2 * (11 / 12) ** 12 + (10 / 12) ** 12)

    assert drawn.apart == pytest.approx(one_of_both_is_missing, abs=0.08)


def test_all_rounds_may_fall_apart():
    drawn = Resampled(np.empty((0, 3)), apart=1.0)

    assert not drawn.is_sound
