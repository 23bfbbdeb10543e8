"""Threads that work on a file of SQLite's, so that a transaction costs one visit to a thread, however much it asks.

An asynchronous driver makes such a visit for every statement and every cursor: most of what a small transaction costs.
"""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from arena.errors import LedgerError
from logging_store.telling import start_telling

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]

MOST_AT_ONCE = 100
"""Works in one transaction: their callers wait for all of them."""


class Present(AsyncConnection):
    """A connection whose answers are there at once: work that was written for any connection runs straight through."""

    async def execute(  # pyright: ignore[reportIncompatibleMethodOverride] (its overloads tell kinds of rows apart)
        self, statement: Executable, parameters: Any = None, *, execution_options: Any = None
    ) -> CursorResult[Any]:
        """Execute a statement."""
        assert self.sync_connection is not None  # noqa: S101 (it was made with one)
        return self.sync_connection.execute(statement, parameters, execution_options=execution_options)

    async def run_sync(self, fn: Callable[..., T], *arg: Any, **kw: Any) -> T:
        """Call a function that wants a plain connection."""
        return fn(self.sync_connection, *arg, **kw)


class _Job:
    """Work to be done, and who waits for it."""

    __slots__ = ("error", "outcome", "result", "work")

    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.outcome: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    def do(self, connection: AsyncConnection) -> None:
        """Do the work, and keep what comes of it."""
        self.result, self.error = None, None
        try:
            next(self.work(connection).__await__())
        except StopIteration as end:
            self.result = end.value
        except BaseException as error:
            self.error = error
        else:
            self.error = RuntimeError("work on the ledger may wait for nothing but its connection")

    def tell(self) -> None:
        """Tell whoever waits. Called in the event loop."""
        if self.outcome.done():
            return
        if self.error is None:
            self.outcome.set_result(self.result)
        else:
            self.outcome.set_exception(self.error)


class Clerks:
    """Threads with a connection each, and the jobs that wait for them.

    `engine` makes plain connections to the database that `named` is for. Those who only read do one job after the
    other. With `commits` there is one of them, who does together what came together: many jobs, one commit. A job that
    fails takes nothing of the others with it, and nobody is told of an end before the commit.
    """

    def __init__(self, engine: Engine, named: AsyncEngine, number: int, *, commits: bool) -> None:
        self._engine = engine
        self._named = named
        self._commits = commits
        self._is_closed = False
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._serve, name="ledger", daemon=True) for _ in range(number)]
        for thread in self._threads:
            thread.start()

    def hand(self, work: Work[T]) -> asyncio.Future[T]:
        """Hand work over: it will be done, whoever waits for it. What it raises is raised where its end is awaited.

        Raises `LedgerError` after the end: nobody would ever do it.
        """
        if self._is_closed:
            raise LedgerError
        job = _Job(work)
        self._jobs.put(job)
        return job.outcome

    async def close(self) -> None:
        """Wait until everything is done that was handed over; take nothing more."""
        self._is_closed = True
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def _serve(self) -> None:
        with contextlib.ExitStack() as stack:
            connection: Connection | None = None
            while (job := self._jobs.get()) is not None:
                jobs = self._with_those_who_wait(job) if self._commits else [job]
                try:
                    connection = connection or stack.enter_context(self._engine.connect())
                    self._do(connection, jobs)
                except BaseException as error:
                    stack.close()
                    connection = None
                    for each in jobs:
                        each.error = error
                _tell(jobs)

    def _with_those_who_wait(self, first: _Job) -> list[_Job]:
        jobs = [first]
        with contextlib.suppress(Empty):
            while len(jobs) < MOST_AT_ONCE:
                job = self._jobs.get_nowait()
                if job is None:  # the sign to go home: for later
                    self._jobs.put(None)
                    break
                jobs.append(job)
        return jobs

    def _do(self, connection: Connection, jobs: Sequence[_Job]) -> None:
        """Do jobs in one transaction. Raises what is the fault of none of them."""
        present = Present(self._named, connection)
        with connection.begin() as transaction:
            start_telling(present)
            if len(jobs) == 1:
                jobs[0].do(present)
            else:
                for job in jobs:
                    _do_apart(connection, present, job)
            if not self._commits or (len(jobs) == 1 and jobs[0].error is not None):
                transaction.rollback()


def _do_apart(connection: Connection, present: Present, job: _Job) -> None:
    """Do a job among others: what it wrote is taken back if it fails."""
    connection.exec_driver_sql("SAVEPOINT job")
    job.do(present)
    if job.error is not None:
        connection.exec_driver_sql("ROLLBACK TO job")
    connection.exec_driver_sql("RELEASE job")


def _tell(jobs: Sequence[_Job]) -> None:
    """Tell everybody in one visit to the event loop; a loop that has ended has nobody left who waits."""

    def tell_all() -> None:
        for job in jobs:
            job.tell()

    with contextlib.suppress(RuntimeError):
        jobs[0].outcome.get_loop().call_soon_threadsafe(tell_all)
