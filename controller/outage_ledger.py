"""The ledger as conversations use it: what ends while it is away waits on disk, and nothing acknowledged is lost."""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import replace

from arena.chat import Ending
from arena.errors import AlreadyVoted, LedgerError, Unconfirmed
from controller.outage import LedgerWatch
from logging_store.facts import BattleRecord, TurnEnd, TurnFact, VoteFact
from logging_store.ledger import Ledger
from logging_store.spool import Spool
from logging_store.spool_file import Waiting, purge

logger = logging.getLogger(__name__)


class SteadyLedger(Ledger):
    """A ledger with a spool beside it. New turns are refused while it is away; those under way end on disk.

    `ledger` is asked; its database is a patient one.
    """

    def __init__(self, ledger: Ledger, watch: LedgerWatch, spool: Spool) -> None:
        super().__init__(ledger.database)
        self.ledger = ledger
        self.watch = watch
        self.spool = spool
        self._unconfirmed: dict[str, list[list[str]]] = {}
        """The ids of votes that the ledger may have taken, by battle: nobody was told that it has. Few: while it is
        known to be away none is tried."""

    async def open_turns(self, *opened: TurnFact) -> None:
        """Write the turns as `Ledger.open_turns` does. Those of which nobody knows whether they were are ended."""
        await self.watch.opened()
        try:
            await self.ledger.open_turns(*opened)
        except Unconfirmed as error:
            await self.end_on_disk(opened, error)
            raise

    async def finish_turn(self, end: TurnEnd) -> bool:
        """Keep how a turn ended: in the ledger, on disk if that fails.

        Return whether it was this call that ended it, as far as anybody knows. Raises `LedgerError` if neither can
        take it.
        """
        await self.watch.opened()
        if not self.spool.has(end.turn_id):
            try:
                return await self.ledger.finish_turn(end)
            except LedgerError:
                self.watch.falls()
        await self.spool.append(Waiting(end.turn_id, end=end))
        self.watch.falls()  # also if it has just recovered: somebody has to see to the spool
        return True

    async def cast_vote(self, battle_id: str, decide: Callable[[BattleRecord], VoteFact]) -> VoteFact:
        """Vote as `Ledger.cast_vote` does.

        A write that was given up may still be carried out. Whoever then votes the same once more gets that vote, and
        not `AlreadyVoted`; whoever votes differently is refused, for the vote is cast.
        """
        tried: list[str] = []
        came_through: list[VoteFact] = []

        def judge(record: BattleRecord) -> VoteFact:
            first = record.vote
            if first is not None and self._may_have_tried(first):
                if decide(replace(record, vote=None)).outcome is first.outcome:
                    came_through.append(first)
                raise AlreadyVoted
            vote = decide(record)
            tried.append(vote.id)
            return vote

        try:
            return await self.ledger.cast_vote(battle_id, judge)
        except Unconfirmed:
            self._unconfirmed.setdefault(battle_id, []).append(tried)
            raise
        except AlreadyVoted:
            if not came_through:
                raise
            return came_through[0]

    def _may_have_tried(self, vote: VoteFact) -> bool:
        return any(vote.id in tried for tried in self._unconfirmed.get(vote.battle_id, ()))

    async def forgot(self, session_id: str, turn_ids: Collection[str]) -> None:  # noqa: ARG002 (see `GoingOnLedger`)
        """Forget here what the ledger has forgotten."""
        await asyncio.to_thread(purge, self.spool.folder, turn_ids)

    async def end_on_disk(self, opened: tuple[TurnFact, ...], error: LedgerError) -> None:
        """End turns that the ledger may have opened, or may open later: their visitor was told that they failed."""
        ends = [TurnEnd(turn.id, Ending.FAILED, turn.opened_at, error_code=type(error).code) for turn in opened]
        try:
            await self.spool.append(*(Waiting(end.turn_id, end=end) for end in ends))
        except LedgerError:
            logger.error("Turns that may have been opened can't be ended: they are lost at the next start")  # noqa: TRY400
