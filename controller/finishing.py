"""How turns end in the ledger: always, also when it cannot be written for a while."""

import asyncio
import contextlib
import logging
from dataclasses import dataclass

from arena.errors import LedgerError
from controller.running import RunningTurns
from logging_store.facts import TurnEnd
from logging_store.ledger import Ledger

logger = logging.getLogger(__name__)


@dataclass
class Finishing:
    """Writes how turns ended. A ledger that fails is asked again, first while the visitor waits, then without."""

    ledger: Ledger
    running: RunningTurns
    attempts: int = 5
    pause_seconds: float = 0.2
    later_seconds: float = 5.0

    async def finish(self, end: TurnEnd) -> None:
        """Write the end of a turn. After some attempts it raises `LedgerError`, and goes on trying by itself."""
        for _ in range(self.attempts - 1):
            if await self._is_written(end):
                return
            await asyncio.sleep(self.pause_seconds)
        try:
            await self.ledger.finish_turn(end)
        except LedgerError:
            self.running.start(self._finish_later(end))
            raise

    async def _finish_later(self, end: TurnEnd) -> None:
        """Try until it is written, a last time when we go down; what is not written then is lost at the next start."""
        is_last = False
        while not is_last:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.later_seconds):
                    is_last = await self.running.closing.wait()
            if await self._is_written(end):
                return
        logger.error("Turn %s could not be finished before going down", end.turn_id)

    async def _is_written(self, end: TurnEnd) -> bool:
        try:
            await self.ledger.finish_turn(end)
        except LedgerError:
            logger.warning("The ledger did not take the end of turn %s; it is tried again", end.turn_id)
            return False
        return True
