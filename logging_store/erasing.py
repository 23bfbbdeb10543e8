"""How words are taken out of the tables, on a connection that somebody else opened.

What stays are empty turns, and votes and reactions that nobody can be found by.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Table, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.chat import Ending
from arena.ids import new_id
from arena.session import Consent
from logging_store.chain import Event, Said
from logging_store.facts import ConsentFact, SessionFact
from logging_store.queries import consent_row, row_of
from logging_store.tables import (
    battles,
    consents,
    conversations,
    deletion_codes,
    links,
    marks,
    reactions,
    release_choices,
    sessions,
    tombstones,
    turns,
    votes,
)
from logging_store.telling import tell

NOBODY = "0" * 32
"""The id of the session, and of its consent, to which everything belongs that was forgotten."""

_NOBODYS_SESSION = SessionFact(id=NOBODY, token_hash="nobody", address_hash="", opened_at=0.0)  # noqa: S106 (no hash)
_NOBODYS_CONSENT = ConsentFact(
    NOBODY, NOBODY, Consent(terms_version="", scopes=frozenset(), language="", accepted_at=0.0)
)
UNSWEPT = "unswept "
"""How marks begin that say: here something was forgotten, and its traces are not swept away yet."""

_OF_SESSIONS = (consents, conversations, battles, votes, reactions, release_choices)
_KEPT_WITHOUT_SESSION = (conversations, battles, votes, reactions, release_choices)
_AT_ONCE = 500
"""Ids in one question: far below what either database takes."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten."""

    conversation_ids: tuple[str, ...] = ()
    turn_ids: tuple[str, ...] = ()
    """Copies of these may wait elsewhere, such as in a spool."""
    texts: tuple[str, ...] = field(default=(), repr=False)
    """What was said in them, for whoever makes sure that it is gone; for nothing else."""

    @property
    def conversations(self) -> int:
        """How many conversations that were."""
        return len(self.conversation_ids)


async def lock_session_in(connection: AsyncConnection, session_id: str) -> None:
    """Have whoever writes for a session now be waited for; whoever comes later waits, and then finds it gone."""
    for query in (
        select(sessions.c.id).where(sessions.c.id == session_id),
        # turns hold on to their consent, and to nothing else of the session
        select(consents.c.id).where(consents.c.session_id == session_id).order_by(consents.c.id),
    ):
        await connection.execute(query.with_for_update())


async def erase_session_in(connection: AsyncConnection, session_id: str, now: float, reason: str) -> Forgotten:
    """Take all words of a session, the session itself, and what ties its votes to it. The caller has locked it."""
    await make_nobody_in(connection)
    owned = select(conversations.c.id).where(conversations.c.session_id == session_id)
    its_turns = turns.c.conversation_id.in_(owned)
    conversation_ids = tuple((await connection.execute(owned.order_by(conversations.c.id))).scalars())
    turn_ids, texts = await _texts_in(connection, its_turns)
    told = [session_id, *turn_ids]
    for table in _OF_SESSIONS:
        told += (await connection.execute(select(table.c.id).where(table.c.session_id == session_id))).scalars()
    await _bury_in(connection, conversation_ids, now, reason)
    # an answer that is still being written has nowhere to go any more: a turn ends once
    ended = turns.update().where(its_turns, turns.c.ending.is_(None))
    await connection.execute(ended.values(ending=Ending.CANCELLED, finished_at=now))
    await _blank_in(connection, its_turns)
    for table in _KEPT_WITHOUT_SESSION:
        await connection.execute(table.update().where(table.c.session_id == session_id).values(session_id=NOBODY))
    for table in (deletion_codes, consents):
        await connection.execute(table.delete().where(table.c.session_id == session_id))
    await connection.execute(sessions.delete().where(sessions.c.id == session_id))
    await _tell_in(connection, told, now)
    return Forgotten(conversation_ids, turn_ids, texts)


async def erase_conversations_in(
    connection: AsyncConnection,
    conversation_ids: Sequence[str],
    now: float,
    reason: str,
    *,
    before: float | None = None,
    with_open: bool = False,
    opened_until: float | None = None,
) -> Forgotten:
    """Take the words of conversations whose session stays: all, or those of turns that finished before a time, or that
    were opened until one (inclusive).

    `with_open` takes those too that were opened before it and have no end: a backup may have caught them so.
    Conversations without such words are left as they are.
    """
    await make_nobody_in(connection)
    found = Forgotten()
    for some in _some(conversation_ids):
        which = [turns.c.conversation_id.in_(some), holds_text()]
        if before is not None:
            ended = func.coalesce(turns.c.finished_at, turns.c.opened_at) if with_open else turns.c.finished_at
            which.append(ended < before)
        if opened_until is not None:
            which.append(turns.c.opened_at <= opened_until)
        touched = select(turns.c.conversation_id).where(*which).distinct().order_by(turns.c.conversation_id)
        buried = tuple((await connection.execute(touched)).scalars())
        turn_ids, texts = await _texts_in(connection, *which)
        await _bury_in(connection, buried, now, reason)
        for ids in _some(turn_ids):
            await _blank_in(connection, turns.c.id.in_(ids))
        await _tell_in(connection, turn_ids, now)
        found = Forgotten(found.conversation_ids + buried, found.turn_ids + turn_ids, found.texts + texts)
    return found


async def with_text_in(connection: AsyncConnection, conversation_ids: Sequence[str]) -> list[str]:
    """Return those of the conversations in which there are words."""
    found: list[str] = []
    for some in _some(conversation_ids):
        query = select(turns.c.conversation_id).where(turns.c.conversation_id.in_(some), holds_text()).distinct()
        found += (await connection.execute(query.order_by(turns.c.conversation_id))).scalars()
    return found


def holds_text() -> ColumnElement[bool]:
    """Return the condition that a turn holds words."""
    return or_(turns.c.text != "", turns.c.answer != "", turns.c.reasoning != "")


async def make_nobody_in(connection: AsyncConnection) -> None:
    """Make the session that stands for everybody who was forgotten; it allowed nothing."""
    for table, row in ((sessions, row_of(_NOBODYS_SESSION)), (consents, consent_row(_NOBODYS_CONSENT))):
        await connection.execute(_insert(connection, table).on_conflict_do_nothing(), row)


async def _texts_in(
    connection: AsyncConnection, *which: ColumnElement[bool]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids of turns, and what they say."""
    query = select(turns.c.id, turns.c.text, turns.c.answer, turns.c.reasoning).where(*which)
    rows = (await connection.execute(query.order_by(turns.c.id))).all()
    return tuple(row.id for row in rows), tuple(said for row in rows for said in row[1:] if said)


async def _bury_in(connection: AsyncConnection, conversation_ids: Iterable[str], now: float, reason: str) -> None:
    for some in _some(conversation_ids):
        rows = [{"conversation_id": each, "forgotten_at": now, "reason": reason} for each in some]
        await connection.execute(_insert(connection, tombstones).on_conflict_do_nothing(), rows)


async def _blank_in(connection: AsyncConnection, which: ColumnElement[bool]) -> None:
    await connection.execute(turns.update().where(which).values(text="", answer="", reasoning="", consent_id=NOBODY))


async def _tell_in(connection: AsyncConnection, record_ids: Sequence[str], now: float) -> None:
    """Take the salts of what was linked of these records, and have it linked that they are forgotten."""
    if record_ids:  # a mark of its own for each: nobody waits for another's
        await connection.execute(marks.insert(), {"name": f"{UNSWEPT}{new_id()}", "value": repr(now)})
    for some in _some(record_ids):
        await connection.execute(links.update().where(links.c.record_id.in_(some)).values(salt=None))
        tell(connection, *(Said(Event.FORGOTTEN, each, now, {}) for each in some))


def _some(ids: Iterable[str]) -> Iterator[tuple[str, ...]]:
    listed = tuple(ids)
    return (listed[at : at + _AT_ONCE] for at in range(0, len(listed), _AT_ONCE))


def _insert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
