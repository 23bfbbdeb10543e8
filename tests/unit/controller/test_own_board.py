"""A visitor's own votes, counted."""

import pytest

from arena.battle import Outcome
from controller.own_board import NEEDED, own_board

A_WON, B_WON, TIE, BOTH_BAD = Outcome.MODEL_A, Outcome.MODEL_B, Outcome.TIE, Outcome.BOTH_BAD


def test_with_too_few_votes_no_model_is_named():
    found = own_board([("x", "y", A_WON, NEEDED - 1)], ())

    assert (found.votes, found.needed, found.rows) == (29, 30, ())


def test_wins_losses_and_ties_are_counted_whichever_side_a_model_was_on():
    found = own_board([("x", "y", A_WON, 10), ("y", "x", B_WON, 6), ("y", "x", A_WON, 8), ("x", "y", BOTH_BAD, 6)], ())

    assert [(row.model, row.wins, row.losses, row.ties) for row in found.rows] == [("x", 16, 8, 6), ("y", 8, 16, 6)]
    assert found.rows[0].share == pytest.approx(19 / 30)
    assert found.rows[0].share_low == pytest.approx(0.4556, abs=1e-3)
    assert found.rows[0].share_high == pytest.approx(0.7808, abs=1e-3)


def test_one_battle_leaves_nearly_everything_open():
    found = own_board([("x", "y", TIE, 30), ("z", "x", A_WON, 1)], ())
    best = found.rows[0]

    assert (best.model, best.share) == ("z", 1.0)
    assert best.share_low < 0.25


def test_votes_on_secret_models_tell_nothing():
    found = own_board([("x", "hidden", A_WON, 20), ("x", "y", A_WON, 20)], {"hidden"})

    assert (found.votes, found.rows) == (20, ())
