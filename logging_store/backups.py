"""Copies of a ledger that is in use, and the way back.

SQLite is copied as a file, compact and without what was deleted; PostgreSQL as a dump, which loads into either.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import LedgerError, SetupError
from logging_store.burying import Applied, apply_in
from logging_store.dumping import Counted, dump_ledger, load_ledger
from logging_store.engine import parse_url
from logging_store.ledger import Ledger, open_ledger
from logging_store.new_file import new_file
from logging_store.sweeping import Swept, sweep

_SQLITE_MAGIC = b"SQLite format 3\x00"
_BUSY_SECONDS = 30.0
_WRITER = "restore"


async def back_up(url: str, out: Path) -> None:
    """Write a copy as of one moment into a new file. The ledger goes on meanwhile."""
    parsed = parse_url(url)
    with new_file(out) as draft:
        if _is_sqlite(parsed):
            _copy(Path(parsed.database or ""), draft)
        else:
            with draft.open("wb") as lines:
                async with open_ledger(url) as ledger:
                    await dump_ledger(ledger, lines)


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a restore."""

    applied: Applied
    """What the backup still held of what was forgotten since, and the ledger does not."""
    swept: Swept
    rows: Mapping[str, int] = field(default_factory=dict[str, int])
    """What a dump held, by table."""


async def restore(source: Path, url: str, *, tombstones: Sequence[Path] = (), key: bytes = b"") -> Restored:
    """Make a ledger from a copy or a dump, its tables up to date, without what the files `tombstones` say is forgotten.

    No ledger may be there, and nobody sees one before it is whole: a file gets its name, and PostgreSQL its commit,
    when all is done. `key` is the arena's chain key.
    """
    parsed = parse_url(url)
    try:
        with source.open("rb") as stream:
            is_file = stream.read(len(_SQLITE_MAGIC)) == _SQLITE_MAGIC
            stream.seek(0)
            if not _is_sqlite(parsed):
                if is_file:
                    raise SetupError(
                        "this copy is an SQLite file: restore it into a file, then `dump` that and `load` the dump"
                    )
                return await load(stream, url, tombstones=tombstones, key=key)
            with _draft_of(Path(parsed.database or "")) as draft:
                if not is_file:
                    return await load(stream, f"sqlite:///{draft}", tombstones=tombstones, key=key)
                shutil.copyfile(source, draft)
                _check_whole(draft)
                async with open_ledger(f"sqlite:///{draft}", key=key, writer=_WRITER) as ledger:
                    applied = await ledger.database.write(lambda connection: apply_in(connection, tombstones))
                    return Restored(applied, await _swept(ledger, applied))
    except OSError as error:
        raise SetupError(f"{source} cannot be read: {error.strerror}") from error


async def load(
    lines: Iterable[bytes],
    url: str,
    counted: Counted = lambda _: None,
    *,
    tombstones: Sequence[Path] = (),
    key: bytes = b"",
) -> Restored:
    """Write a dump into an empty ledger, without what was forgotten since: all of it in one transaction, or nothing."""
    found: list[Applied] = []

    async def bury(connection: AsyncConnection) -> None:
        found.append(await apply_in(connection, tombstones))

    async with open_ledger(url, key=key, writer=_WRITER) as ledger:
        rows = await load_ledger(ledger, lines, counted, before_commit=bury)
        return Restored(found[-1], await _swept(ledger, found[-1]), rows)


async def _swept(ledger: Ledger, applied: Applied) -> Swept:
    """Clear the files of what was taken out again. A copy that held nothing of it needs no second writing."""
    return Swept(True, "") if applied.is_nothing else await sweep(ledger, work_seconds=None)


def _is_sqlite(url: URL) -> bool:
    return url.drivername.startswith("sqlite")


def _copy(file: Path, draft: Path) -> None:
    with _as_ledger_error(file), closing(sqlite3.connect(file, timeout=_BUSY_SECONDS)) as connection:
        connection.execute("VACUUM INTO ?", (str(draft),))
    _check_whole(draft)


@contextmanager
def _draft_of(target: Path) -> Generator[Path]:
    """Lend a file to make a ledger in. It gets its name at the end, if all went well.

    What an earlier attempt left is cleared away: it may hold what was forgotten.
    """
    beside = [Path(f"{target}{suffix}") for suffix in ("-wal", "-shm")]
    if any(each.exists() for each in beside):  # SQLite would play it into the restored file
        raise SetupError(f"{beside[0]} is there already: it belongs to another ledger")
    if target.exists():
        raise SetupError(f"{target} is there already")
    draft = target.with_name(f".{target.name}.restoring")
    target.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SetupError(f"another restore into {target} is running") from error
        try:
            held.truncate()
            _clear(*_beside(draft))
            yield draft
            _empty_log(draft)
            os.fsync(held.fileno())
            os.link(draft, target)  # unlike a rename, this refuses when a file came meanwhile
        finally:
            _clear(draft, *_beside(draft))


def _empty_log(file: Path) -> None:
    """Have everything stand in the file itself: only that gets the ledger's name."""
    with _as_ledger_error(file), closing(sqlite3.connect(file)) as connection:
        is_busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:
        raise LedgerError(f"{file} is in use by another process")


def _beside(file: Path) -> list[Path]:
    return [Path(f"{file}{suffix}") for suffix in ("-wal", "-shm", "-journal")]


def _clear(*files: Path) -> None:
    for each in files:
        each.unlink(missing_ok=True)


def _check_whole(file: Path) -> None:
    with _as_ledger_error(file), closing(sqlite3.connect(file)) as connection:
        problem = connection.execute("PRAGMA quick_check(1)").fetchone()
        tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'turns'").fetchone()
    if problem != ("ok",):
        raise LedgerError(f"{file} is damaged: {problem[0]}")
    if tables != (1,):
        raise SetupError(f"{file} holds no ledger")


@contextmanager
def _as_ledger_error(file: Path) -> Generator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise LedgerError(f"{file} cannot be copied: {error}") from error
