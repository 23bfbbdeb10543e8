"""From a URL to a database that one can read from and write to; foreign errors become ours here."""

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncGenerator, Coroutine, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import asyncpg
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from arena.errors import LedgerError, SetupError
from logging_store.clerks import Clerks
from logging_store.groups import Bulk, Job, Work
from logging_store.linking import Linker
from logging_store.scribe import Scribe

T = TypeVar("T")
Asked = TypeVar("Asked")

FOREIGN_ERRORS = (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_BUSY_SECONDS = 30.0
_BUSY_PAUSE_SECONDS = 0.01
_READERS = 4
_LOCK_SECONDS = 5
"""For so long rows that another process changes are waited for, by all whose work is in the same group."""
_SQLITE_ARGUMENTS = {"isolation_level": None, "timeout": _BUSY_SECONDS}
"""isolation_level None: the driver starts no transactions of its own, `_prepare` makes SQLAlchemy's real ones."""
_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
"""`secure_delete`: what is overwritten or deleted becomes zeros, so that little of it outlives its being forgotten."""


class Hands(Protocol):
    """Who does short work on the database."""

    def hand(self, job: Job, *, urgent: bool = False) -> None:
        """Hand a job over: it will be done, whoever waits for it. Raises `LedgerError` after the end."""
        ...

    async def close(self) -> None:
        """Wait until everything is done that was handed over; take nothing more."""
        ...


@dataclass(frozen=True, slots=True)
class Database:
    """Engines on one database, and who writes: one, many small works in one commit, linked in one order.

    SQLite has one writer at a time. Its write engine has one connection, so that our own tasks wait in line for it
    instead of polling a lock; and what is short, reading too, is done by clerks in threads.
    """

    reader: AsyncEngine
    writer: AsyncEngine
    writing: Hands
    reading: Hands | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite."""
        return self.reader.dialect.name == "sqlite"

    async def read(self, work: Work[T]) -> T:
        """Do the work on a connection that is thrown back unchanged. It may wait for nothing but the connection."""
        with as_ledger_error():
            if self.reading is None:
                return await to_its_end(self._read(work))
            return await _handed(self.reading, Job(work))

    async def _read(self, work: Work[T]) -> T:
        async with self.reader.connect() as connection:
            return await work(connection)

    async def write(self, work: Work[T], *, urgent: bool = False) -> T:
        """Do the work in a transaction: committed at the end, rolled back on any error.

        It may wait for nothing but the connection, and may share the transaction with other works; what it tells
        (`telling.tell`) is linked. Urgent work goes before all that waits.
        """
        with as_ledger_error():
            return await _handed(self.writing, Job(work), urgent=urgent)

    async def write_many(self, bulk: Bulk[Asked, T], asked: Asked) -> T:
        """Do what is asked, together with what others ask of the same `bulk` meanwhile: like `write`."""
        with as_ledger_error():
            return await _handed(self.writing, Job(asked, bulk))

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[AsyncConnection]:
        """Lend a connection to which the ledger stands still, for a process that does nothing else."""
        with as_ledger_error():
            async with self.reader.connect() as connection:
                if not self.is_sqlite:  # SQLite's transactions always see one state
                    await connection.execution_options(isolation_level="REPEATABLE READ")
                yield connection


def _handed(hands: Hands, job: Job, *, urgent: bool = False) -> Coroutine[Any, Any, Any]:
    hands.hand(job, urgent=urgent)
    return to_its_end(job.outcome)


async def to_its_end(work: Coroutine[Any, Any, T] | asyncio.Future[T]) -> T:
    """Do the work to its end, also if the caller is cancelled meanwhile; then that is passed on.

    Visitors leave at any moment. A transaction that is cut off in the middle may keep its locks until the driver
    notices, and nobody knows whether it was committed.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):  # said again and again: it is passed on below
                await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # nobody is left to whom it could be told; unread, it would be logged as a mistake of ours
        raise


@contextmanager
def as_ledger_error() -> Generator[None]:
    """Turn the database's errors into `LedgerError`."""
    try:
        yield
    except FOREIGN_ERRORS as error:
        raise LedgerError from error


def is_duplicate(error: IntegrityError) -> bool:
    """Whether a unique key refused the row (and not, say, a foreign key)."""
    reason = error.orig
    return (
        getattr(reason, "sqlite_errorname", "") in {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
        or getattr(reason, "sqlstate", "") == asyncpg.UniqueViolationError.sqlstate
    )


def is_orphan(error: BaseException | None) -> bool:
    """Whether this is how a row was refused because what it belongs to is not there."""
    if not isinstance(error, IntegrityError):
        return False
    reason = error.orig
    return (
        getattr(reason, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_FOREIGNKEY"
        or getattr(reason, "sqlstate", "") == asyncpg.ForeignKeyViolationError.sqlstate
    )


def parse_url(text: str) -> URL:
    """Read a ledger's URL: SQLite in a file, or PostgreSQL. Drivers are filled in."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise SetupError("store.url: this is not a database URL (sqlite:///FILE or postgresql://HOST/NAME)") from error
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise SetupError(
            f"store.url: {url.drivername!r} is not supported; use sqlite:///FILE or postgresql://HOST/NAME"
        )
    if driver.startswith("sqlite") and (not url.database or ":memory:" in url.database):
        raise SetupError("store.url: a ledger in memory would forget; name a file: sqlite:///FILE")
    return url.set(drivername=driver)


@asynccontextmanager
async def open_database(url: URL, linker: Linker | None = None) -> AsyncGenerator[Database]:
    """Open the engines, and close them at the end. Connections are made when they are needed.

    `linker` links what is told; without one, links have no key.
    """
    linker = linker or Linker(b"", "")
    database = _sqlite(url, linker) if url.drivername.startswith("sqlite") else _postgresql(url, linker)
    try:
        yield database
    finally:
        for hands in (database.reading, database.writing):
            if hands is not None:
                await hands.close()
        await database.reader.dispose()
        await database.writer.dispose()


def _postgresql(url: URL, linker: Linker) -> Database:
    engine = _postgresql_engine(url, 10)
    writer = _postgresql_engine(url, 1)
    event.listen(writer.sync_engine, "connect", _be_patient)
    return Database(engine, engine, Scribe(writer, linker))


def _be_patient(connection: Any, _record: object) -> None:
    """Said at once, and not while connecting: poolers refuse settings there that they do not know."""
    cursor = connection.cursor()
    cursor.execute(f"SET lock_timeout = '{_LOCK_SECONDS}s'")
    cursor.close()
    connection.commit()


def _postgresql_engine(url: URL, connections: int) -> AsyncEngine:
    return create_async_engine(
        url,
        hide_parameters=True,  # they hold what people said
        pool_pre_ping=True,
        pool_size=connections,
        max_overflow=connections,
        connect_args={"timeout": 10, "command_timeout": 60},
    )


def _sqlite(url: URL, linker: Linker) -> Database:
    if url.database and not url.database.startswith("file:"):
        _make_private_file(Path(url.database))
    reader, writer = _sqlite_engine(url, "BEGIN", 4), _sqlite_engine(url, "BEGIN IMMEDIATE", 1)
    return Database(
        reader,
        writer,
        Clerks(_sqlite_connections(url, "BEGIN IMMEDIATE"), writer, 1, linker),
        Clerks(_sqlite_connections(url, "BEGIN"), reader, _READERS),
    )


def _make_private_file(path: Path) -> None:
    """Make the file readable for its owner alone; SQLite gives the files beside it the same mode."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise SetupError(f"store.url: cannot write {path}: {error.strerror}") from error


def _sqlite_engine(url: URL, begin: str, connections: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_BUSY_SECONDS,
        connect_args=_SQLITE_ARGUMENTS,
    )
    _prepare(engine.sync_engine, begin)
    return engine


def _sqlite_connections(url: URL, begin: str) -> Engine:
    """Return an engine for threads that keep what they connect."""
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        hide_parameters=True,
        poolclass=NullPool,
        connect_args=_SQLITE_ARGUMENTS,
    )
    _prepare(engine, begin)
    return engine


def write_ahead(cursor: Any) -> None:
    """Turn the write-ahead log on. While another process does so, SQLite refuses at once, however patient we are."""
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            time.sleep(_BUSY_PAUSE_SECONDS)
        else:
            return


def _prepare(engine: Engine, begin: str) -> None:
    def on_connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        write_ahead(cursor)
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
