"""Copies of a ledger that is in use, and the way back.

SQLite is copied as a file, compact and without what was deleted; PostgreSQL as a dump, which loads into either.
"""

import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL

from arena.errors import LedgerError, SetupError
from logging_store.dumping import dump_ledger, load_ledger
from logging_store.engine import parse_url
from logging_store.ledger import open_ledger
from logging_store.new_file import new_file

_SQLITE_MAGIC = b"SQLite format 3\x00"
_BUSY_SECONDS = 30.0


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


async def restore(source: Path, url: str) -> None:
    """Make a ledger from a copy or a dump, and bring its tables up to date. No ledger may be there."""
    parsed = parse_url(url)
    try:
        with source.open("rb") as stream:
            is_file = stream.read(len(_SQLITE_MAGIC)) == _SQLITE_MAGIC
            stream.seek(0)
            if not is_file:
                async with open_ledger(url) as ledger:
                    await load_ledger(ledger, stream)
                return
    except OSError as error:
        raise SetupError(f"{source} cannot be read: {error.strerror}") from error
    if not _is_sqlite(parsed):
        raise SetupError("this copy is an SQLite file: restore it into a file, then `dump` that and `load` the dump")
    _put(source, Path(parsed.database or ""))
    async with open_ledger(url):
        pass


def _is_sqlite(url: URL) -> bool:
    return url.drivername.startswith("sqlite")


def _copy(file: Path, draft: Path) -> None:
    with _as_ledger_error(file), closing(sqlite3.connect(file, timeout=_BUSY_SECONDS)) as connection:
        connection.execute("VACUUM INTO ?", (str(draft),))
    _check_whole(draft)


def _put(source: Path, target: Path) -> None:
    """Give a copy of the source the target's name."""
    beside = [Path(f"{target}{suffix}") for suffix in ("-wal", "-shm")]
    if any(each.exists() for each in beside):  # SQLite would play it into the restored file
        raise SetupError(f"{beside[0]} is there already: it belongs to another ledger")
    with new_file(target) as draft:
        shutil.copyfile(source, draft)
        _check_whole(draft)


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
