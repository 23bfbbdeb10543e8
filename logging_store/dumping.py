"""A whole ledger as JSON lines, and back: the way from one kind of database to the other, and to other programs.

The first line says what this is, then comes one line per row, tables in an order in which they can be written, and a
last line with the numbers of rows and the digest of all lines before it: half a dump is not taken for a whole one.
"""

import functools
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import groupby
from typing import Any, BinaryIO

from sqlalchemy import Column, Integer, MetaData, Table, TypeDecorator, func, select, text
from sqlalchemy.exc import InterfaceError, OperationalError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import BrokenDump, SetupError
from logging_store.engine import Work
from logging_store.ledger import Ledger
from logging_store.queries import row_counts_in
from logging_store.tables import marks, metadata

HEADER = {"dump": "chat-arena ledger", "version": 1}
ROWS_AT_ONCE = 1000

Counted = Callable[[int], None]
"""Told how many rows there were so far."""


async def dump_ledger(ledger: Ledger, out: BinaryIO, counted: Counted = lambda _: None) -> Counter[str]:
    """Write the ledger as of one moment. Return the number of rows of each table."""
    rows: Counter[str] = Counter()
    digest = sha256()

    def write(line: object) -> None:
        written = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        digest.update(written)
        out.write(written)

    write(HEADER)
    async with ledger.database.snapshot() as connection:
        for table in plain_tables().values():
            query = select(table).order_by(*table.primary_key)
            found = await connection.stream(query, execution_options={"yield_per": ROWS_AT_ONCE})
            async for row in found.mappings():
                write({"table": table.name, "row": dict(row)})
                rows[table.name] += 1
                if rows.total() % ROWS_AT_ONCE == 0:
                    counted(rows.total())
    write({"end": dict(rows), "sha256": digest.hexdigest()})
    return rows


async def load_ledger(
    ledger: Ledger,
    lines: Iterable[bytes],
    counted: Counted = lambda _: None,
    *,
    before_commit: Work[object] | None = None,
) -> Counter[str]:
    """Write a dump into an empty ledger, all of it or nothing. Return the number of rows of each table.

    `before_commit` sees to what must never be there for others, such as what was forgotten since. Raises `SetupError`
    if the ledger is not empty, `BrokenDump` if the lines are no whole dump.
    """

    async def load(connection: AsyncConnection) -> Counter[str]:
        rows = await _load(connection, lines, counted)
        if before_commit is not None:
            await before_commit(connection)
        return rows

    return await ledger.database.write(load)


@functools.cache
def plain_tables() -> dict[str, Table]:
    """Return our tables, in the order in which they can be written, their values as stored: no classes of ours."""
    apart = MetaData()
    return {
        table.name: Table(
            table.name,
            apart,
            *(Column(each.name, _plain(each.type), primary_key=each.primary_key) for each in table.columns),
        )
        for table in metadata.sorted_tables
    }


def _plain(kind: Any) -> Any:
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


async def _load(connection: AsyncConnection, lines: Iterable[bytes], counted: Counted) -> Counter[str]:
    if any((await row_counts_in(connection)).values()):
        raise SetupError("the ledger to load into is not empty: a dump is loaded into a new one")
    await connection.execute(marks.delete())  # they are the dump's
    rows: Counter[str] = Counter()
    try:
        for table, batch in _batches(_in_order(_rows(lines))):
            await connection.execute(table.insert(), batch)
            rows[table.name] += len(batch)
            counted(rows.total())
    except StatementError as error:
        if isinstance(error, OperationalError | InterfaceError) or getattr(error, "connection_invalidated", False):
            raise  # the database's fault, not the dump's
        raise BrokenDump(
            "the dump contradicts itself: a row is there twice, or another that it needs is not"
        ) from error
    if not rows[marks.name]:  # a dump from before there were any: its rows have no links
        await connection.execute(marks.insert(), {"name": "linked_since", "value": repr(time.time())})
    if connection.dialect.name == "postgresql":
        await _go_on_counting(connection)
    return rows


Found = tuple[Table, dict[str, Any]]


def _rows(lines: Iterable[bytes]) -> Iterator[Found]:
    """Yield table and row of each line, and make sure at the end that nothing is missing."""
    rows: Counter[str] = Counter()
    digest = sha256()
    number = 0
    for number, line in enumerate(lines, start=1):
        said = _object(number, line)
        if number == 1 and said != HEADER:
            raise BrokenDump("this is no dump of a ledger, or one from a newer version of this program")
        if "end" in said:
            if said != {"end": dict(rows), "sha256": digest.hexdigest()}:
                raise BrokenDump("the dump was changed, or lines of it are missing")
            return
        digest.update(line)
        if number > 1:
            table, row = _row(number, said)
            rows[table.name] += 1
            yield table, row
    raise BrokenDump(f"the dump ends after line {number}, in the middle")


def _object(number: int, line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError as error:
        raise BrokenDump(f"line {number} of the dump is torn") from error
    if not isinstance(said, dict):
        raise BrokenDump(f"line {number} of the dump is no object")
    return said


def _row(number: int, said: dict[str, Any]) -> Found:
    table, row = plain_tables().get(str(said.get("table"))), said.get("row")
    if table is None or not isinstance(row, dict) or not row.keys() <= set(table.columns.keys()):
        raise BrokenDump(f"line {number} of the dump: this version of the program does not know such a row")
    return table, row


def _in_order(rows: Iterable[Found]) -> Iterator[Found]:
    """Yield a turn only after the one it supersedes. Ids come in order of time, but clocks differ."""
    for _, of_one_table in groupby(rows, key=lambda found: found[0].name):
        waiting: dict[str, Found] = {}
        for table, row in of_one_table:
            before, its_id = row.get("supersedes"), str(row.get("id"))
            if before is not None and (before in waiting or str(before) > its_id):
                waiting[its_id] = table, row
            else:
                yield table, row
        while waiting:
            ready = [key for key, (_, row) in waiting.items() if row["supersedes"] not in waiting]
            if not ready:
                raise BrokenDump("the dump contradicts itself: turns supersede each other in a circle")
            yield from [waiting.pop(key) for key in ready]


def _batches(rows: Iterable[Found]) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Gather rows of one table that name the same columns."""
    batch: list[dict[str, Any]] = []
    place: tuple[Table, frozenset[str]] | None = None
    for table, row in rows:
        its_place = table, frozenset(row)
        if place and batch and (its_place != place or len(batch) == ROWS_AT_ONCE):
            yield place[0], batch
            batch = []
        place = its_place
        batch.append(row)
    if place and batch:
        yield place[0], batch


async def _go_on_counting(connection: AsyncConnection) -> None:
    """Let PostgreSQL number the next rows after those that came with their numbers."""
    for table in plain_tables().values():
        for column in table.primary_key:
            if isinstance(column.type, Integer):
                last = (await connection.execute(select(func.max(column)))).scalar_one()
                if last is not None:
                    setting = text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)")
                    await connection.execute(setting, {"table": table.name, "column": column.name, "last": last})
