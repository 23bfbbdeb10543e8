"""Boards, written down."""

import pytest

from arena.leaderboard import BoardRow, Leaderboard
from export.ratings.live_texts import BoardTexts


def _board(votes: int, **categories: Leaderboard) -> Leaderboard:
    row = BoardRow(model='ä "categories":{}', status="rated", rating=1 / 3, battles=votes, wins=votes, losses=0, ties=0)
    return Leaderboard(votes=votes, updated_at=1.5, rows=(row,), categories=categories)


@pytest.mark.parametrize(
    "board", [Leaderboard(), _board(1), _board(2, code=_board(3), **{"language=Norwegian N": _board(4)})]
)
def test_a_board_is_written_as_ever(board: Leaderboard):
    texts = BoardTexts()

    assert {texts.of(board), texts.of(board)} == {board.model_dump_json()}


def test_a_category_that_changed_is_written_anew_and_one_that_is_gone_is_not_there():
    texts = BoardTexts()
    texts.of(_board(2, code=_board(3), maths=_board(4)))
    now = _board(2, code=_board(5))

    assert texts.of(now) == now.model_dump_json()
