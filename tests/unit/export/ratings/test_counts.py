"""Counting votes by pair."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import UnknownOutcome
from export.ratings import counts
from export.ratings.counts import count, count_votes
from tests.unit.export.ratings.made import ROWS, Row, coded, counted, rows


def test_a_pair_is_counted_once_whichever_side_its_models_were_on():
    pairs = counted("2 a>b", "b>a", "b<a", "a=b")

    assert (pairs.models, pairs.first.tolist(), pairs.second.tolist()) == (("a", "b"), [0], [1])
    assert (pairs.wins.tolist(), pairs.losses.tolist(), pairs.ties.tolist()) == ([3], [1], [1])


def test_both_bad_is_a_tie_in_every_spelling():
    pairs = count_votes(["a"] * 3, ["b"] * 3, ["tie", "both_bad", "tie (bothbad)"])

    assert pairs.ties.tolist() == [3]


def test_a_model_against_itself_is_only_counted():
    pairs = counted("a>b", "a>a", "c=c")

    assert (pairs.total, pairs.self_battles, pairs.models) == (1, 2, ("a", "b", "c"))


def test_weighted_battles_are_sums_of_weights_and_of_their_squares():
    pairs = count(coded(rows("a>b", "b>a", "b>a", "a=b", "c=c")), np.array([5.0, 2.0, 1.0, 0.5, 4.0]))

    assert [each.tolist() for each in (pairs.wins, pairs.losses, pairs.ties)] == [[5], [3], [0.5]]
    assert (pairs.squared.tolist(), pairs.self_battles) == ([[25], [5], [0.25]], 4)


def test_each_battle_weighs_one_if_nothing_else_is_said():
    assert counted("a>b", "2 b>a", "a=b").squared.tolist() == [[1], [2], [1]]


def test_an_unknown_winner_is_an_error_that_names_the_row():
    with pytest.raises(UnknownOutcome, match="row 2: the winner is 'model_c'"):
        count_votes(["a", "a"], ["b", "b"], ["tie", "model_c"])


def test_columns_of_different_lengths_are_an_error():
    with pytest.raises(ValueError, match="equally long"):
        count_votes(["a"], ["b"], [])


def test_no_votes_are_no_pairs():
    pairs = count_votes([], [], [])

    assert (pairs.models, pairs.total, len(pairs.first)) == ((), 0, 0)


def test_models_that_met_nobody_are_listed_if_they_are_known():
    assert count_votes(["b"], ["a"], ["tie"], known=["c", "a"]).models == ("a", "b", "c")


def test_leaving_models_out_leaves_out_their_battles():
    pairs = counted("a>b", "b>c", "c>d").without({"b", "unheard of"})

    assert (pairs.models, pairs.total) == (("a", "c", "d"), 1)
    assert (pairs.first.tolist(), pairs.second.tolist(), pairs.wins.tolist()) == ([1], [2], [1])


def _table(pairs: counts.PairCounts) -> list[list[float]]:
    return np.stack([pairs.first, pairs.second, pairs.wins, pairs.losses, pairs.ties]).tolist()


@given(ROWS, st.randoms(use_true_random=False))
def test_shuffled_rows_and_swapped_sides_count_the_same(battles: list[Row], chance: object):
    other = {"model_a": "model_b", "model_b": "model_a"}
    swapped = [(b, a, other.get(winner, winner)) for a, b, winner in battles]
    chance.shuffle(swapped)  # pyright: ignore[reportAttributeAccessIssue]

    assert _table(count(coded(swapped))) == _table(count(coded(battles)))


@given(ROWS)
def test_many_models_are_counted_by_sorting_to_the_same_end(battles: list[Row]):
    weights = np.arange(1.0, len(battles) + 1)
    dense = count(coded(battles)), count(coded(battles), weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counts, "_DENSE_CELLS", 0)
        sorted_out = count(coded(battles)), count(coded(battles), weights)

    assert [_table(each) for each in sorted_out] == [_table(each) for each in dense]
    assert sorted_out[1].squared.tolist() == dense[1].squared.tolist()


@given(ROWS)
def test_votes_are_counted_by_name_as_they_are_by_code(battles: list[Row]):
    by_name = count_votes(*([row[at] for row in battles] for at in range(3)), known=["zero"])
    by_code = count(coded(battles))

    assert by_name.models == (*by_code.models, "zero")
    assert _table(by_name) == _table(by_code)
