"""A check of a whole ledger: its file, its records, its chains."""

from collections.abc import AsyncGenerator

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import LedgerError
from logging_store.chain_checking import Moved, chain_faults, linked_since, mark_faults, unlinked, unseen
from logging_store.engine import Database, open_database, parse_url
from logging_store.fault import Fault
from logging_store.ledger import open_ledger
from logging_store.record_rules import rules


async def faults(url: str, now: float, key: bytes = b"", moved: Moved = unseen) -> AsyncGenerator[Fault]:
    """Yield every faulty record of the ledger as of one moment. Close it with `contextlib.aclosing`.

    `key` is the arena's chain key; `moved` is told how far the chains are checked. If the database finds its own file
    damaged, that is all that is yielded: no answer could be believed.
    """
    async with open_database(parse_url(url)) as database:
        damages = await _damages(database)
    for damage in damages:
        yield Fault("database", "file", damage)
    if damages:
        return
    async with open_ledger(url) as ledger, ledger.database.snapshot() as connection:
        since = await linked_since(connection)
        for problem, query in rules(now) + ([] if since is None else unlinked(since)):
            async for table, found in await connection.stream(query):
                yield Fault(table, str(found), problem)
        for found in (mark_faults(connection), chain_faults(connection, key, moved)):
            async for fault in found:
                yield fault


async def _damages(database: Database) -> list[str]:
    if not database.is_sqlite:
        return []

    async def said(connection: AsyncConnection) -> list[str]:
        return list((await connection.execute(text("PRAGMA integrity_check"))).scalars())

    try:
        found = await database.read(said)
    except LedgerError as error:
        return [" ".join(str(getattr(error.__cause__, "orig", error)).split())]
    return [line for line in found if line != "ok"]
