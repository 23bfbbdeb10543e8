import math
from collections import Counter
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import NotEnoughModels
from controller.matchmaking import draw_pair, pair_probability

WEIGHTS = st.dictionaries(st.text(min_size=1), st.floats(1e-9, 1e9), min_size=2, max_size=8)


@given(WEIGHTS)
def test_the_probabilities_of_all_pairs_sum_to_one(weights: dict[str, float]):
    total = math.fsum(pair_probability(weights, *pair) for pair in combinations(weights, 2))

    assert total == pytest.approx(1, abs=1e-9)


@given(WEIGHTS)
def test_a_pair_is_as_likely_in_either_order(weights: dict[str, float]):
    one, other = sorted(weights)[:2]

    assert pair_probability(weights, one, other) == pytest.approx(pair_probability(weights, other, one))


@given(WEIGHTS, st.integers())
def test_a_drawn_pair_is_two_different_models_with_their_stated_probability(weights: dict[str, float], seed: int):
    pair = draw_pair(weights, Random(seed))

    assert pair.model_a != pair.model_b
    assert {pair.model_a, pair.model_b} <= set(weights)
    assert pair.probability == pytest.approx(pair_probability(weights, pair.model_a, pair.model_b))
    assert 0 < pair.probability <= 1 + 1e-9


def test_pairs_are_drawn_as_often_as_stated_and_sides_are_fair():
    weights = {"a": 1.0, "b": 2.0, "c": 0.5, "d": 4.0}
    chance, draws = Random(7), 40_000
    drawn = Counter((pair.model_a, pair.model_b) for pair in (draw_pair(weights, chance) for _ in range(draws)))

    for one, other in combinations(weights, 2):
        expected = pair_probability(weights, one, other)
        seen = drawn[one, other] + drawn[other, one]
        assert abs(seen - draws * expected) < 5 * math.sqrt(draws * expected * (1 - expected))
        assert abs(drawn[one, other] - seen / 2) < 5 * math.sqrt(seen) / 2


def test_equal_weights_make_equal_pairs():
    weights = dict.fromkeys("abcde", 3.0)

    assert [pair_probability(weights, *pair) for pair in combinations(weights, 2)] == pytest.approx([0.1] * 10)


@given(st.integers())
def test_a_model_of_weight_zero_is_never_drawn(seed: int):
    pair = draw_pair({"a": 1.0, "never": 0.0, "b": 1.0}, Random(seed))

    assert {pair.model_a, pair.model_b} == {"a", "b"}
    assert pair.probability == 1


def test_a_giant_beside_dwarfs_breaks_nothing():
    weights = {"giant": 1e9, "dwarf": 1e-9, "other": 1e-9}

    assert draw_pair(weights, Random(1)).probability == pytest.approx(0.5)
    assert pair_probability(weights, "dwarf", "other") == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("weights", [{}, {"a": 1.0}, {"a": 1.0, "b": 0.0}])
def test_fewer_than_two_models_are_no_battle(weights: dict[str, float]):
    with pytest.raises(NotEnoughModels):
        draw_pair(weights, Random(1))


def test_the_same_chance_draws_the_same_pair_in_whatever_order_the_models_are_listed():
    weights = {"a": 1.0, "b": 2.0, "c": 3.0}
    turned = dict(reversed(weights.items()))

    assert [draw_pair(weights, Random(seed)) for seed in range(50)] == [
        draw_pair(turned, Random(seed)) for seed in range(50)
    ]
