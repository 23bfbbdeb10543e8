"""Many works, one commit: who waits for the ledger, and how a group of them is carried out."""

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import LedgerError
from logging_store.chain import Said
from logging_store.linking import Linker
from logging_store.present import Present, straight
from logging_store.telling import start_telling

T = TypeVar("T")
Asked = TypeVar("Asked")

Work = Callable[[AsyncConnection], Awaitable[T]]
Bulk = Callable[[AsyncConnection, Sequence[Asked]], Awaitable[Sequence[T | Exception]]]
"""Work for many who ask for the same. It says what comes of each; what it raises, it raises for all of them."""

_ITS_OWN = {"22", "23", "40"}
"""PostgreSQL's classes of errors: data, integrity, and what two transactions did to each other."""

MOST_AT_ONCE = 64
"""Works in one transaction: their callers wait for all of them, and a vote for those before it too."""


class Job:
    """Work to be done, and who waits for it. With `bulk`, `work` is what one of many asks for."""

    __slots__ = ("bulk", "error", "outcome", "result", "work")

    def __init__(self, work: Any, bulk: Bulk[Any, Any] | None = None) -> None:
        self.work = work
        self.bulk = bulk
        self.outcome: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    async def do(self, connection: AsyncConnection) -> None:
        """Do the work by itself, and keep what comes of it."""
        try:
            doing = self.work(connection) if self.bulk is None else self.bulk(connection, [self.work])
            came = straight(doing) if isinstance(connection, Present) else await doing
        except Exception as error:
            self.keep(error)
        else:
            self.keep(came if self.bulk is None else came[0])

    def keep(self, came: Any) -> None:
        """Keep what came of it."""
        self.result, self.error = (None, came) if isinstance(came, Exception) else (came, None)

    def tell(self) -> None:
        """Tell whoever waits. Called in the event loop."""
        if self.outcome.done():
            return
        if self.error is None:
            self.outcome.set_result(self.result)
        else:
            self.outcome.set_exception(self.error)


class Line:
    """Jobs that wait, the urgent ones first. Any thread may put and take."""

    def __init__(self) -> None:
        self._urgent: deque[Job] = deque()
        self._others: deque[Job] = deque()
        self._was_urgent = False
        self._changed = threading.Condition()
        self._is_closed = False

    def put(self, job: Job, *, urgent: bool = False) -> None:
        """Let a job wait. Raises `LedgerError` after the line is closed: nobody would ever do it."""
        with self._changed:
            if self._is_closed:
                raise LedgerError
            (self._urgent if urgent else self._others).append(job)
            self._changed.notify()

    def close(self) -> None:
        """Take no more jobs. Those that wait are still to be done."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    @property
    def is_empty(self) -> bool:
        """Whether nobody waits."""
        return not (self._urgent or self._others)

    def take(self, most: int) -> list[Job]:
        """Return the next jobs, and wait while there are none. None come any more when the list is empty."""
        with self._changed:
            while self.is_empty and not self._is_closed:
                self._changed.wait()
            return self._next(most)

    def take_now(self, most: int) -> list[Job]:
        """Return the next jobs that there are."""
        with self._changed:
            return self._next(most)

    def _next(self, most: int) -> list[Job]:
        """Urgent jobs need not wait for the work of others in their group; but others get their turn, too."""
        lines = (self._urgent,) if self._urgent and not self._was_urgent else (self._urgent, self._others)
        self._was_urgent = len(lines) == 1
        jobs: list[Job] = []
        for line in lines:
            while line and len(jobs) < most:
                jobs.append(line.popleft())
        return jobs


async def carry_out(connection: AsyncConnection, jobs: Sequence[Job], linker: Linker) -> None:
    """Do the jobs, link what they told, and commit. Raises what is the fault of none of them.

    A job that fails takes nothing of the others with it. Single works come before those that are done in bulk: all of
    them were asked for at the same time, so that nobody can say which was first.
    """
    told = start_telling(connection)
    if len(jobs) == 1:
        await jobs[0].do(connection)
        if jobs[0].error is not None:
            await connection.rollback()
            return
    else:
        await _do_all(connection, told, jobs)
    if told:
        await linker.link(connection, told)
    await connection.commit()


async def _do_all(connection: AsyncConnection, told: list[Said], jobs: Sequence[Job]) -> None:
    bulks: dict[Bulk[Any, Any], list[Job]] = {}
    for job in jobs:
        if job.bulk is None:
            await _do_apart(connection, told, job)
        else:
            bulks.setdefault(job.bulk, []).append(job)
    for bulk, alike in bulks.items():
        await _do_together(connection, told, bulk, alike)


async def _do_apart(connection: AsyncConnection, told: list[Said], job: Job) -> None:
    """Do a job among others: what it wrote is taken back if it fails."""
    before = len(told)
    await connection.exec_driver_sql("SAVEPOINT job")
    await job.do(connection)
    if job.error is not None:
        if not is_its_own(job.error):
            raise job.error
        await connection.exec_driver_sql("ROLLBACK TO SAVEPOINT job")
        del told[before:]
    await connection.exec_driver_sql("RELEASE SAVEPOINT job")


async def _do_together(
    connection: AsyncConnection, told: list[Said], bulk: Bulk[Any, Any], jobs: Sequence[Job]
) -> None:
    """Do jobs at once; if that fails, each half of them for itself, until those are found that can't be done."""
    if len(jobs) == 1:
        return await _do_apart(connection, told, jobs[0])
    before = len(told)
    await connection.exec_driver_sql("SAVEPOINT job")
    try:
        came = await bulk(connection, [job.work for job in jobs])
    except Exception as error:
        if not is_its_own(error):
            raise
        await connection.exec_driver_sql("ROLLBACK TO SAVEPOINT job")
        await connection.exec_driver_sql("RELEASE SAVEPOINT job")
        del told[before:]
        half = len(jobs) // 2
        await _do_together(connection, told, bulk, jobs[:half])
        return await _do_together(connection, told, bulk, jobs[half:])
    await connection.exec_driver_sql("RELEASE SAVEPOINT job")
    for job, its_own in zip(jobs, came, strict=True):
        job.keep(its_own)
    return None


def is_its_own(error: BaseException) -> bool:
    """Whether an error is due to what was asked for, so that other work on the same connection can go on.

    A database that is full, away or locked fails everybody: to let each find out for itself would take for ever.
    """
    if isinstance(error, DBAPIError):
        state: str = getattr(error.orig, "sqlstate", None) or ""
        return isinstance(error, IntegrityError | DataError) or state[:2] in _ITS_OWN
    return not isinstance(error, OSError)


def fail(jobs: Sequence[Job], error: BaseException) -> None:
    """Let jobs end with an error that is the fault of none of them."""
    for job in jobs:
        job.result, job.error = None, error
