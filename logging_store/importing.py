"""Takes a FastChat log into the ledger. Doing it twice, or again after it was cut off, is doing it once."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Set
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Select, Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import SetupError
from arena.session import Scope
from logging_store.chain import Event
from logging_store.facts import ConsentFact
from logging_store.fastchat_facts import Additions, Held, Home, Standing, Statement, Tie
from logging_store.fastchat_files import LogFile, Moved, Skipped, rows_of
from logging_store.fastchat_index import Index
from logging_store.fastchat_log import LogRow
from logging_store.ledger import Ledger
from logging_store.queries import consent_row, insert_into, row_of
from logging_store.tables import battles, consents, conversations, reactions, sessions, tombstones, turns, votes
from logging_store.telling import Fact, said_by_row, said_of, tell
from logging_store.tombstone_file import digest

T = TypeVar("T")

ROWS_AT_ONCE = 1000
"""Rows written in one transaction. Each may name two conversations, and a database takes 32,766 names at once."""


@dataclass(slots=True)
class ImportReport:
    """What an import found and did."""

    rows: Counter[str] = field(default_factory=Counter[str])
    """How many rows of each type were read."""
    skipped: Counter[str] = field(default_factory=Counter[str])
    """How many lines were not taken over, by reason."""
    added: Counter[str] = field(default_factory=Counter[str])
    """How many facts of each kind are new in the ledger."""
    noted: Counter[str] = field(default_factory=Counter[str])
    """What else is worth knowing."""


async def import_fastchat(
    ledger: Ledger,
    files: list[LogFile],
    statement: Statement,
    key: bytes,
    moved: Moved = lambda _: None,
    skipped: Callable[[Skipped], None] = lambda _: None,
    buried: Set[str] = frozenset(),
) -> ImportReport:
    """Add all that the files tell and the ledger does not hold. Every file is read twice.

    `key` hashes the addresses; `buried` are digests of conversations that tombstones outside the ledger speak of: what
    was forgotten does not come back. Raises `SetupError` if logs of this name were imported under another statement.
    """
    async with ledger.database.snapshot() as connection:
        index = Index(ids=await _imported(connection, statement))
    for row in rows_of(files, moved):
        if isinstance(row, LogRow):
            index.note(row)
    report = ImportReport()
    rows = _readable(rows_of(files, moved), report, skipped)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        added = await ledger.database.write(
            lambda connection, batch=batch: _add(connection, batch, statement, key, index, buried)
        )
        report.added += added.numbers()
        report.noted += added.counts
    return report


def _readable(
    found: Iterable[LogRow | Skipped], report: ImportReport, skipped: Callable[[Skipped], None]
) -> Iterator[LogRow]:
    for row in found:
        if isinstance(row, Skipped):
            report.skipped[row.reason] += 1
            skipped(row)
        else:
            report.rows[row.kind] += 1
            yield row


async def _imported(connection: AsyncConnection, statement: Statement) -> dict[str, str]:
    """Return the ids of the conversations that imports brought, by their keys."""
    await _check_statement(connection, statement)
    imported = select(conversations.c.id).join(sessions).where(sessions.c.token_hash.startswith("import "))
    ids: dict[str, str] = {}
    for query in (imported, select(tombstones.c.conversation_id)):  # what is forgotten is no longer the import's own
        async for (found,) in await connection.stream(query):
            ids[found[12:]] = found
    return ids


async def _check_statement(connection: AsyncConnection, statement: Statement) -> None:
    its_own = sessions.c.token_hash.startswith(f"{statement.origin} ", autoescape=True)
    made = select(consents).join(sessions).where(its_own).limit(1)
    row = (await connection.execute(made)).mappings().first()
    if row is None:
        return
    scopes = frozenset(scope for scope in Scope if row[scope.value])
    if (scopes, row["terms_version"]) != (statement.scopes, statement.terms):
        said = ", ".join(sorted(scopes))
        raise SetupError(
            f"the import {statement.name!r} was begun with the scopes {said} under the terms {row['terms_version']!r};"
            " what it brought stays under them. Give logs that were collected otherwise another --name"
        )


async def _add(
    connection: AsyncConnection,
    rows: list[LogRow],
    statement: Statement,
    key: bytes,
    index: Index,
    buried: Set[str],
) -> Additions:
    more = Additions(statement, key, index, await _held(connection, rows, index, buried))
    for row in rows:
        more.add(row)
    await _leave_out_known_sessions(connection, more)
    await _insert(connection, sessions, more.sessions.values())
    await _insert(connection, consents, more.consents.values())
    await _insert(connection, battles, more.battles)
    await _insert(connection, conversations, more.conversations)
    await _tie(connection, more.ties)
    await _insert(connection, turns, more.turns)
    await _insert(connection, votes, more.votes)
    await _insert(connection, reactions, more.reactions)
    return more


async def _leave_out_known_sessions(connection: AsyncConnection, more: Additions) -> None:
    known = await connection.execute(select(sessions.c.id).where(sessions.c.id.in_(more.sessions)))
    for session_id in known.scalars():
        del more.sessions[session_id], more.consents[session_id]


async def _insert(connection: AsyncConnection, table: Table, facts: Collection[Fact]) -> None:
    if facts:
        rows = [consent_row(each) if isinstance(each, ConsentFact) else row_of(each) for each in facts]
        await connection.execute(insert_into(table), rows)
        tell(connection, *said_of(*facts))


_TIE = (
    conversations.update()
    .where(conversations.c.id == bindparam("its_conversation_id"))
    .values(battle_id=bindparam("its_battle_id"), side=bindparam("its_side"), mode=bindparam("its_mode"))
)


async def _tie(connection: AsyncConnection, ties: list[Tie]) -> None:
    """Make conversations sides of a battle; they are told of once more, as they are from now on."""
    if not ties:
        return
    await connection.execute(_TIE, [{f"its_{name}": value for name, value in row_of(tie).items()} for tie in ties])
    tied = select(conversations).where(conversations.c.id.in_([tie.conversation_id for tie in ties]))
    for row in (await connection.execute(tied)).mappings():
        tell(connection, said_by_row(Event.CONVERSATION, dict(row)))


async def _held(connection: AsyncConnection, rows: list[LogRow], index: Index, buried: Set[str]) -> Held:
    """Return what the ledger holds of all that the rows speak of."""
    names = {state.conversation for row in rows for state in row.states}
    known = [index.id_of(name) for name in names]
    homes = await _homes(connection, known)
    forgotten = select(tombstones.c.conversation_id).where(tombstones.c.conversation_id.in_(known))
    pairs = {pair for name in names if (pair := index.pair_of(name))}
    battle_ids = [index.battle_id(pair) for pair in pairs]
    battle = select(battles.c.id, battles.c.session_id).where(battles.c.id.in_(battle_ids))
    vote = select(votes.c.battle_id, votes.c.id).where(votes.c.battle_id.in_(battle_ids))
    reaction = select(reactions.c.id).where(reactions.c.turn_id == turns.c.id, turns.c.conversation_id.in_(known))
    return Held(
        homes=homes,
        battle_sessions=await _pairs(connection, battle),
        votes=await _pairs(connection, vote),
        reactions=set((await connection.execute(reaction)).scalars()),
        forgotten={
            *(await connection.execute(forgotten)).scalars(),
            *(each for each in known if digest(each) in buried),
        },
    )


async def _pairs(connection: AsyncConnection, query: Select[Any, Any]) -> dict[str, str]:
    return {key: value for key, value in await connection.execute(query)}  # noqa: C416 (rows are no tuples to a checker)


async def _homes(connection: AsyncConnection, ids: list[str]) -> dict[str, Home]:
    what = (conversations.c.id, conversations.c.session_id, consents.c.id, conversations.c.battle_id)
    home = (
        select(*what)
        .join(consents, consents.c.session_id == conversations.c.session_id)
        .where(conversations.c.id.in_(ids))
    )
    homes = {
        found: Home(session, consent, battle) for found, session, consent, battle in await connection.execute(home)
    }
    said = turns.c.conversation_id, turns.c.position, turns.c.id, turns.c.text, turns.c.answer, turns.c.finished_at
    # a turn supersedes an older one, so that the last one read at a position is the one that stands
    turn = select(*said).where(turns.c.conversation_id.in_(ids)).order_by(turns.c.finished_at, turns.c.id)
    for conversation_id, position, *standing in await connection.execute(turn):
        homes[conversation_id].turns[position] = Standing(*standing)
    return homes
