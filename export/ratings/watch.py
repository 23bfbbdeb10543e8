"""Keeps the stored board up to date while votes come in."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from arena.errors import LedgerError
from arena.leaderboard import Leaderboard
from export.ratings.board import Listing, Tally, count_for_board, make_board

_LOG = logging.getLogger(__name__)
_REST = 19
"""After an update it rests so many times as long as that took: at most a twentieth of one processor."""

_PATIENCE = 0.7
"""Seconds that it may take to leave the ledger."""


class BoardLedger(Protocol):
    """What is needed of the ledger."""

    async def vote_count(self) -> int:
        """Return how many votes count."""
        ...

    async def tallied_votes(self) -> list[Tally]:
        """Return how often each pair met, and how that ended."""
        ...

    async def save_leaderboard(self, board: Leaderboard, made_at: float) -> None:
        """Keep a board as the latest."""
        ...


OpenLedger = Callable[[], AbstractAsyncContextManager[BoardLedger]]


class BoardKeeper:
    """Makes the board anew when there are new votes, and once at the start."""

    def __init__(self, listed: Listing, clock: Callable[[], float] = time.time) -> None:
        self._listed = listed
        self._clock = clock
        self._votes_seen: int | None = None

    async def look(self, ledger: BoardLedger) -> bool:
        """Look for new votes once. Return whether a board was written."""
        if await ledger.vote_count() == self._votes_seen:
            return False
        tallies = await ledger.tallied_votes()
        made_at = self._clock()
        board = await asyncio.to_thread(self._make, tallies, made_at)  # a large one takes a while
        await ledger.save_leaderboard(board, made_at)
        self._votes_seen = sum(often for *_, often in tallies)
        return True

    def _make(self, tallies: list[Tally], made_at: float) -> Leaderboard:
        return make_board(count_for_board(tallies, self._listed), made_at)


async def keep_board(keeper: BoardKeeper, open_ledger: OpenLedger, seconds: float) -> None:
    """Look every so many seconds, for ever. A ledger that goes away is tried again; going and coming are said once."""
    away = False
    async with open_ledger() as ledger:
        while True:
            began, pause = time.monotonic(), seconds
            try:
                await keeper.look(ledger)
            except LedgerError:
                if not away:
                    _LOG.warning("the ledger cannot be reached; the leaderboard waits for it")
                away = True
            else:
                if away:
                    _LOG.info("the ledger is back, the leaderboard is up to date again")
                away = False
                pause = max(seconds, _REST * (time.monotonic() - began))
            await asyncio.sleep(pause)


async def watch(keeper: BoardKeeper, open_ledger: OpenLedger, seconds: float) -> signal.Signals:
    """Keep the board until SIGTERM or SIGINT; return which of them it was."""
    loop = asyncio.get_running_loop()
    told = asyncio.Queue[signal.Signals]()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, told.put_nowait, each)
    work, word = loop.create_task(keep_board(keeper, open_ledger, seconds)), loop.create_task(told.get())
    await asyncio.wait([work, word], return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        word.cancel()
        work.result()  # it ends by an error only
    work.cancel()
    if not (await asyncio.wait([work], timeout=_PATIENCE))[0]:
        # A locked SQLite file holds a thread that nothing can interrupt. Nothing is lost: the next board is made anew.
        os._exit(0 if word.result() is signal.SIGTERM else 130)
    return word.result()
