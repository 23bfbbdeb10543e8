"""Keeping the board up to date."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import pytest

from arena.battle import Outcome
from arena.errors import LedgerError, SetupError
from arena.leaderboard import Leaderboard
from export.ratings.board import Listing, Tally
from export.ratings.watch import BoardKeeper, keep_board

Vote = tuple[str, str, Outcome]


class ALedger:
    """A ledger in memory that can go away, and tells when a board was saved."""

    def __init__(self, *votes: Vote) -> None:
        self.votes = list(votes)
        self.saved: asyncio.Queue[Leaderboard] = asyncio.Queue()
        self.refused = asyncio.Queue[None]()
        self.away = False

    @asynccontextmanager
    async def open(self) -> AsyncGenerator["ALedger"]:
        yield self

    def _check(self) -> None:
        if self.away:
            self.refused.put_nowait(None)
            raise LedgerError

    async def vote_count(self) -> int:
        self._check()
        return len(self.votes)

    async def tallied_votes(self) -> list[Tally]:
        self._check()
        return [(*vote, often) for vote, often in Counter(self.votes).items()]

    async def save_leaderboard(self, board: Leaderboard, made_at: float) -> None:
        self._check()
        assert made_at == board.updated_at
        self.saved.put_nowait(board)


A_VOTE = ("a", "b", Outcome.MODEL_A)


@asynccontextmanager
async def keeping(ledger: ALedger) -> AsyncGenerator[None]:
    """Keep the board in the background, looking all the time."""
    task = asyncio.create_task(keep_board(BoardKeeper(Listing()), ledger.open, 0.001))
    try:
        async with asyncio.timeout(10):
            yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_the_first_look_makes_a_board_even_without_votes():
    ledger = ALedger()

    assert await BoardKeeper(Listing(frozenset({"a"})), clock=lambda: 7.5).look(ledger)
    board = ledger.saved.get_nowait()
    assert (board.updated_at, [row.model for row in board.rows]) == (7.5, ["a"])


async def test_without_new_votes_nothing_is_written():
    ledger, keeper = ALedger(A_VOTE), BoardKeeper(Listing())
    assert await keeper.look(ledger)

    assert not await keeper.look(ledger)
    assert ledger.saved.qsize() == 1


async def test_a_new_vote_makes_a_new_board():
    ledger, keeper = ALedger(A_VOTE), BoardKeeper(Listing())
    await keeper.look(ledger)
    ledger.votes.append(A_VOTE)

    assert await keeper.look(ledger)
    assert [ledger.saved.get_nowait().votes for _ in range(2)] == [1, 2]


async def test_a_board_that_could_not_be_saved_is_made_again():
    ledger, keeper = ALedger(A_VOTE), BoardKeeper(Listing())
    ledger.away = True
    with pytest.raises(LedgerError):
        await keeper.look(ledger)
    ledger.away = False

    assert await keeper.look(ledger)


async def test_votes_that_come_in_reach_the_board():
    ledger = ALedger()
    async with keeping(ledger):
        assert (await ledger.saved.get()).votes == 0
        ledger.votes.append(A_VOTE)

        assert (await ledger.saved.get()).votes == 1


async def test_a_ledger_that_goes_away_is_said_once_and_waited_for(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "export.ratings")
    ledger = ALedger()
    async with keeping(ledger):
        await ledger.saved.get()
        ledger.away = True
        for _ in range(5):
            await ledger.refused.get()
        ledger.votes.append(A_VOTE)
        ledger.away = False

        assert (await ledger.saved.get()).votes == 1
        ledger.votes.append(A_VOTE)
        await ledger.saved.get()
    assert [record.getMessage() for record in caplog.records] == [
        "the ledger cannot be reached; the leaderboard waits for it",
        "the ledger is back, the leaderboard is up to date again",
    ]


async def test_a_ledger_that_goes_away_before_the_first_board_is_waited_for():
    ledger = ALedger(A_VOTE)
    ledger.away = True
    async with keeping(ledger):
        await ledger.refused.get()
        ledger.away = False

        assert (await ledger.saved.get()).votes == 1


async def test_a_ledger_that_cannot_be_opened_is_an_error():
    @asynccontextmanager
    async def closed() -> AsyncGenerator[ALedger]:
        raise SetupError
        yield ALedger()

    with pytest.raises(SetupError):
        await keep_board(BoardKeeper(Listing()), closed, 0.001)
