"""How long the ledger is waited for, and what is known of whether it answers."""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Generator
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy.exc import DataError, IntegrityError

from arena.errors import LedgerError, Unconfirmed
from logging_store.engine import Database
from logging_store.groups import Bulk, Work

T = TypeVar("T")
Asked = TypeVar("Asked")
logger = logging.getLogger(__name__)

RETRY_SECONDS = 5.0
"""After which trying again makes sense."""


class LedgerWatch:
    """Waits for the ledger, but no longer than `seconds`. Once it has failed nobody waits until it is well again."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.fell = asyncio.Event()
        """Set while the ledger is away."""
        self._open = asyncio.Event()
        self._open.set()
        self._left: set[asyncio.Task[Any]] = set()

    @property
    def is_away(self) -> bool:
        """Whether the ledger is taken to be away."""
        return self.fell.is_set()

    def refuse(self) -> LedgerError:
        """Return what is said while the ledger is away."""
        return LedgerError(retry_after=RETRY_SECONDS)

    def falls(self) -> None:
        """Note that the ledger failed."""
        if not self.is_away:
            logger.warning("The ledger does not answer: what ends now waits on disk")
        self.fell.set()

    def recovers(self) -> None:
        """Note that the ledger is well, and has all that waited."""
        self.fell.clear()

    @contextlib.contextmanager
    def closed(self) -> Generator[None]:
        """Keep whoever is about to write a turn waiting while inside.

        While the last is handed over that waited on disk nothing may come behind it: where many talk there is no moment
        at which nothing waits, and the ledger would be away for ever.
        """
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    async def opened(self) -> None:
        """Wait while it is `closed`."""
        await self._open.wait()

    async def wait(self, work: Coroutine[Any, Any, T], *, is_write: bool) -> T:
        """Return what comes of the work. It goes on also when nobody waits any more: nothing is cut off in the middle.

        Raises `LedgerError`; `Unconfirmed` where something may have been written, or will be.
        """
        task = asyncio.create_task(work)
        self._left.add(task)
        task.add_done_callback(self._is_done)
        until = asyncio.get_running_loop().time() + self.seconds
        try:
            async with asyncio.timeout_at(until):
                return await asyncio.shield(task)
        except TimeoutError:
            self.falls()
            raise self._failure(is_write=is_write) from None
        except asyncio.CancelledError:
            await _until_done(task, until)
            raise
        except LedgerError as error:
            if isinstance(error.__cause__, IntegrityError | DataError):
                raise  # the ledger is well, and does not want this
            self.falls()
            raise self._failure(is_write=is_write) from error

    async def settle(self) -> None:
        """Wait until nothing is on its way to the ledger any more. Raises `LedgerError` when that takes too long."""
        if self._left:
            _, pending = await asyncio.wait(set(self._left), timeout=self.seconds)
            if pending:
                raise self.refuse()

    def _failure(self, *, is_write: bool) -> LedgerError:
        return (Unconfirmed if is_write else LedgerError)(retry_after=RETRY_SECONDS)

    def _is_done(self, task: asyncio.Task[Any]) -> None:
        self._left.discard(task)
        if not task.cancelled():
            task.exception()  # where nobody waits any more it would be logged as a mistake of ours


async def _until_done(task: asyncio.Task[Any], until: float) -> None:
    """Wait for work whose caller was cancelled: locks that it has are given back when it is done."""
    clock = asyncio.get_running_loop()
    while not task.done() and clock.time() < until:
        with contextlib.suppress(asyncio.CancelledError):  # said again and again: the caller passes it on
            await asyncio.wait([task], timeout=until - clock.time())


class PatientDatabase(Database):
    """A database that is waited for as long as the watch says, and not asked at all while it is away."""

    def __init__(self, database: Database, watch: LedgerWatch, *, insists: bool = False) -> None:
        """Make it of another one. `insists`: it is asked also while it is away, to see whether it is back."""
        for each in fields(Database):
            object.__setattr__(self, each.name, getattr(database, each.name))
        self._set("_database", database)
        self._set("_watch", watch)
        self._set("_insists", insists)

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    _database: Database
    _watch: LedgerWatch
    _insists: bool

    async def read(self, work: Work[T]) -> T:
        """Do the work as `Database.read` does."""
        self._check()
        return await self._watch.wait(self._database.read(work), is_write=False)

    async def write(self, work: Work[T], *, urgent: bool = False) -> T:
        """Do the work as `Database.write` does. After `Unconfirmed` it may be carried out later."""
        self._check()
        return await self._watch.wait(self._database.write(work, urgent=urgent), is_write=True)

    async def write_many(self, bulk: Bulk[Asked, T], asked: Asked) -> T:
        """Do what is asked as `Database.write_many` does, like `write`."""
        self._check()
        return await self._watch.wait(self._database.write_many(bulk, asked), is_write=True)

    def _check(self) -> None:
        if self._watch.is_away and not self._insists:
            raise self._watch.refuse()
