"""Which boards are made at an update."""

import pytest

from export.ratings.board import Listing
from export.ratings.board_making import BOARDS_SECONDS, LANGUAGE_VOTES, BoardMaker
from export.ratings.live import OVERALL, LiveCounts
from tests.unit.export.ratings.made import live


def _counts(*categories: str, votes: int = 2, at: float = 1000.0, counts: LiveCounts | None = None) -> LiveCounts:
    counts = counts or LiveCounts()
    for vote in counts.add(live(f"{votes} a>b", "b>a", at=at)):
        counts.put([vote], categories)
    return counts


class Clock:
    """Takes so many seconds from one look at it to the next."""

    def __init__(self, step: float) -> None:
        self.step, self.now = step, 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def test_where_boards_cost_much_each_update_makes_one_and_that_of_all_votes_is_made_every_other_time():
    maker, counts = BoardMaker(Listing(), ("code", "maths", "no_ties"), Clock(2 * BOARDS_SECONDS)), LiveCounts()
    made: list[dict[str, float | None]] = []
    for update in range(1, 7):
        _counts("code", "maths", "no_ties", at=1000.0 * update, counts=counts)
        board = maker.make(counts, float(update))
        made.append({OVERALL: board.updated_at, **{name: each.updated_at for name, each in board.categories.items()}})

    assert [each[OVERALL] for each in made] == [1, 1, 3, 3, 5, 5]
    assert made[-1] == {OVERALL: 5, "code": 2, "maths": 4, "no_ties": 6}
    assert maker.is_behind(counts)


def test_where_boards_cost_little_all_are_made_at_once():
    maker, counts = BoardMaker(Listing(), ("code", "maths"), Clock(0.0)), _counts("code", "maths")

    assert set(maker.make(counts, 1.0).categories) == {"code", "maths"}
    assert not maker.is_behind(counts)


@pytest.mark.parametrize(("votes", "is_shown"), [(LANGUAGE_VOTES - 2, False), (LANGUAGE_VOTES - 1, True)])
def test_where_all_languages_are_wanted_those_with_enough_votes_are_shown(votes: int, is_shown: bool):
    board = BoardMaker(Listing(), ("language",)).make(_counts("language=German", "code", votes=votes), 1.0)

    assert list(board.categories) == (["language=German"] if is_shown else [])


def test_a_language_that_is_named_is_shown_from_its_first_vote():
    board = BoardMaker(Listing(), ("language=German",)).make(_counts("language=German"), 1.0)

    assert list(board.categories) == ["language=German"]


def test_a_secret_model_is_on_no_board():
    counts = _counts("code")
    for vote in counts.add(live("s>a", "b>s", at=2000.0)):
        counts.put([vote], ("code", "maths"))
    board = BoardMaker(Listing(secret=frozenset({"s"})), ("code", "maths")).make(counts, 1.0)

    assert "maths" not in board.categories
    assert {row.model for each in (board, board.categories["code"]) for row in each.rows} == {"a", "b"}
