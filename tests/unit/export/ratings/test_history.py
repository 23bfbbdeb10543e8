"""What was published stays as it was."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from arena.errors import SetupError
from arena.leaderboard import BoardRow, Leaderboard
from export.ratings.history import History
from export.ratings.publishing import changes


def _board(votes: int, rating: float = 1000.0) -> Leaderboard:
    row = BoardRow(model="ä", status="rated", rating=rating, rank=1, battles=votes, wins=votes, losses=0, ties=0)
    return Leaderboard(votes=votes, updated_at=votes * 86_400.0, rows=(row,))


def test_boards_come_back_in_order(tmp_path: Path):
    history = History(tmp_path / "new" / "history.jsonl")
    assert (history.last_day(), list(history.boards())) == (None, [])
    for votes in (1, 2, 3):
        history.append(_board(votes))

    assert list(history.boards()) == [_board(1), _board(2), _board(3)]
    assert history.last_day() == 3


@pytest.mark.parametrize("cut", [0, 1])
def test_a_history_that_was_changed_is_found_out(cut: int, tmp_path: Path):
    file = tmp_path / "history.jsonl"
    for votes in (1, 2):
        History(file).append(_board(votes))
    lines = file.read_text(encoding="utf-8").replace("1000.0", "1001.0" if not cut else "1000.0").splitlines()
    file.write_text("\n".join(lines[cut:]) + "\n", encoding="utf-8")

    with pytest.raises(SetupError, match="line 1 is not what was written"):
        list(History(file).boards())


@pytest.mark.parametrize("kept", [0, 1])
def test_a_line_that_was_cut_off_was_never_there(kept: int, tmp_path: Path):
    file = tmp_path / "history.jsonl"
    for votes in range(1, kept + 2):
        History(file).append(_board(votes))
    file.write_bytes(file.read_bytes()[:-7])
    history = History(file)
    assert len(list(history.boards())) == kept
    history.append(_board(9))

    assert [board.votes for board in history.boards()] == [*range(1, kept + 1), 9]


def test_boards_of_several_writers_are_sealed_one_after_the_other(tmp_path: Path):
    file = tmp_path / "history.jsonl"

    def add(votes: int) -> None:
        History(file).append(_board(votes))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(1, 41)))

    assert sorted(board.votes for board in History(file).boards()) == list(range(1, 41))


def test_what_publishing_changes_is_said():
    assert list(changes(None, _board(1)))[:2] == ["0 votes before, 1 now", "ä: new -> 1000.0 (rank 1)"]
    assert list(changes(_board(1), _board(2))) == ["1 votes before, 2 now"]
    assert "ä: 1000.0 (rank 1) -> gone" in list(changes(_board(1), Leaderboard()))
