"""Clears what a database's own files still hold of what was forgotten.

Zeroing what is deleted is not enough: SQLite leaves bytes in the gaps of pages that it rebuilt, PostgreSQL whole rows.
"""

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from logging_store.engine import as_ledger_error
from logging_store.erasing import UNSWEPT
from logging_store.ledger import Ledger
from logging_store.tables import (
    battles,
    consents,
    conversations,
    deletion_codes,
    links,
    marks,
    reactions,
    release_choices,
    sessions,
    turns,
    votes,
)

WAIT_SECONDS = 3.0
"""The longest that a sweep waits until it can begin."""
WORK_SECONDS = 8.0
"""The longest that writers wait for a sweep of a ledger in use: below the time after which one is treated as away."""
TOUCHED = (
    turns,
    sessions,
    consents,
    deletion_codes,
    conversations,
    battles,
    votes,
    reactions,
    release_choices,
    links,
)
"""What forgetting changes."""

_TIDY_WAIT_SECONDS = 0.2
_DAY = 86_400.0
_AT_ONCE = 500
_STEPS = 1000
"""Of SQLite's machine, after which it is asked whether it has worked for too long."""
_LOOK_SECONDS = 0.05
_SEES_THE_PAST = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND (datname = current_database() OR datname IS NULL)
        AND greatest(age(backend_xmin), age(backend_xid)) > age($1::text::xid)
) OR EXISTS (
    SELECT FROM pg_prepared_xacts WHERE database = current_database() AND age(transaction) > age($1::text::xid)
) OR EXISTS (SELECT FROM pg_replication_slots WHERE age(xmin) > age($1::text::xid))
"""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep came to."""

    is_clean: bool
    """The files are written anew, without traces of what was forgotten."""
    said: str


async def sweep(
    ledger: Ledger, *, wait_seconds: float = WAIT_SECONDS, work_seconds: float | None = WORK_SECONDS
) -> Swept:
    """Let the database write its files anew. While it does, writers wait; it takes as long as copying the ledger.

    It gives up where others keep the ledger busy for longer than `wait_seconds`, and where it would keep them waiting
    for longer than `work_seconds` (None: it takes its time). What it has done until then is no harm.
    """
    unswept = await ledger.database.read(unswept_in)
    if ledger.database.is_sqlite:
        swept = await asyncio.to_thread(_rewrite_file, _file(ledger), wait_seconds, work_seconds)
    else:
        swept = await _rewrite_tables(ledger, wait_seconds, work_seconds)
    if swept.is_clean and unswept:
        await ledger.database.write(lambda connection: _unmark_in(connection, unswept))
    return swept


async def tidy(ledger: Ledger) -> bool:
    """Clear what can be cleared at once, beside a busy arena: SQLite's log, PostgreSQL's dead rows. Nobody waits.

    Bytes that no row uses may stay until `sweep`. Return whether it could be done.
    """
    if ledger.database.is_sqlite:
        return await asyncio.to_thread(_empty_log, _file(ledger))
    with as_ledger_error():
        async with ledger.database.writer.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await driver.execute(f"VACUUM (SKIP_LOCKED) {_listed()}", timeout=_DAY)
    return True


async def unswept_in(connection: AsyncConnection) -> list[str]:
    """Return the marks of what was forgotten and is not swept away yet."""
    query = select(marks.c.name).where(marks.c.name.startswith(UNSWEPT)).order_by(marks.c.name)
    return list((await connection.execute(query)).scalars())


async def _unmark_in(connection: AsyncConnection, unswept: Sequence[str]) -> None:
    for at in range(0, len(unswept), _AT_ONCE):
        await connection.execute(marks.delete().where(marks.c.name.in_(unswept[at : at + _AT_ONCE])))


def _file(ledger: Ledger) -> Path:
    return Path(ledger.database.writer.url.database or "")


def _rewrite_file(file: Path, wait_seconds: float, work_seconds: float | None) -> Swept:
    with closing(sqlite3.connect(file, timeout=wait_seconds, isolation_level=None)) as connection:
        if work_seconds is not None:
            until = time.monotonic() + work_seconds
            # Asked while it works. To be interrupted by a timer it would have to have begun.
            connection.set_progress_handler(lambda: time.monotonic() >= until, _STEPS)
        try:
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("VACUUM")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                return Swept(
                    False, f"writing the file anew takes longer than {work_seconds:g} seconds: it is as it was"
                )
            return Swept(False, f"the file could not be written anew: {error}")
        finally:
            connection.set_progress_handler(None, 0)
        if not _checkpoint(connection):
            return Swept(False, "the file is written anew, but others read the log beside it: it is still there")
    return Swept(True, "the database's files are written anew")


def _empty_log(file: Path) -> bool:
    with closing(sqlite3.connect(file, timeout=_TIDY_WAIT_SECONDS, isolation_level=None)) as connection:
        try:
            return _checkpoint(connection)
        except sqlite3.OperationalError:  # busy: it stays for the next time
            return False


def _checkpoint(connection: sqlite3.Connection) -> bool:
    is_busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not is_busy


async def _rewrite_tables(ledger: Ledger, wait_seconds: float, work_seconds: float | None) -> Swept:
    with as_ledger_error():
        async with ledger.database.writer.connect() as connection:
            # SQLAlchemy would begin a transaction, and its time limit is one for small questions
            driver: Any = (await connection.get_raw_connection()).driver_connection
            try:
                await driver.execute(f"SET lock_timeout = {int(wait_seconds * 1000)}")
                if not await _is_past(driver, wait_seconds):
                    return Swept(False, "others read the ledger as it was before; once they are done it can be swept")
                in_use = [each.name for each in TOUCHED if not await _rewrite_table(driver, each.name, work_seconds)]
                if in_use:
                    await driver.execute(f"VACUUM {', '.join(in_use)}", timeout=_DAY)
                is_on_disk = await _write_out(driver)
            finally:
                await driver.execute("RESET lock_timeout")
    if in_use:
        return Swept(False, f"in use, so only their dead rows are removed (plain VACUUM): {', '.join(in_use)}")
    log = "" if is_on_disk else "; its log could not be written out (the role is not in pg_checkpoint)"
    return Swept(True, f"the tables are written anew (VACUUM FULL){log}")


async def _is_past(driver: Any, wait_seconds: float) -> bool:
    """Wait until nobody can see any more what was deleted: VACUUM keeps it for whoever can, a backup under way say."""
    now = await driver.fetchval("SELECT xid(pg_current_xact_id())::text")
    until = time.monotonic() + wait_seconds
    while await driver.fetchval(_SEES_THE_PAST, now):
        if time.monotonic() >= until:
            return False
        await asyncio.sleep(_LOOK_SECONDS)
    return True


async def _rewrite_table(driver: Any, table: str, work_seconds: float | None) -> bool:
    try:
        await driver.execute(f"SET statement_timeout = {int((work_seconds or 0) * 1000)}")
        await driver.execute(f"VACUUM (FULL) {table}", timeout=_DAY)
    except (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError):
        return False
    else:
        return True
    finally:
        await driver.execute("RESET statement_timeout")


async def _write_out(driver: Any) -> bool:
    """Have the files on disk say what the tables say, and the log's older parts let go."""
    try:
        await driver.execute("SELECT pg_switch_wal()", timeout=_DAY)
        await driver.execute("CHECKPOINT", timeout=_DAY)
    except asyncpg.InsufficientPrivilegeError:
        return False
    return True


def _listed() -> str:
    return ", ".join(each.name for each in TOUCHED)
