"""A check of a whole ledger: its file, its records, its chains."""

from collections.abc import AsyncGenerator

from sqlalchemy import LargeBinary, Text, cast, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import LedgerError
from logging_store.chain_checking import Moved, chain_faults, linked_since, mark_faults, unlinked, unseen
from logging_store.dumping import plain_tables
from logging_store.engine import Database, open_database, parse_url
from logging_store.fault import Fault
from logging_store.ledger import open_ledger
from logging_store.record_rules import rules
from logging_store.telling import TABLES


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
        if ledger.database.is_sqlite:
            await _read_any_text(connection)
        since = await linked_since(connection)
        for problem, query in rules(now) + ([] if since is None else unlinked(since)):
            async for table, found in await connection.stream(query):
                yield Fault(table, str(found), problem)
        for found in (_no_texts(connection), mark_faults(connection), chain_faults(connection, key, moved)):
            async for fault in found:
                yield fault


async def _read_any_text(connection: AsyncConnection) -> None:
    """SQLite holds whatever somebody wrote into a file: what is no text is read, too, and differs from all that was."""
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None  # noqa: S101 (it was just asked)
    driver.text_factory = _shown


async def _no_texts(connection: AsyncConnection) -> AsyncGenerator[Fault]:
    """Yield the records that hold what is no text, of those of which no link tells. PostgreSQL never holds any."""
    linked = {table.name for table in TABLES.values()} | {"links"}
    for name, table in plain_tables().items() if connection.dialect.name == "sqlite" else ():
        columns = [*table.primary_key, *(each for each in table.columns if isinstance(each.type, Text))]
        if name in linked:
            continue
        async for its_id, *texts in await connection.stream(select(*(cast(each, LargeBinary) for each in columns))):
            if not all(_is_text(each) for each in (its_id, *texts)):
                yield Fault(name, _shown(its_id), "it holds what is no text")


def _is_text(stored: bytes | None) -> bool:
    return stored is None or stored == _shown(stored).encode()


def _shown(stored: bytes | None) -> str:
    return (stored or b"").decode("utf-8", "backslashreplace")


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
