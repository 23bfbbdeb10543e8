"""Keeps the stored board up to date while votes come in."""

import asyncio
import gc
import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from arena.errors import LedgerError
from arena.leaderboard import Leaderboard
from export.ratings.board import Listing
from export.ratings.board_ledger import BoardLedger
from export.ratings.board_making import BoardMaker
from export.ratings.figure_keeping import FigureKeeper
from export.ratings.live import OVERALL, LiveCounts, LiveVote
from export.ratings.live_sorting import LiveSorting
from export.ratings.publishing import Publisher

_LOG = logging.getLogger(__name__)
_REST = 19
"""After an update it rests so many times as long as that took: at most a twentieth of one processor. Only while it
catches up with old votes it works half of the time."""
LONGEST_REST = 30.0
"""But never for so long that the board would be older than a minute: after a start, or on a slow machine, one update
may take many seconds."""

CHECK_SECONDS = 60.0
"""So often the ledger is asked whether it still holds the votes that were counted; less often where that takes long."""
_CHECK_REST = 500
"""After a check it rests so many times as long as that took,"""
LONGEST_CHECK_REST = 1800.0
"""but never for more seconds than these."""
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
        figures: FigureKeeper | None = None,
    ) -> None:
        self._maker = maker
        self._clock = clock
        self._publisher = publisher
        self._delay = delay_seconds
        self._sorting = sorting
        self._figures = figures
        self._listeners = tuple(each for each in (sorting, figures) if each is not None)
        self._board: Leaderboard | None = None
        self._listed_now = listed_now
        self._counts: LiveCounts | None = None
        self._gone = frozenset[str]()
        """Votes that were nobody's when they were last looked at."""
        self._checked_at = 0.0
        self._check_pause = CHECK_SECONDS
        self._is_saved = False

    @property
    def is_behind(self) -> bool:
        """Whether there is work left that need not wait for new votes."""
        waiting = 0 if self._sorting is None else self._sorting.waiting
        return bool(waiting) or self._counts is None or self._maker.is_behind(self._counts)

    @property
    def is_catching_up(self) -> bool:
        """Whether that is much, as when an old ledger is looked at for the first time."""
        return self._sorting is not None and self._sorting.is_catching_up

    async def look(self, ledger: BoardLedger) -> bool:
        """Look for new votes once. Return whether a board was written."""
        now = self._clock()
        counts = await self._counts_to_add_to(ledger, now)
        await self._add_new(counts, ledger, now)
        if self._sorting is not None:
            await self._sorting.work(ledger, counts)
        if self._listed_now is not None and (listed := self._listed_now()) != self._maker.listed:
            self._maker.show(listed)
        is_made = self._board is None or not self._is_saved or self._maker.is_behind(counts)
        if is_made:
            await self._make(counts, ledger, now)
        return is_made

    async def draw(self, ledger: BoardLedger) -> None:
        """Draw some of what stands beside the boards. It has rests of its own."""
        if self._figures is not None and self._counts is not None and self._board is not None:
            await self._figures.work(ledger, self._counts, self._board, self._maker.listed)

    async def _make(self, counts: LiveCounts, ledger: BoardLedger, now: float) -> None:
        self._is_saved = False
        self._board = await asyncio.to_thread(self._maker.make, counts, now)  # a large one takes a while
        if self._publisher is None:
            await ledger.save_leaderboard(self._board, now)
        else:
            await self._publisher.offer(ledger, self._board)
        self._is_saved = True

    async def _counts_to_add_to(self, ledger: BoardLedger, now: float) -> LiveCounts:
        """Return the counts so far; new ones at the start, and when the ledger's own numbers say they are wrong.

        They are when old votes were brought in, or something speaks against a vote since it was counted; and where the
        clock was set back, new votes may have ids below those that were read.
        """
        if self._counts is not None and not self._counts.follows(now):
            self._counts = None
        if self._counts is not None and abs(now - self._checked_at) >= self._check_pause:
            self._checked_at = now
            is_right = await self._is_right(self._counts, ledger, now)
            rest = min(_CHECK_REST * (self._clock() - now), LONGEST_CHECK_REST)
            self._check_pause = max(self._check_pause, CHECK_SECONDS, rest)
            if not is_right:
                self._counts = None
        if self._counts is None:
            self._counts = await self._count_all(ledger, now)
        return self._counts

    async def _is_right(self, counts: LiveCounts, ledger: BoardLedger, now: float) -> bool:
        """Take out the votes that are nobody's any more; say whether the others are those that the ledger holds."""
        gone = frozenset(await ledger.forgotten())
        for vote in await ledger.votes_by_id(sorted(gone - self._gone)):
            if not vote.reasons and counts.reaches(vote.id):
                live = LiveVote(vote.id, vote.model_a, vote.model_b, vote.outcome)
                try:
                    counts.take(live, (OVERALL,))
                    for each in self._listeners:
                        each.leave(live, counts)
                except KeyError:  # it was gone before it was counted
                    return False
        self._gone = gone
        last = counts.read_from(now)
        return not last or await ledger.count_until(last) == counts.settled(last)

    async def _count_all(self, ledger: BoardLedger, now: float) -> LiveCounts:
        began, counts = time.monotonic(), LiveCounts()
        self._checked_at = now
        self._gone = frozenset(await ledger.forgotten())
        self._maker.begin()
        for each in self._listeners:
            each.begin()
        await self._add_new(counts, ledger, now)
        self._check_pause = max(CHECK_SECONDS, _COUNT_REST * (time.monotonic() - began))
        return counts

    async def _add_new(self, counts: LiveCounts, ledger: BoardLedger, now: float) -> None:
        last, until = counts.read_from(now), now - self._delay
        while page := [LiveVote(*each) for each in await ledger.votes_after(last)]:
            due = [vote for vote in page if vote.time <= until] if self._delay else page
            new = counts.add(due, now)
            for each in self._listeners:
                each.take_up(new, counts)
            last = page[-1].id
            if len(due) < len(page):
                break


async def keep_board(
    keeper: BoardKeeper, open_ledger: OpenLedger, seconds: float, looked: Callable[[], None] = lambda: None
) -> None:
    """Look every so many seconds, for ever; `looked` is called after each time.

    A ledger that is away, or a full disk, is said once and tried again.
    """
    away = False
    unwritten = ""
    async with open_ledger() as ledger:
        while True:
            began, pause = time.monotonic(), seconds
            try:
                await keeper.look(ledger)
                spent = time.monotonic() - began
                pause = rest_after(spent, seconds, is_behind=keeper.is_behind, is_catching_up=keeper.is_catching_up)
                looked()
                await keeper.draw(ledger)
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
            await asyncio.sleep(pause)


def leave_alone() -> None:
    """Have the garbage collector leave alone what is here to stay, once: looking at all of it would cost an update more
    than its board does."""
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()


def rest_after(spent: float, seconds: float, *, is_behind: bool = False, is_catching_up: bool = False) -> float:
    """Return how long to rest after a look that took so long, all in seconds."""
    if is_catching_up:
        return min(spent, LONGEST_REST)
    rest = min(_REST * spent, LONGEST_REST)
    return rest if is_behind else max(seconds, rest)


async def watch(keeper: BoardKeeper, open_ledger: OpenLedger, seconds: float) -> signal.Signals:
    """Keep the board until SIGTERM or SIGINT; return which of them it was."""
    loop = asyncio.get_running_loop()
    told = asyncio.Queue[signal.Signals]()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, told.put_nowait, each)
    work, word = loop.create_task(keep_board(keeper, open_ledger, seconds, leave_alone)), loop.create_task(told.get())
    await asyncio.wait([work, word], return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        word.cancel()
        work.result()  # it ends by an error only
    work.cancel()
    if not (await asyncio.wait([work], timeout=_PATIENCE))[0]:
        # A locked SQLite file holds a thread that nothing can interrupt. Nothing is lost: the next board is made anew.
        os._exit(0 if word.result() is signal.SIGTERM else 130)
    return word.result()
