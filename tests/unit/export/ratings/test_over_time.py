"""Ratings over time."""

import numpy as np
import pytest

from arena.leaderboard import BoardRow, Leaderboard
from export.ratings.over_time import as_published, by_month, halfway, moments, newest
from export.ratings.rate import rate
from tests.unit.export.ratings.made import coded, counted, rows

_DAY = 86_400.0
_SAID = ("2 a>b", "b>a", "3 b>a", "c>a", "a>c")


def test_the_last_month_is_the_board_of_all_votes():
    found = by_month(coded(rows(*_SAID)), np.array([0, 0, 0, 40, 40, 40, 70, 70]) * _DAY)
    board = {each.model: each.rating for each in rate(counted(*_SAID)).standings}

    assert list(found) == ["1970-01", "1970-02", "1970-03"]
    assert set(found["1970-01"]) == {"a", "b"}
    assert found["1970-03"] == pytest.approx(board)


def test_votes_without_a_time_are_in_no_month():
    found = by_month(coded(rows("2 a>b", "b>a", "9 b>a")), np.array([0.0] * 3 + [np.nan] * 9))

    assert found["1970-01"]["a"] > found["1970-01"]["b"]
    assert by_month(coded(rows("a>b", "b>a")), None) == {}


def test_many_months_become_a_few_that_end_with_the_last():
    found = by_month(coded(rows(*["a>b", "b>a"] * 300)), np.arange(600, dtype=np.float64) * 15 * _DAY)

    assert len(found) == 36
    assert list(found)[-1] == "1994-08"


def test_what_was_published_is_told_by_the_last_board_of_each_day():
    def board(at: float, rating: float) -> Leaderboard:
        row = BoardRow(model="a", status="rated", rating=rating, battles=1, wins=1, losses=0, ties=0)
        return Leaderboard(votes=1, updated_at=at, rows=(row,))

    found = as_published([board(5.0, 1000.0), board(9.0, 1010.0), board(_DAY + 1, 1020.0), Leaderboard()])

    assert found == {"1970-01-01": {"a": 1010.0}, "1970-01-02": {"a": 1020.0}}


def test_the_newest_vote_is_told_by_its_day():
    assert newest(np.array([np.nan, 3 * _DAY, 2 * _DAY])) == "1970-01-04"
    assert newest(np.array([np.nan])) is None


def test_figures_leave_as_much_room_between_periods_as_time_went_by():
    assert moments(["1970-01", "1970-02", "1971-01"]) == [0, 31, 365]
    assert moments(["1970-01-03"]) == [2]
    assert halfway(["2026-01", "2026-02", "2027-01"]) == "2026-07"
    assert halfway(["2026-01-01", "2026-01-02", "2026-01-05"]) == "2026-01-03"
