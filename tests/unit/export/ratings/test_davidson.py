"""Ties as a third outcome."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.ratings import bradley_terry, davidson
from export.ratings.components import comparable
from export.ratings.counts import PairCounts, count
from export.ratings.sandwich import covariance
from export.ratings.status import comparable_models
from tests.unit.export.ratings.made import ROWS, Row, coded, counted, davidsons_law, simulated


def test_equal_models_that_tie_half_the_time_have_a_tie_as_heavy_as_both_wins():
    fit = davidson.fit(counted("2 a=b", "a>b", "b>a"))

    assert fit is not None
    assert (fit.nu, fit.strengths.tolist()) == (pytest.approx(2), pytest.approx([0, 0]))


def test_without_ties_it_is_bradley_and_terrys():
    pairs = counted("3 a>b", "b>a")
    fit = davidson.fit(pairs)

    assert fit is not None
    assert (fit.nu, fit.strengths.tolist()) == (0, bradley_terry.fit(pairs).strengths.tolist())


@pytest.mark.parametrize("said", [["a=b"], ["a=b", "a>b"], ["a>b", "b>c", "c=d", "d=a"]])
def test_where_ties_are_too_many_for_a_best_weight_there_is_no_fit(said: list[str]):
    assert davidson.fit(counted(*said)) is None


def test_a_round_of_results_with_more_wins_than_ties_has_a_fit():
    fit = davidson.fit(counted("a>b", "b>c", "c=a"))

    assert fit is not None
    assert np.abs(fit.strengths).max() < 10


@given(ROWS, st.integers(0, 6), st.floats(-0.1, 0.1))
def test_no_place_nearby_is_more_likely(battles: list[Row], moved: int, by: float):
    everything = count(coded(battles))
    kept = comparable_models(everything)
    pairs = everything.among(kept)
    fit = davidson.fit(pairs) if pairs.ties.any() else None
    if fit is None:
        return

    def likelihood(strengths: list[float], log_nu: float) -> float:
        total = 0.0
        for at, (first, second) in enumerate(zip(pairs.first, pairs.second, strict=True)):
            half = (strengths[first] - strengths[second]) / 2
            share = np.log(np.exp(half) + np.exp(-half) + np.exp(log_nu))
            total += (pairs.wins[at] - pairs.losses[at]) * half + pairs.ties[at] * log_nu - pairs.battles[at] * share
        return total

    place = [*fit.strengths.tolist(), float(np.log(fit.nu))]
    there = [value + (by if at == moved % len(place) else 0.0) for at, value in enumerate(place)]
    assert likelihood(there[:-1], there[-1]) <= likelihood(place[:-1], place[-1]) + 1e-9


def test_whether_a_fit_exists_is_what_trying_all_rounds_says():
    """Three models, each pair with no battles, a tie, a win or both: a round with more wins than ties, or none."""
    ways = {"none": [], "tie": ["{}={}"], "won": ["{}>{}"], "lost": ["{}<{}"], "mixed": ["{}>{}", "{}={}"]}
    for chosen in itertools.product(ways.values(), repeat=3):
        said = [each.format(*pair) for pair, some in zip(["ab", "bc", "ca"], chosen, strict=True) for each in some]
        pairs = counted(*said)
        if len(pairs.models) < 3 or len(set(comparable(pairs).tolist())) > 1 or not pairs.ties.any():
            continue
        assert (davidson.fit(pairs) is not None) == _some_round_has_more_wins(said), said


def _some_round_has_more_wins(said: list[str]) -> bool:
    gain: dict[tuple[str, str], int] = {}
    for battle in said:
        a, sign, b = battle
        edges = {">": [(a, b, 1)], "<": [(b, a, 1)], "=": [(a, b, -1), (b, a, -1)]}[sign]
        for start, end, weight in edges:
            gain[start, end] = max(gain.get((start, end), -1), weight)
    missing = -100
    rounds = ["ab", "bc", "ca", "abc", "acb"]
    return any(
        sum(gain.get((each[at], each[(at + 1) % len(each)]), missing) for at in range(len(each))) > 0 for each in rounds
    )


def test_four_times_the_votes_halve_its_errors():
    pairs = simulated(np.random.default_rng(3), np.linspace(-1, 1, 5), 200_000, davidsons_law)
    fit = davidson.fit(pairs)
    assert fit is not None
    errors = np.sqrt(np.diag(davidson.covariance(pairs, fit)))

    more = PairCounts(pairs.models, pairs.first, pairs.second, 4 * pairs.wins, 4 * pairs.losses, 4 * pairs.ties)
    refit = davidson.fit(more)
    assert refit is not None
    assert np.sqrt(np.diag(davidson.covariance(more, refit))) == pytest.approx(errors / 2)
    assert fit.nu == pytest.approx(1, abs=0.02)


def test_without_ties_its_errors_are_bradley_and_terrys():
    pairs = counted("3 a>b", "b>a", "2 c>a", "a>c")
    fit = davidson.fit(pairs)
    assert fit is not None

    assert davidson.covariance(pairs, fit).tolist() == covariance(pairs, bradley_terry.fit(pairs)).tolist()
