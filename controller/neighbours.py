"""The other controllers on the same ledger: what a dead one left open is declared lost, also if it never comes back."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator

from arena.errors import LedgerError, SetupError
from logging_store.ledger import Ledger
from logging_store.naming import borrowed

logger = logging.getLogger(__name__)

LOOK_SECONDS = 30.0


class Neighbours:
    """Looks after the names under which turns are open. One that nobody holds at two looks in a row is a dead one's."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self._ledger = ledger
        self._name = name
        self._suspects: frozenset[str] = frozenset()

    async def look(self, now: float) -> dict[str, int]:
        """Look once. Return how many turns were declared lost, by the name of the dead controller. `now` is unix time.

        A living controller may lose its name for a moment, with its connection to the database: it takes it again
        before the second look. The name is kept from anybody who starts under it while the turns are written off.
        """
        free: set[str] = set()
        lost: dict[str, int] = {}
        for name in sorted(await self._ledger.controllers_with_open_turns() - {self._name}):
            async with borrowed(self._ledger.database, name) as is_dead:
                if is_dead and name in self._suspects:
                    lost[name] = await self._ledger.lose_open_turns(name, now)
                elif is_dead:
                    free.add(name)
        self._suspects = frozenset(free)
        return lost

    @contextlib.asynccontextmanager
    async def watched(self) -> AsyncGenerator[None]:
        """Look now and then while inside."""
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            try:
                for name, number in (await self.look(time.time())).items():
                    logger.warning("Turns that the dead controller %s had left open are marked lost: %d", name, number)
            except LedgerError:
                logger.warning("The ledger did not say whose turns are open; it is asked again")
            except SetupError as error:  # no file can be opened for the moment
                logger.warning("Whose turns are open cannot be looked after: %s; it is tried again", error)
            await asyncio.sleep(LOOK_SECONDS)
