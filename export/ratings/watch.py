"""Keeps the stored board up to date while votes come in."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from arena.battle import Outcome
from arena.errors import LedgerError
from arena.leaderboard import Leaderboard
from export.ratings.board import Listing, counts_for_board, make_board
from export.ratings.live import LiveCounts, LiveVote
from export.ratings.publishing import Publisher

_LOG = logging.getLogger(__name__)
_REST = 19
"""After an update it rests so many times as long as that took: at most a twentieth of one processor."""

CHECK_SECONDS = 3600.0
"""So often the ledger is asked whether it still holds the votes that were counted."""
_PATIENCE = 0.7
"""Seconds that it may take to leave the ledger."""


class BoardLedger(Protocol):
    """What is needed of the ledger."""

    async def vote_count(self) -> int:
        """Return how many votes count."""
        ...

    async def votes_after(self, last: str) -> Sequence[tuple[str, str, str, Outcome]]:
        """Return the next votes that count, in the order of their ids, those with ids above `last`."""
        ...

    async def save_leaderboard(self, board: Leaderboard, made_at: float) -> None:
        """Keep a board as the latest."""
        ...


OpenLedger = Callable[[], AbstractAsyncContextManager[BoardLedger]]


class BoardKeeper:
    """Makes the board anew when there are new votes, and once at the start. It counts every vote once."""

    def __init__(
        self,
        listed: Listing,
        clock: Callable[[], float] = time.time,
        publisher: Publisher | None = None,
        delay_seconds: float = 0.0,
    ) -> None:
        self._listed = listed
        self._clock = clock
        self._publisher = publisher
        self._delay = delay_seconds
        self._counts: LiveCounts | None = None
        self._checked_at = 0.0
        self._is_saved = False

    async def look(self, ledger: BoardLedger) -> bool:
        """Look for new votes once. Return whether a board was written."""
        now = self._clock()
        counts = await self._counts_to_add_to(ledger, now)
        if await self._add_new(counts, ledger, now - self._delay) == 0 and self._is_saved:
            return False
        self._is_saved = False
        board = await asyncio.to_thread(self._make, counts, now)  # a large one takes a while
        if self._publisher is None:
            await ledger.save_leaderboard(board, now)
        else:
            await self._publisher.offer(ledger, board)
        self._is_saved = True
        return True

    async def _counts_to_add_to(self, ledger: BoardLedger, now: float) -> LiveCounts:
        """Return the counts so far; new ones at the start, and when the ledger's own number says they are wrong.

        They are when old votes were brought in, or something speaks against a vote since it was counted. With a delay
        the numbers cannot be compared: then all is counted anew each time.
        """
        if self._counts is not None and abs(now - self._checked_at) >= CHECK_SECONDS:
            self._checked_at = now
            if self._delay or await ledger.vote_count() != self._counts.votes:
                self._counts, self._is_saved = None, False
        if self._counts is None:
            self._counts, self._checked_at = LiveCounts(), now
        return self._counts

    async def _add_new(self, counts: LiveCounts, ledger: BoardLedger, until: float) -> int:
        added, last = 0, counts.read_from
        while page := [LiveVote(*each) for each in await ledger.votes_after(last)]:
            old = [vote for vote in page if vote.time <= until] if self._delay else page
            added += counts.add(old)
            last = page[-1].id
            if len(old) < len(page):
                break
        return added

    def _make(self, counts: LiveCounts, made_at: float) -> Leaderboard:
        return make_board(counts_for_board(counts, self._listed), made_at)


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
