"""Where turns are opened and finished: in the ledger, unless their visitor wants nothing kept."""

import time
from dataclasses import dataclass
from typing import Protocol

from arena.errors import ConsentRequired, NotFound
from controller.finishing import Finishing
from controller.metrics import Metrics
from controller.unlogged import Unlogged
from logging_store.facts import TurnEnd, TurnFact
from logging_store.ledger import Ledger


class TurnBook(Protocol):
    """Takes turns as they are opened, and how they end."""

    async def open_turns(self, *opened: TurnFact) -> None:
        """Take turns together, before their streams begin; raises why there can be none."""
        ...

    async def finish(self, end: TurnEnd) -> None:
        """Take how a turn ended. Raises `LedgerError` if that could not be kept."""
        ...


@dataclass(frozen=True)
class LedgerBook:
    """The book of all that is kept."""

    ledger: Ledger
    finishing: Finishing
    metrics: Metrics

    async def open_turns(self, *opened: TurnFact) -> None:
        """Write the turns into the ledger."""
        await self.ledger.open_turns(*opened)

    async def finish(self, end: TurnEnd) -> None:
        """Write the end into the ledger, and measure how long it took."""
        began = time.monotonic()
        try:
            await self.finishing.finish(end)
        finally:
            self.metrics.ledger_wrote(time.monotonic() - began)


@dataclass(frozen=True)
class MemoryBook:
    """The book of what is not kept. Of the ledger it asks only what its visitor allows."""

    ledger: Ledger
    unlogged: Unlogged

    async def open_turns(self, *opened: TurnFact) -> None:
        """Hold the turns, if their visitor has not changed the consent that they name meanwhile."""
        for turn in opened:
            conversation = self.unlogged.conversation(turn.conversation_id)
            if conversation is None:
                raise NotFound
            given = await self.ledger.consent_of(conversation.session_id)
            if given is None or given.id != turn.consent_id:
                raise ConsentRequired
        self.unlogged.open_turns(*opened)

    async def finish(self, end: TurnEnd) -> None:
        """Hold how a turn ended."""
        self.unlogged.finish(end)
