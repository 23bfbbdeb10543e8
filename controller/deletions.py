"""A visitor takes everything back: with a deletion code, or from the session itself."""

import time
from dataclasses import dataclass

from arena.errors import LimitError, NotFound
from arena.ids import token_hash
from arena.session import Deleted, DeletionCode
from controller.limits import RateLimit, admit
from controller.running import RunningTurns
from logging_store.facts import SessionFact
from logging_store.forgetting import forget, give_code, plain_code
from logging_store.ledger import Ledger


@dataclass
class Deletions:
    """Makes deletion codes, and forgets what they stand for. Attempts are counted by address, codes by session."""

    ledger: Ledger
    running: RunningTurns
    attempts: RateLimit

    async def give_code(self, session: SessionFact) -> DeletionCode:
        """Make a code for a session; it is told this once, and an earlier one becomes worthless."""
        admit([(self.attempts, f"code {session.id}")], time.monotonic(), LimitError)
        return DeletionCode(code=await give_code(self.ledger, session.id, time.time()))

    async def by_code(self, address_hash: str, code: str) -> Deleted:
        """Forget what a code stands for. One that stands for nothing is `NotFound`, however it is spelt."""
        admit([(self.attempts, f"delete {address_hash}")], time.monotonic(), LimitError)
        session_id = await self.ledger.session_by_deletion_code(token_hash(plain_code(code)))
        if session_id is None:
            raise NotFound
        return await self._forget(session_id, code)

    async def of_session(self, session: SessionFact) -> Deleted:
        """Forget the session that asks for it. Its token is worthless afterwards."""
        return await self._forget(session.id, await give_code(self.ledger, session.id, time.time()))

    async def _forget(self, session_id: str, code: str) -> Deleted:
        await self.running.stop_session(session_id)
        forgotten = await forget(self.ledger, code, time.time())
        # what was opened meanwhile is ended in the ledger already: now it ends here
        await self.running.stop_session(session_id)
        return Deleted(conversations=forgotten.conversations)
