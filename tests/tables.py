"""Whole ledgers: fresh ones by the dozen, and their tables, to compare them by."""

import asyncio
import functools
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import select

from logging_store.ledger import Ledger, open_ledger
from logging_store.tables import metadata


async def all_rows(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, in the order of the keys."""
    async with ledger.database.snapshot() as connection:
        return {
            name: [tuple(row) for row in await connection.execute(select(table).order_by(*table.primary_key))]
            for name, table in metadata.tables.items()
        }


def a_copy_of_an_empty_ledger(folder: Path) -> str:
    """Make an empty SQLite ledger, quicker than by its migrations, and return its URL."""
    return an_empty_ledger(Path(tempfile.mkdtemp(dir=folder)) / "ledger.sqlite3")


def an_empty_ledger(file: Path) -> str:
    """Make an empty SQLite ledger in this file, and return its URL."""
    file.touch(mode=0o600)
    file.write_bytes(_empty())
    return f"sqlite:///{file}"


@functools.cache
def _empty() -> bytes:
    async def make(file: Path) -> None:
        async with open_ledger(f"sqlite:///{file}"):
            pass

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.sqlite3"
        asyncio.run(make(file))
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return file.read_bytes()
