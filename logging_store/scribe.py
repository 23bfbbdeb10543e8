"""The one who writes to PostgreSQL: what comes together is committed once, and linked in one order."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from logging_store.groups import MOST_AT_ONCE, Job, Line, carry_out, fail
from logging_store.linking import Linker


class Scribe:
    """A task that is there while jobs wait. `engine` is its own: nobody else may hold its connection.

    A job that fails takes nothing of the others with it, and nobody is told of an end before the commit.
    """

    def __init__(self, engine: AsyncEngine, linker: Linker) -> None:
        self._engine = engine
        self._linker = linker
        self._line = Line()
        self._task: asyncio.Task[None] | None = None

    def hand(self, job: Job, *, urgent: bool = False) -> None:
        """Hand a job over: it will be done, whoever waits for it. Raises `LedgerError` after the end."""
        self._line.put(job, urgent=urgent)
        if self._task is None:
            self._task = asyncio.create_task(self._serve())

    async def close(self) -> None:
        """Wait until everything is done that was handed over; take nothing more."""
        self._line.close()
        if self._task is not None:
            await self._task
        await self._engine.dispose()

    async def _serve(self) -> None:
        try:
            while not self._line.is_empty:
                await self._do()
        finally:
            self._task = None

    async def _do(self) -> None:
        """Do jobs in one transaction. Which they are is decided when the connection is there."""
        jobs: list[Job] = []
        try:
            async with self._engine.connect() as connection:
                jobs = self._line.take_now(MOST_AT_ONCE)
                await carry_out(connection, jobs, self._linker)
        except BaseException as error:
            self._linker.let_go()
            jobs = jobs or self._line.take_now(MOST_AT_ONCE)
            fail(jobs, error)
            if not isinstance(error, Exception):
                raise
        finally:
            for job in jobs:
                job.tell()
