"""The board that visitors see."""

from arena.leaderboard import BoardRow, Leaderboard
from arena.model import ModelEntry, WorkerKind
from export.ratings.board import Listing, counts_for_board, listing, make_board
from export.ratings.live import LiveCounts
from tests.unit.export.ratings.made import live


def _board(*said: str, shown: str = "", secret: str = "") -> Leaderboard:
    votes = LiveCounts()
    votes.add(live(*said))
    return make_board(counts_for_board(votes, Listing(frozenset(shown), frozenset(secret))), updated_at=1.5)


def _by_model(board: Leaderboard) -> dict[str, BoardRow]:
    return {row.model: row for row in board.rows}


def test_without_votes_every_listed_model_waits_for_its_first_battle():
    board = _board(shown="ba")

    assert [(row.model, row.status, row.reason) for row in board.rows] == [
        ("a", "unrated", "not enough votes yet: has no battles yet"),
        ("b", "unrated", "not enough votes yet: has no battles yet"),
    ]
    assert (board.votes, board.updated_at) == (0, 1.5)


def test_a_rated_model_has_a_rating_inside_its_interval_and_a_place_inside_its_range():
    board = _by_model(_board("30 a>b", "10 b>a", "5 b=c", "5 b~c", "8 c>b", "9 b>c"))
    row = board["a"]

    assert row.rating is not None
    assert row.ci_low is not None
    assert row.ci_high is not None
    assert row.ci_low < row.rating < row.ci_high
    assert [(board[name].rank, board[name].rank_low, board[name].rank_high) for name in "abc"] == [
        (1, 1, 1),
        (2, 2, 3),
        (3, 2, 3),
    ]
    assert (row.battles, row.wins, row.losses, row.ties) == (40, 30, 10, 0)


def test_a_model_that_never_lost_is_shown_with_its_bound():
    row = _by_model(_board("20 a>b", "20 b>a", "3 c>a"))["c"]

    assert (row.status, row.rating, row.rank, row.bound_high) == ("provisional", None, None, None)
    assert row.bound_low is not None


def test_both_bad_is_shown_as_a_tie():
    assert [row.ties for row in _board("a~b", "a=b").rows] == [2, 2]


def test_a_secret_model_leaves_no_trace_on_the_board():
    with_secret = _board("20 a>b", "10 b>a", "7 s>a", "3 s<b", "s=s", shown="ab", secret="s")

    assert with_secret == _board("20 a>b", "10 b>a", shown="ab")


def test_models_that_left_the_list_keep_their_place():
    assert "old" in _by_model(_board("old>a", "a>old", shown="a"))


def test_the_operators_list_says_what_is_shown_and_what_never_is():
    entries = [
        ModelEntry(name="public", worker=WorkerKind.DEMO),
        ModelEntry(name="direct only", worker=WorkerKind.DEMO, battle_weight=0),
        ModelEntry(name="hidden", worker=WorkerKind.DEMO, secret=True),
    ]

    assert listing(entries) == Listing(shown=frozenset({"public"}), secret=frozenset({"hidden"}))
