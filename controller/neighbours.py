"""The other controllers on the same ledger: what a dead one left open is declared lost, also if it never comes back."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Set

from arena.errors import LedgerError, SetupError
from logging_store.ledger import Ledger
from logging_store.naming import borrowed, is_certain
from logging_store.wishes import forget_wishes

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""Somebody may be waiting for an answer that nobody writes any more: nothing else can be said there meanwhile."""
SUSPECT_SECONDS = 4.0
"""For so long a name has to be free at every look, where that is no certain sign: a living controller whose connection
broke takes its name again within a second or two."""


LEAST_SECONDS = 0.1
"""However many ask for a look, there are no more than ten in a second."""


class Neighbours:
    """Looks after the names under which turns are open. One that nobody holds for a while is a dead one's."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self._ledger = ledger
        self._name = name
        self._suspects: dict[str, float] = {}
        """Since when a name was free at every look, in monotonic seconds."""
        self._trouble = ""
        self._started = self._finished = 0
        """How many looks."""
        self._looked, self._wanted = asyncio.Event(), asyncio.Event()

    async def look(self, now: float, moment: float) -> dict[str, int]:
        """Look once. Return how many turns were declared lost, by the name of the dead controller.

        `now` is in unix seconds, `moment` in monotonic ones. The name is kept from anybody who starts under it while
        the turns are written off. A look that fails makes everybody who was suspected innocent: whoever could not
        reach the ledger with us has to have the time to come back.
        """
        before, self._suspects = self._suspects, {}
        lost: dict[str, int] = {}
        for name in sorted(await self._ledger.controllers_with_open_turns() - {self._name}):
            async with borrowed(self._ledger.database, name) as is_free:
                if not is_free:
                    continue
                since = before.get(name, moment)
                if is_certain(self._ledger.database) or moment - since >= SUSPECT_SECONDS:
                    lost[name] = await self._ledger.lose_open_turns(name, now)
                    await forget_wishes(self._ledger, name)
                else:
                    self._suspects[name] = since
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

    async def settle(self, names: Set[str]) -> None:
        """Wait until those of these controllers that are dead are written off. The living are let be."""
        needed = self._started + 1
        self._wanted.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SUSPECT_SECONDS + LOOK_SECONDS):
                while self._finished < needed or names & self._suspects.keys():
                    await self._looked.wait()

    async def _watch(self) -> None:
        while True:
            self._started += 1
            self._wanted.clear()
            try:
                for name, number in (await self.look(time.time(), time.monotonic())).items():
                    logger.warning("Turns that the dead controller %s had left open are marked lost: %d", name, number)
                self._trouble = ""
            except LedgerError:
                self._say("The ledger did not say whose turns are open; it is asked again")
            except SetupError as error:  # no file can be opened for the moment
                self._say(f"Whose turns are open cannot be looked after: {error}; it is tried again")
            self._finished = self._started
            looked, self._looked = self._looked, asyncio.Event()
            looked.set()
            await asyncio.sleep(LEAST_SECONDS)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause(time.monotonic())):
                    await self._wanted.wait()

    def _pause(self, moment: float) -> float:
        """Return the seconds until the next look: a suspect is looked at as soon as it may be written off."""
        return min([LOOK_SECONDS, *(since + SUSPECT_SECONDS - moment for since in self._suspects.values())])

    def _say(self, trouble: str) -> None:
        """Say what is wrong, once."""
        if trouble != self._trouble:
            logger.warning("%s", trouble)
            self._trouble = trouble
