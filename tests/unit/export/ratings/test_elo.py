"""The ticker."""

import pytest

from export.ratings.elo import ticker
from tests.unit.export.ratings.made import coded, rows


def _ticker(*said: str) -> dict[str, float]:
    battles = coded(rows(*said))
    return dict(zip(battles.models, ticker(battles).tolist(), strict=True))


def test_the_first_win_among_equals_is_worth_half_of_k():
    assert _ticker("a>b") == {"a": 1002, "b": 998}


def test_a_tie_moves_points_from_the_stronger_to_the_weaker():
    after = _ticker("100 a>b", "a=b")

    assert after["a"] < _ticker("100 a>b")["a"]


def test_a_battle_with_itself_moves_nothing():
    assert _ticker("a>b", "5 a>a") == {"a": 1002, "b": 998}


def test_the_points_of_all_stay_the_same():
    assert sum(_ticker("7 a>b", "3 b=c", "9 c>a").values()) == pytest.approx(3000)


def test_no_battles_move_nothing():
    assert _ticker() == {}
