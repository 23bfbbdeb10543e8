"""Threads that work on a file of SQLite's, so that a transaction costs one visit to a thread, however much it asks.

An asynchronous driver makes such a visit for every statement and every cursor: most of what a small transaction costs.
"""

import asyncio
import contextlib
import threading
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from arena.errors import LedgerError
from logging_store.groups import MOST_AT_ONCE, Job, Line, carry_out, fail
from logging_store.linking import Linker
from logging_store.present import Present, straight


class Clerks:
    """Threads with a connection each, and the jobs that wait for them.

    `engine` makes plain connections to the database that `named` is for. Those who only read do one job after the
    other. With a `linker` there is one of them, who does together what came together: many jobs, one commit. A job
    that fails takes nothing of the others with it, and nobody is told of an end before the commit.
    """

    def __init__(self, engine: Engine, named: AsyncEngine, number: int, linker: Linker | None = None) -> None:
        self._engine = engine
        self._named = named
        self._linker = linker
        self._line = Line()
        self._threads = [threading.Thread(target=self._serve, name="ledger", daemon=True) for _ in range(number)]
        for thread in self._threads:
            thread.start()

    def hand(self, job: Job, *, urgent: bool = False) -> None:
        """Hand a job over: it will be done, whoever waits for it. Raises `LedgerError` after the end."""
        self._line.put(job, urgent=urgent)

    async def close(self) -> None:
        """Wait until everything is done that was handed over; take nothing more."""
        self._line.close()
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def _serve(self) -> None:
        most = 1 if self._linker is None else MOST_AT_ONCE
        with contextlib.ExitStack() as stack:
            connection: Connection | None = None
            file: tuple[int, int] | None = None
            while jobs := self._line.take(most):
                try:
                    if connection is None:
                        file = self._file()
                        connection = stack.enter_context(self._engine.connect())
                    self._do(Present(self._named, connection), jobs)
                    if self._file() != file:
                        raise LedgerError("the ledger's file was replaced, and this was done to the old one")
                except BaseException as error:
                    stack.close()
                    connection = None
                    if self._linker is not None:
                        self._linker.let_go()
                    fail(jobs, error)
                _tell(jobs)

    def _file(self) -> tuple[int, int] | None:
        """Return which file now has the ledger's name: a connection goes on with the one that it has opened."""
        name = self._engine.url.database or ""
        if name.startswith("file:"):
            return None
        found = Path(name).stat()
        return found.st_dev, found.st_ino

    def _do(self, connection: Present, jobs: Sequence[Job]) -> None:
        """Do jobs in one transaction. Raises what is the fault of none of them."""
        if self._linker is not None:
            straight(carry_out(connection, jobs, self._linker))
            return
        for job in jobs:
            straight(job.do(connection))
            straight(connection.rollback())


def _tell(jobs: Sequence[Job]) -> None:
    """Tell everybody in one visit to the event loop; a loop that has ended has nobody left who waits."""

    def tell_all() -> None:
        for job in jobs:
            job.tell()

    with contextlib.suppress(RuntimeError):
        jobs[0].outcome.get_loop().call_soon_threadsafe(tell_all)
