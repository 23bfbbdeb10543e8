"""Where turns are opened and finished: in the ledger, unless their visitor wants nothing kept."""

import time
from dataclasses import dataclass
from typing import Protocol

from controller.finishing import Finishing
from controller.metrics import Metrics
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
