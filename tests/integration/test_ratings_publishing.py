"""`arena ratings publish`, `reject`, `history` and `rollback`, as an operator types them."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from arena.leaderboard import BoardRow, Leaderboard
from arena.settings import ArenaFile
from export.ratings.board_ledger import StoredVotes
from export.ratings.cli import command
from export.ratings.publishing import Publisher, name_of
from logging_store.ledger import open_ledger
from tests.launches import FakeLaunch


@dataclass(frozen=True)
class _Launch(FakeLaunch):
    review: bool = True

    def read_config(self, path: Path | None) -> ArenaFile:
        config = super().read_config(path)
        return config.model_copy(update={"export": config.export.model_copy(update={"board_review": self.review})})


def _board(votes: int) -> Leaderboard:
    row = BoardRow(
        model="a", status="rated", rating=1000.0 + votes, rank=1, battles=votes, wins=votes, losses=0, ties=0
    )
    return Leaderboard(votes=votes, updated_at=votes * 86_400.0, rows=(row,), categories={"code": Leaderboard(votes=1)})


async def _visible(data: Path, offered: Leaderboard | None = None) -> Leaderboard | None:
    """Have the watcher offer a board; return the one that visitors see."""
    async with open_ledger(f"sqlite:///{data}/ledger.sqlite3") as ledger:
        if offered is not None:
            await Publisher(data / "leaderboard", with_review=True).offer(StoredVotes(ledger), offered)
        return await ledger.leaderboard()


def _run(data: Path, *arguments: object, review: bool = True) -> Result:
    typed = [*map(str, arguments), "--data", str(data)]
    return CliRunner().invoke(command, typed, obj=_Launch(review=review))


def test_a_board_waits_until_exactly_that_which_was_looked_at_is_published(tmp_path: Path):
    assert asyncio.run(_visible(tmp_path, _board(1))) is None
    name = name_of(_board(1))
    assert f"arena ratings publish --draft {name}" in _run(tmp_path, "publish", "--show").output
    asyncio.run(_visible(tmp_path, _board(2)))
    assert "another board waits by now" in str(_run(tmp_path, "publish", "--draft", name).exception)
    told = _run(tmp_path, "publish", "--draft", name_of(_board(2))).output.splitlines()

    assert told[1:] == ["0 votes before, 2 now", "a: new -> 1002.0 (rank 1)", "published"]
    assert asyncio.run(_visible(tmp_path)) == _board(2)
    assert "no board waits" in str(_run(tmp_path, "publish").exception)


def test_a_rejected_board_is_gone_and_visitors_see_the_one_before(tmp_path: Path):
    asyncio.run(_visible(tmp_path, _board(1)))
    _run(tmp_path, "publish")
    asyncio.run(_visible(tmp_path, _board(2)))

    assert "2 votes, is taken away" in _run(tmp_path, "reject").output
    assert asyncio.run(_visible(tmp_path)) == _board(1)
    assert "no board waits" in str(_run(tmp_path, "reject").exception)


def test_an_earlier_board_is_published_again_and_nothing_is_taken_out_of_the_history(tmp_path: Path):
    for votes in (1, 2):
        asyncio.run(_visible(tmp_path, _board(votes)))
        _run(tmp_path, "publish")
    asyncio.run(_visible(tmp_path, _board(3)))

    assert "board 1, 1970-01-02 00:00 UTC, 1 votes, is published again" in _run(tmp_path, "rollback", 1).output
    assert asyncio.run(_visible(tmp_path)) == _board(1)
    assert [line[:2] for line in _run(tmp_path, "history").output.splitlines()] == ["1:", "2:", "3:"]
    assert Publisher(tmp_path / "leaderboard").draft() == _board(3)
    assert "there are 3 boards" in str(_run(tmp_path, "rollback", 4).exception)


def test_without_review_nothing_is_rolled_back(tmp_path: Path):
    assert "board_review is false" in str(_run(tmp_path, "rollback", 1, review=False).exception)


@pytest.mark.parametrize("killed_after", ["history", "ledger"])
def test_publishing_again_after_a_crash_adds_no_second_line(killed_after: str, tmp_path: Path):
    asyncio.run(_visible(tmp_path, _board(1)))
    publisher = Publisher(tmp_path / "leaderboard", with_review=True)
    publisher.history.append(_board(1))
    if killed_after == "ledger":
        asyncio.run(_saved(tmp_path, _board(1)))

    assert _run(tmp_path, "publish").exit_code == 0
    assert list(publisher.history.boards()) == [_board(1)]


async def _saved(data: Path, board: Leaderboard) -> None:
    async with open_ledger(f"sqlite:///{data}/ledger.sqlite3") as ledger:
        await StoredVotes(ledger).save_leaderboard(board, 1.0)
