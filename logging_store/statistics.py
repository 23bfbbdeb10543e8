"""The ledger in numbers, for whoever looks after it."""

from pathlib import Path
from typing import Any

from sqlalchemy import FromClause, Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.chat import Ending
from arena.session import Scope
from logging_store.engine import Database
from logging_store.ledger import Ledger
from logging_store.queries import row_counts_in
from logging_store.tables import chains, consents, conversations, sessions, tombstones, turns

IMPORTED = "import "
"""What the token hashes of sessions begin with that came from another arena's log: nobody can be them."""


async def numbers_of(ledger: Ledger) -> dict[str, int]:
    """Return what there is how often, as of one moment: rows by table, then what they say, then bytes on disk."""
    async with ledger.database.snapshot() as connection:
        numbers = await row_counts_in(connection)
        numbers |= await _endings(connection)
        numbers |= {name: int((await connection.execute(query)).scalar_one()) for name, query in _QUESTIONS.items()}
        numbers["bytes on disk"] = await _size(ledger.database, connection)
    return numbers


def _count(table: FromClause, *which: Any) -> Select[int]:
    return select(func.count()).select_from(table).where(*which)


_OF_AN_IMPORT = sessions.c.token_hash.startswith(IMPORTED)
_QUESTIONS: dict[str, Select[Any]] = {
    "turns open": _count(turns, turns.c.ending.is_(None)),
    **{f"consents to {scope}": _count(consents, consents.c[scope.value]) for scope in Scope},
    "conversations imported": _count(conversations.join(sessions), _OF_AN_IMPORT),
    "conversations forgotten": _count(tombstones),
    "keys of chains": select(func.count(chains.c.key_mark.distinct())),
}


async def _endings(connection: AsyncConnection) -> dict[str, int]:
    query = select(turns.c.ending, func.count()).where(turns.c.ending.is_not(None)).group_by(turns.c.ending)
    found: dict[Ending | None, int] = {ending: number for ending, number in await connection.execute(query)}  # noqa: C416 (rows are no tuples to a checker)
    return {f"turns {ending}": found.get(ending, 0) for ending in Ending}


async def _size(database: Database, connection: AsyncConnection) -> int:
    if not database.is_sqlite:
        return int((await connection.execute(text("SELECT pg_database_size(current_database())"))).scalar_one())
    file = database.reader.url.database or ""
    return sum(each.stat().st_size for each in (Path(file), Path(f"{file}-wal")) if each.is_file())
