"""Real faults for real ledgers."""

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import asyncpg

TABLES = "sessions, consents, battles, conversations, turns, votes, links, chains"


def file_of(url: str) -> Path:
    """Return the file of an SQLite ledger."""
    return Path(url.removeprefix("sqlite:///"))


@asynccontextmanager
async def blocked(url: str) -> AsyncGenerator[None]:
    """Let nobody else write while inside: writes hang, and go on afterwards. Readers are not disturbed."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(file_of(url), isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.rollback()
        return
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {TABLES} IN EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()
