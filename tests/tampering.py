"""Writes into a ledger's database past the ledger, as somebody with the file or the password could."""

import sqlite3
from contextlib import closing

from sqlalchemy import text

from logging_store.engine import open_database, parse_url


async def tamper(url: str, *statements: str) -> None:
    """Do what the database refuses: its foreign keys look away."""
    parsed = parse_url(url)
    if parsed.drivername.startswith("sqlite"):
        with closing(sqlite3.connect(parsed.database or "")) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        return
    async with open_database(parsed) as database, database.writer.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            await connection.execute(text(statement))
