"""The rules under which turns are opened, checked in the transaction that writes them."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import and_, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import ArenaError, BattleClosed, ConsentRequired, NotFound, SessionRequired, TurnRunning
from arena.session import Scope
from logging_store.chain import Event
from logging_store.engine import is_duplicate, is_orphan
from logging_store.facts import TurnFact
from logging_store.queries import insert_into
from logging_store.tables import battles, consents, conversations, turns, votes
from logging_store.telling import UNENDED, said_of, tell
from logging_store.writing import evenly, write_rows

COVERS_TEXT = frozenset({Scope.SERVE, Scope.LOG})

_ASKED = bindparam("asked", expanding=True)
_HOMES = select(conversations.c.id, conversations.c.session_id, conversations.c.battle_id).where(
    conversations.c.id.in_(_ASKED)
)
_CONSENTS = (
    select(consents.c.session_id, consents.c.id, and_(*(consents.c[each] for each in sorted(COVERS_TEXT))))
    .where(consents.c.session_id.in_(_ASKED))
    .order_by(consents.c.accepted_at, consents.c.id)
)
_ALLOWED = (
    select(consents.c.id, *(consents.c[each] for each in sorted(Scope)))
    .where(consents.c.session_id == bindparam("session_id"))
    .order_by(consents.c.accepted_at, consents.c.id)
)
_LOCK = select(battles.c.id).where(battles.c.id.in_(_ASKED)).order_by(battles.c.id).with_for_update()
_VOTED = select(votes.c.battle_id).where(votes.c.battle_id.in_(_ASKED))


async def open_in(connection: AsyncConnection, opened: Sequence[TurnFact]) -> None:
    """Write turns that a consent covers, into conversations that no vote has closed."""
    (refused,) = await open_all_in(connection, [opened])
    if refused is not None:
        raise refused


async def open_late_in(connection: AsyncConnection, turn: TurnFact) -> None:
    """Write a turn that waited while its session's consent changed: under the latest, or its own if that allows less.

    The latest has to allow that it is kept. Nothing is released or shared that was said while it was not to be.
    """
    rules = await _rules_for(connection, {turn.conversation_id})
    asked = {"session_id": rules.session_of.get(turn.conversation_id, "")}
    given = (await connection.execute(_ALLOWED, asked)).all()
    allowed = {
        its_id: {scope for scope, is_allowed in zip(sorted(Scope), each, strict=True) if is_allowed}
        for its_id, *each in given
    }
    own = allowed.get(turn.consent_id)
    if own is None or not own >= COVERS_TEXT:
        raise ConsentRequired
    latest, _ = list(allowed.items())[-1]
    if (refused := rules.refusal([replace(turn, consent_id=latest)])) is not None:
        raise refused
    await _write(connection, [replace(turn, consent_id=latest) if allowed[latest] <= own else turn])


async def open_all_in(connection: AsyncConnection, asked: Sequence[Sequence[TurnFact]]) -> list[ArenaError | None]:
    """Write the turns that many ask for; return whose are refused, and why.

    Raises `TurnRunning` for all of them if a place is taken already that one of them is for.
    """
    rules = await _rules_for(connection, {turn.conversation_id for opened in asked for turn in opened})
    refused = [rules.refusal(opened) for opened in asked]
    if good := [turn for opened, why in zip(asked, refused, strict=True) if why is None for turn in opened]:
        await _write(connection, good)
    return refused


async def _write(connection: AsyncConnection, good: Sequence[TurnFact]) -> None:
    said = list(said_of(*good))
    ended = {each.record_id: each.content for each in said if each.event is Event.TURN_ENDED}
    rows = [
        {**each.content, **ended.get(each.record_id, UNENDED), "parameters": json.dumps(each.content["parameters"])}
        for each in said
        if each.event is Event.TURN_OPENED
    ]
    try:
        await write_rows(connection, insert_into(turns), rows)
    except IntegrityError as error:
        if is_duplicate(error):  # another turn was opened here at the same moment
            raise TurnRunning from error
        if is_orphan(error):  # another process has forgotten the session meanwhile
            raise SessionRequired from error
        raise
    tell(connection, *said)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What decides whether turns may be opened."""

    session_of: dict[str, str]
    """By conversation."""
    battle_of: dict[str, str | None]
    consent_of: dict[str, tuple[str, bool]]
    """By session: its latest consent, and whether that covers text."""
    closed: Collection[str]
    """The battles that have a vote."""

    def refusal(self, opened: Sequence[TurnFact]) -> ArenaError | None:
        if any(turn.conversation_id not in self.session_of for turn in opened):
            return NotFound()
        given = [self.consent_of.get(self.session_of[turn.conversation_id]) for turn in opened]
        if any(consent != (turn.consent_id, True) for turn, consent in zip(opened, given, strict=True)):
            return ConsentRequired()
        if any(self.battle_of[turn.conversation_id] in self.closed for turn in opened):
            return BattleClosed()
        return None


async def _rules_for(connection: AsyncConnection, homes: Collection[str]) -> _Rules:
    rows = (await connection.execute(_HOMES, {"asked": evenly(homes)})).all()
    session_of = {home: session for home, session, _ in rows}
    battle_of = {home: battle for home, _, battle in rows}
    given = await connection.execute(_CONSENTS, {"asked": evenly(set(session_of.values()))})
    consent_of = {session: (its_id, covers_text) for session, its_id, covers_text in given}  # the last one counts
    among = evenly({battle for battle in battle_of.values() if battle is not None})
    return _Rules(session_of, battle_of, consent_of, await _closed(connection, among))


async def _closed(connection: AsyncConnection, among: tuple[str, ...]) -> Collection[str]:
    if not among:
        return ()
    # a vote takes the same lock, so that a turn and a vote at once see each other; SQLite has one writer anyway
    if connection.dialect.name != "sqlite":
        await connection.execute(_LOCK, {"asked": among})
    return set((await connection.execute(_VOTED, {"asked": among})).scalars())
