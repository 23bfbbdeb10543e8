"""Goes through all chains and the records that they tell of, some thousand links at a time."""

import math
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, Text, exists, func, literal, or_, select
from sqlalchemy import type_coerce as taken_as
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import NullType

from logging_store.chain import Event, Link
from logging_store.chain_rules import ChainEnd, Walk, content_faults
from logging_store.dumping import plain_tables
from logging_store.erasing import NOBODY
from logging_store.fault import Fault
from logging_store.telling import TABLES, TIMES

LINKS_AT_ONCE = 2000

Moved = Callable[[int, int], None]
"""Told how many links were checked so far, and of how many."""
Row = Mapping[Any, Any]
Question = Select[*tuple[Any, ...]]


def unseen(done: int, total: int) -> None:
    """Show nobody how far it is."""


async def chain_faults(connection: AsyncConnection, key: bytes, moved: Moved = unseen) -> AsyncGenerator[Fault]:
    """Yield what is wrong with the chains, and with the records that their links tell of."""
    ends = {end.name: end for end in [_end(row) for row in await connection.execute(_all(ChainEnd, "chains"))]}
    done, total = 0, sum(end.length for end in ends.values())
    walk: Walk | None = None
    async for links in _batches(connection):
        rows, of_records = await _rows(connection, links), await _of_records(connection, links)
        for link in links:
            if walk is None or link.chain != walk.name:
                for fault in walk.end() if walk else ():
                    yield fault
                walk = Walk(key, link.chain, ends.pop(link.chain, None))
            for fault in walk.step(link):
                yield fault
            for fault in content_faults(link, rows.get((link.event, link.record_id)), of_records[link.record_id]):
                yield fault
        done += len(links)
        moved(done, total)
    without_links = [Walk(key, name, end) for name, end in ends.items()]
    for each in [walk, *without_links] if walk else without_links:
        for fault in each.end():
            yield fault


def _all(kind: type[Any], table: str) -> Question:
    """Return the question for rows in which a class's fields are, as they are stored: whatever somebody put there."""
    return _plain([plain_tables()[table].c[field.name] for field in fields(kind)])


def _plain(columns: Iterable[ColumnElement[Any]]) -> Question:
    return select().add_columns(*(taken_as(each, NullType()).label(each.key) for each in columns))


def _end(row: Sequence[Any]) -> ChainEnd:
    end = ChainEnd(*row)
    return end if type(end.length) is int else replace(end, length=-1)


def _link(row: Sequence[Any]) -> Link:
    """Return a link as it is stored; one whose number is none any more has -1."""
    link = Link(*row)
    return link if type(link.number) is int else replace(link, number=-1)


async def _batches(connection: AsyncConnection) -> AsyncGenerator[list[Link]]:
    """Yield all links in order. In one go: where somebody wrote what is no text, nothing can be asked for after it."""
    links = plain_tables()["links"]
    query = _all(Link, "links").order_by(links.c.chain, links.c.number)
    found = await connection.stream(query, execution_options={"yield_per": LINKS_AT_ONCE})
    async for rows in found.partitions():
        yield [_link(row) for row in rows]


async def _of_records(connection: AsyncConnection, links: Sequence[Link]) -> dict[str, list[Link]]:
    """Return all links of the records that some links tell of, in order."""
    table = plain_tables()["links"]
    query = _all(Link, "links").where(table.c.record_id.in_({link.record_id for link in links}))
    found: defaultdict[str, list[Link]] = defaultdict(list)
    for row in await connection.execute(query):
        link = _link(row)
        found[link.record_id].append(link)
    return found


async def _rows(connection: AsyncConnection, links: Sequence[Link]) -> dict[tuple[str, str], Row]:
    """Return the rows that some links tell of, by event and id."""
    asked: defaultdict[str, set[str]] = defaultdict(set)
    for link in links:
        asked[link.event].add(link.record_id)
    rows: dict[tuple[str, str], Row] = {}
    for event, table in TABLES.items():
        if ids := asked[event]:
            columns = plain_tables()[table.name].c
            found = await connection.execute(_plain(columns).where(columns.id.in_(ids)))
            for row in found.mappings():
                rows[event.value, row["id"]] = row
    return rows


async def linked_since(connection: AsyncConnection) -> float | None:
    """Return from when on every record has its links, in unix seconds; None if the ledger does not say."""
    marks = plain_tables()["marks"]
    value = (await connection.execute(select(marks.c.value).where(marks.c.name == "linked_since"))).scalar()
    try:
        return None if value is None or math.isnan(float(value)) else float(value)
    except ValueError:
        return None


async def mark_faults(connection: AsyncConnection) -> AsyncGenerator[Fault]:
    """Yield what is wrong with the ledger's word on since when there are links."""
    since = await linked_since(connection)
    first = (await connection.execute(select(func.min(plain_tables()["chains"].c.day)))).scalar()
    if since is None:
        yield Fault("marks", "linked_since", "it is missing, or no time: records without links cannot be found")
    elif first is not None and _day(since) > str(first):
        yield Fault("marks", "linked_since", f"it is later than the first chain's day, {first}")


def _day(at: float) -> str:
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
    except (OverflowError, ValueError, OSError):
        return "9999"


def unlinked(since: float) -> list[tuple[str, Select[str, Any]]]:
    """Return each problem with the question for the records that have it: written since then, and nothing tells so."""
    return [
        (
            "nothing tells how it ended" if event is Event.TURN_ENDED else "no link tells of it: it was added unseen",
            _unlinked(event, plain_tables()[table.name], since),
        )
        for event, table in TABLES.items()
    ]


def _unlinked(event: Event, table: Table, since: float) -> Select[str, Any]:
    due: ColumnElement[bool] = table.c[TIMES[event]] >= since
    if event is Event.TURN_ENDED:
        # what was open when it was forgotten has ended without a word
        due = table.c.ending.is_not(None) & or_(due, _told(Event.TURN_OPENED, table)) & ~_told(Event.FORGOTTEN, table)
    return select(literal(table.name, Text), table.c.id).where(due, table.c.id != NOBODY, ~_told(event, table))


def _told(event: Event, table: Table) -> ColumnElement[bool]:
    links = plain_tables()["links"]
    return exists().where(links.c.record_id == table.c.id, links.c.event == event.value)
