"""A visitor takes everything back: with a deletion code, or from the session itself."""

import asyncio
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from arena.errors import LedgerError, LimitError, NotFound, SessionRequired, UnknownCode
from arena.ids import token_hash
from arena.session import Deleted, DeletionCode
from controller.limits import RateLimit, admit
from controller.outage_ledger import SteadyLedger
from controller.running import RunningTurns
from controller.stopping import Stopping
from controller.unlogged import Unlogged
from logging_store.facts import SessionFact
from logging_store.forgetting import forget_session, give_code, plain_code
from logging_store.sweeping import tidy

logger = logging.getLogger(__name__)


@dataclass
class Deletions:
    """Makes deletion codes, and forgets what they stand for. Attempts are counted by address, codes by session."""

    ledger: SteadyLedger
    running: RunningTurns
    stopping: Stopping
    unlogged: Unlogged
    attempts: RateLimit
    tombstones: Path | None = None
    """Where it is written down outside the database what was forgotten."""
    _is_untidy: bool = False
    _is_tidying: bool = False

    async def give_code(self, session: SessionFact) -> DeletionCode:
        """Make a code for a session; it is told this once, and an earlier one becomes worthless."""
        admit([(self.attempts, f"code {session.id}")], time.monotonic(), LimitError)
        return DeletionCode(code=await give_code(self.ledger, session.id, time.time()))

    async def by_code(self, address_hash: str, code: str) -> Deleted:
        """Forget what a code stands for. One that stands for nothing is `UnknownCode`, whatever it looks like."""
        admit([(self.attempts, f"delete {address_hash}")], time.monotonic(), LimitError)
        session_id = await self.ledger.session_by_deletion_code(token_hash(plain_code(code)))
        if session_id is None:
            raise UnknownCode
        try:
            return await self._forget(session_id)
        except NotFound as error:
            raise UnknownCode from error

    async def of_session(self, session: SessionFact) -> Deleted:
        """Forget the session that asks for it. Its token is worthless afterwards."""
        try:
            return await self._forget(session.id)
        except NotFound as error:  # somebody with its code was faster
            raise SessionRequired from error

    async def _forget(self, session_id: str) -> Deleted:
        """Forget a session, also if whoever asked for it leaves meanwhile."""
        return await asyncio.shield(self.running.start(self._forget_wholly(session_id)))

    async def _forget_wholly(self, session_id: str) -> Deleted:
        await self.stopping.stop_session(session_id)
        try:
            forgotten = await forget_session(self.ledger, session_id, time.time(), tombstones=self.tombstones)
        except LedgerError as error:
            why = error.__cause__ if isinstance(error.__cause__, OSError) else error
            logger.error("A visitor could not be forgotten now: %s", why)  # noqa: TRY400 (the line says it all)
            await self.ledger.forgot(session_id, ())  # it may be carried out yet: nothing goes on from memory
            raise
        await self.ledger.forgot(session_id, forgotten.turn_ids)
        # what was opened meanwhile is ended in the ledger already: now it ends here
        await self.running.stop_session(session_id)
        unlogged = self.unlogged.forget(session_id)
        self._tidy_soon()
        return Deleted(conversations=forgotten.conversations + unlogged)

    def _tidy_soon(self) -> None:
        """Have the database clear its own files, once for all who come meanwhile."""
        self._is_untidy = True
        if not self._is_tidying:
            self._is_tidying = True
            self.running.start(self._tidy())

    async def _tidy(self) -> None:
        closing = asyncio.ensure_future(self.running.closing.wait())
        try:
            while self._is_untidy and not closing.done():
                self._is_untidy = False
                if not await self._is_tidied(closing):
                    logger.warning("What was forgotten is not cleared from the database's own files yet")
        finally:
            self._is_tidying = False
            closing.cancel()

    async def _is_tidied(self, closing: asyncio.Task[Literal[True]]) -> bool:
        """Tidy, unless we go down first: it may take its time. Return whether it was done."""
        tidying = asyncio.ensure_future(tidy(self.ledger))
        await asyncio.wait({tidying, closing}, return_when=asyncio.FIRST_COMPLETED)
        tidying.cancel()
        try:
            return await tidying
        except (LedgerError, asyncio.CancelledError):
            return False
