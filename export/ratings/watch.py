"""Keeps the stored board up to date while votes come in."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from arena.errors import LedgerError
from export.ratings.board import Listing
from export.ratings.board_ledger import BoardLedger
from export.ratings.board_making import BoardMaker
from export.ratings.live import OVERALL, LiveCounts, LiveVote
from export.ratings.live_sorting import LiveSorting
from export.ratings.publishing import Publisher

_LOG = logging.getLogger(__name__)
_REST = 19
"""After an update it rests so many times as long as that took: at most a twentieth of one processor."""

CHECK_SECONDS = 60.0
"""So often the ledger is asked whether it still holds the votes that were counted; less often where that takes long."""
_CHECK_REST = 100
_COUNT_REST = 20
"""After all was counted anew it rests so many times as long as that took, before it may be done again."""
_PATIENCE = 0.7
"""Seconds that it may take to leave the ledger."""

OpenLedger = Callable[[], AbstractAsyncContextManager[BoardLedger]]


class BoardKeeper:
    """Makes the board anew when there are new votes, and once at the start. It counts every vote once."""

    def __init__(
        self,
        maker: BoardMaker,
        clock: Callable[[], float] = time.time,
        publisher: Publisher | None = None,
        delay_seconds: float = 0.0,
        sorting: LiveSorting | None = None,
        listed_now: Callable[[], Listing] | None = None,
    ) -> None:
        self._maker = maker
        self._clock = clock
        self._publisher = publisher
        self._delay = delay_seconds
        self._sorting = sorting
        self._listed_now = listed_now
        self._counts: LiveCounts | None = None
        self._gone = frozenset[str]()
        """Votes that were nobody's when they were last looked at."""
        self._checked_at = 0.0
        self._check_pause = CHECK_SECONDS
        self._is_saved = False

    async def look(self, ledger: BoardLedger) -> bool:
        """Look for new votes once. Return whether a board was written."""
        now = self._clock()
        counts = await self._counts_to_add_to(ledger, now)
        await self._add_new(counts, ledger, now - self._delay)
        if self._sorting is not None:
            await self._sorting.work(ledger, counts)
        if self._listed_now is not None and (listed := self._listed_now()) != self._maker.listed:
            self._maker.show(listed)
        if self._is_saved and not self._maker.is_behind(counts):
            return False
        self._is_saved = False
        board = await asyncio.to_thread(self._maker.make, counts, now)  # a large one takes a while
        if self._publisher is None:
            await ledger.save_leaderboard(board, now)
        else:
            await self._publisher.offer(ledger, board)
        self._is_saved = True
        return True

    async def _counts_to_add_to(self, ledger: BoardLedger, now: float) -> LiveCounts:
        """Return the counts so far; new ones at the start, and when the ledger's own number says they are wrong.

        They are when old votes were brought in, or something speaks against a vote since it was counted.
        """
        if self._counts is not None and abs(now - self._checked_at) >= self._check_pause:
            began, self._checked_at = time.monotonic(), now
            is_right = await self._is_right(self._counts, ledger)
            self._check_pause = max(self._check_pause, CHECK_SECONDS, _CHECK_REST * (time.monotonic() - began))
            if not is_right:
                self._counts = None
        if self._counts is None:
            self._counts = await self._count_all(ledger, now)
        return self._counts

    async def _is_right(self, counts: LiveCounts, ledger: BoardLedger) -> bool:
        """Take out the votes that are nobody's any more; say whether the others are as many as the ledger holds."""
        gone = frozenset(await ledger.forgotten())
        for vote in await ledger.votes_by_id(sorted(gone - self._gone)):
            if not vote.reasons:
                live = LiveVote(vote.id, vote.model_a, vote.model_b, vote.outcome)
                counts.take(live, (OVERALL,))
                if self._sorting is not None:
                    self._sorting.leave(live, counts)
        self._gone = gone
        return not counts.read_from or await ledger.count_until(counts.read_from) == counts.settled

    async def _count_all(self, ledger: BoardLedger, now: float) -> LiveCounts:
        began, counts = time.monotonic(), LiveCounts()
        self._checked_at = now
        self._gone = frozenset(await ledger.forgotten())
        self._maker.begin()
        if self._sorting is not None:
            self._sorting.begin()
        await self._add_new(counts, ledger, now - self._delay)
        self._check_pause = max(CHECK_SECONDS, _COUNT_REST * (time.monotonic() - began))
        return counts

    async def _add_new(self, counts: LiveCounts, ledger: BoardLedger, until: float) -> None:
        last = counts.read_from
        while page := [LiveVote(*each) for each in await ledger.votes_after(last)]:
            old = [vote for vote in page if vote.time <= until] if self._delay else page
            new = counts.add(old)
            if self._sorting is not None:
                self._sorting.take_up(new, counts)
            last = page[-1].id
            if len(old) < len(page):
                break


async def keep_board(keeper: BoardKeeper, open_ledger: OpenLedger, seconds: float) -> None:
    """Look every so many seconds, for ever. A ledger that is away, or a full disk, is said once and tried again."""
    away = False
    unwritten = ""
    async with open_ledger() as ledger:
        while True:
            began, pause = time.monotonic(), seconds
            try:
                await keeper.look(ledger)
            except LedgerError:
                if not away:
                    _LOG.warning("the ledger cannot be reached; the leaderboard waits for it")
                away = True
            except OSError as error:
                if unwritten != (unwritten := error.strerror or type(error).__name__):
                    _LOG.warning("the leaderboard cannot be written: %s", unwritten)
            else:
                if away:
                    _LOG.info("the ledger is back, the leaderboard is up to date again")
                away, unwritten = False, ""
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
