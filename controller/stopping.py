"""Stops answers wherever they are written: here, or by another controller on the same ledger."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping
from dataclasses import dataclass

from arena.errors import LedgerError
from controller.neighbours import Neighbours
from controller.running import STOP_PATIENCE_SECONDS, RunningTurns
from logging_store.facts import TurnFact
from logging_store.ledger import Ledger
from logging_store.wishes import hear_wishes, still_open, wish_stopped, writers_of

HEAR_SECONDS = 0.5
"""How often it is asked what others want stopped, while anything runs."""
LOOK_SECONDS = 0.1


@dataclass
class Stopping:
    """Stops what runs here, and has stopped what runs elsewhere. `name` is this controller's."""

    ledger: Ledger
    running: RunningTurns
    neighbours: Neighbours
    name: str

    def is_elsewhere(self, turns: Iterable[TurnFact]) -> bool:
        """Whether another controller has one of these turns open."""
        return bool(self._elsewhere(_writers(turns)))

    async def has_waited(self, turns: Iterable[TurnFact]) -> bool:
        """Wait until none of these turns is open that a dead controller has left so; whether there was any elsewhere.

        Then they have to be read again.
        """
        writers = self._elsewhere(_writers(turns))
        if writers:
            await self.neighbours.settle(set(writers.values()))
        return bool(writers)

    async def stop(self, key: str, turns: Iterable[TurnFact]) -> None:
        """Stop what runs in a conversation or battle, of which these are the turns; wait until the ledger knows."""
        await self.running.stop(key)
        await self._stop_elsewhere(_writers(turns))

    async def stop_session(self, session_id: str) -> None:
        """Stop every running turn of a session; wait until the ledger knows."""
        await self.running.stop_session(session_id)
        await self._stop_elsewhere(await writers_of(self.ledger, session_id))

    def _elsewhere(self, writers: Mapping[str, str]) -> dict[str, str]:
        return {turn: writer for turn, writer in writers.items() if writer != self.name}

    async def _stop_elsewhere(self, writers: Mapping[str, str]) -> None:
        elsewhere = self._elsewhere(writers)
        if not elsewhere:
            return
        await wish_stopped(self.ledger, elsewhere, time.time())
        with contextlib.suppress(TimeoutError):  # who is dead hears nothing, and is written off in a moment
            async with asyncio.timeout(HEAR_SECONDS + STOP_PATIENCE_SECONDS):
                await self._until_ended(elsewhere)

    async def _until_ended(self, turn_ids: Collection[str]) -> None:
        while turn_ids := await still_open(self.ledger, turn_ids):  # noqa: ASYNC110 (the event is in another process)
            await asyncio.sleep(LOOK_SECONDS)

    @contextlib.asynccontextmanager
    async def heeded(self) -> AsyncGenerator[None]:
        """Do what others wish while inside."""
        task = asyncio.create_task(self._heed())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _heed(self) -> None:
        while True:
            await self.running.busy.wait()
            with contextlib.suppress(LedgerError):  # while it is away nobody can wish anything
                self.running.cancel(await hear_wishes(self.ledger, self.name))
            await asyncio.sleep(HEAR_SECONDS)


def _writers(turns: Iterable[TurnFact]) -> dict[str, str]:
    """Return by turn who writes it, as long as it is open."""
    return {turn.id: turn.controller for turn in turns if turn.ending is None}
