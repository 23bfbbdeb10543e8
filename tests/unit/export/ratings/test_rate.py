"""Standings: a rating where there is one, else why not."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.ratings.components import comparable
from export.ratings.counts import count, count_votes
from export.ratings.rate import Standing, rate
from tests.unit.export.ratings.made import ROWS, Row, coded, counted, rated

BOTH = ("20 a>b", "20 b>a")
"""Two models that can be compared."""


def test_a_model_that_never_won_has_an_upper_bound_and_no_rating():
    loser = rated(*BOTH, "5 a>c")["c"]

    assert (loser.status, loser.rating, loser.bound_low) == ("provisional", None, None)
    assert loser.reason == "not enough votes yet: has not won yet"
    assert loser.bound_high is not None
    assert loser.bound_high < 1100


def test_a_model_that_never_lost_has_a_lower_bound_and_no_rating():
    winner = rated(*BOTH, "5 a<c")["c"]

    assert (winner.status, winner.rating, winner.bound_high) == ("provisional", None, None)
    assert winner.reason == "not enough votes yet: has not lost yet"
    assert winner.bound_low is not None
    assert winner.bound_low > 900


def test_a_model_outside_does_not_move_those_that_are_rated():
    without, given = rated(*BOTH), rated(*BOTH, "1000 c>a")

    assert (given["a"].rating, given["a"].ci_low) == (without["a"].rating, without["a"].ci_low)
    assert (given["a"].battles, given["a"].losses) == (1040, 1020)


def test_an_island_is_unrated():
    island = rated("a>b", "b>a", "b=c", "9 d>e", "9 e>d")

    assert {model: each.status for model, each in island.items()} == {
        "a": "rated",
        "b": "rated",
        "c": "rated",
        "d": "unrated",
        "e": "unrated",
    }
    assert island["d"].reason == "not enough votes yet: has met no rated model yet"


def test_of_two_islands_of_one_size_the_one_with_more_battles_is_rated():
    assert rated("a>b", "b>a", "2 c>d", "2 d>c")["c"].status == "rated"
    assert rated("a>b", "b>a", "c>d", "d>c")["a"].status == "rated"


def test_one_battle_rates_nobody_and_says_why():
    one = rated("a>b")

    assert {each.status for each in one.values()} == {"unrated"}
    assert one["a"].reason == "not enough votes yet: has not lost yet"
    assert one["b"].reason == "not enough votes yet: has not won yet"


def test_a_ladder_rates_nobody():
    assert rated("a>b", "b>c")["b"].reason.endswith("no other model is linked to it by both wins and losses yet")


def test_ties_alone_rate_nobody():
    ties = rated("9 a=b", "9 b~c")

    assert {each.status for each in ties.values()} == {"unrated"}
    assert ties["a"].reason == "not enough votes yet: has only tied yet"


def test_battles_with_itself_rate_nobody():
    alone = rated("5 a>a")["a"]

    assert (alone.status, alone.battles) == ("unrated", 0)
    assert alone.reason == "not enough votes yet: has no battles yet"


def test_no_votes_rate_nobody():
    assert rate(counted()).standings == ()
    assert [each.reason for each in rate(count_votes([], [], [], ["a"])).standings] == [
        "not enough votes yet: has no battles yet"
    ]


def test_a_rating_on_few_battles_says_so():
    board = rated(*BOTH, "c>a", "a>c", "d=a")

    assert (board["a"].reason, board["c"].reason) == ("", "only 2 battles so far")
    assert board["d"].reason == "only one battle so far, a tie"


def test_battles_with_models_that_are_not_rated_do_not_make_a_rating_surer():
    assert rated(*BOTH, "c>a", "a>c", "50 c>z")["c"].reason == "only 2 battles with rated models so far"


def test_the_best_comes_first_then_the_provisional_then_the_unrated():
    order = [each.model for each in rate(counted(*BOTH, "a>b", "z>y", "x>b")).standings]

    assert order == ["a", "b", "x", "y", "z"]


def test_the_mean_of_the_rated_is_a_thousand():
    board = rated(*BOTH, "3 c>a", "a>c", "9 d>a")

    assert sum(each.rating or 0 for each in board.values()) == pytest.approx(3000)


@given(ROWS, st.randoms(use_true_random=False))
def test_shuffled_rows_and_swapped_sides_change_nothing(battles: list[Row], chance: object):
    other = {"model_a": "model_b", "model_b": "model_a"}
    swapped = [(b, a, other.get(winner, winner)) for a, b, winner in battles]
    chance.shuffle(swapped)  # pyright: ignore[reportAttributeAccessIssue]

    assert rate(count(coded(swapped))).standings == rate(count(coded(battles))).standings


@given(ROWS)
def test_whatever_the_votes_every_model_has_one_sound_standing(battles: list[Row]):
    pairs = count(coded(battles))
    standings = rate(pairs).standings

    assert sorted(each.model for each in standings) == list(pairs.models)
    for each in standings:
        assert each.battles == each.wins + each.losses + each.ties
        assert _is_sound(each), each
    kept = [at for at, name in enumerate(pairs.models) if name in {e.model for e in standings if e.status == "rated"}]
    assert len(set(comparable(pairs)[kept].tolist())) <= 1


def _is_sound(standing: Standing) -> bool:
    match standing:
        case Standing(status="rated", rating=float(rating), se=float(se), ci_low=float(low), ci_high=float(high)):
            return math.isfinite(rating) and 0 < se < 1e5 and low < rating < high and standing.rank is not None
        case Standing(status="provisional", rating=None, se=None, rank=None):
            return (standing.bound_low is None) != (standing.bound_high is None)
        case Standing(status="unrated", rating=None, se=None, rank=None, bound_low=None, bound_high=None):
            return standing.reason.startswith("not enough votes yet: ")
        case _:
            return False
