"""Real faults for real ledgers."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, closing, contextmanager
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


LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""
"""A program that locks an SQLite ledger until its input ends."""


@contextmanager
def server_refuses(url: str) -> Generator[None]:
    """Let a PostgreSQL server take no writes while inside, as one does that another has taken the place of."""
    asyncio.run(_say(url, "ALTER SYSTEM SET default_transaction_read_only = on"))
    try:
        yield
    finally:
        asyncio.run(_say(url, "ALTER SYSTEM RESET default_transaction_read_only"))


async def _say(url: str, command: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET default_transaction_read_only = off")
        await connection.execute(command)
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


@contextmanager
def another_process_locks(file: Path) -> Generator[None]:
    """Let another process hold an exclusive lock on an SQLite ledger while inside."""
    command = [sys.executable, "-c", LOCK, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        try:
            yield
        finally:
            process.communicate("")
