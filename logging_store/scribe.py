"""The one who writes to PostgreSQL: what comes together is committed once, and linked in one order."""

import asyncio
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from logging_store.groups import MOST_AT_ONCE, Job, Line, carry_out, fail, is_its_own
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
                await self._work()
        finally:
            self._task = None

    async def _work(self) -> None:
        """Do what waits, group after group. One connection does for all: to take it means to try whether it is alive.

        Which jobs are in a group is decided when the connection is free for them.
        """
        jobs: list[Job] = []
        try:
            async with self._engine.connect() as connection:
                while jobs := self._line.take_now(MOST_AT_ONCE):
                    await carry_out(connection, jobs, self._linker)
                    _tell(jobs)
                    if any(job.error is not None and not is_its_own(job.error) for job in jobs):
                        return  # nobody knows whether it is alive
        except BaseException as error:
            self._linker.let_go()
            jobs = jobs or self._line.take_now(MOST_AT_ONCE)
            fail(jobs, error)
            _tell(jobs)
            if not isinstance(error, Exception):
                raise


def _tell(jobs: Sequence[Job]) -> None:
    for job in jobs:
        job.tell()
