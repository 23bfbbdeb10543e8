"""What is asked of the tables: statements and the facts read back from their rows."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, RowMapping, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.battle import Mode
from arena.session import Consent, Scope
from logging_store.facts import BattleFact, BattleRecord, ConsentFact, TurnFact, VoteFact
from logging_store.tables import battles, consents, conversations, turns, votes

F = TypeVar("F")


def row_of(fact: Any) -> dict[str, Any]:
    """Return a fact as a row: its fields are named like the columns."""
    return {field.name: getattr(fact, field.name) for field in fields(fact)}


async def one(connection: AsyncConnection, kind: type[F], query: Select[Any]) -> F | None:
    """Return the first row as a fact, None if there is none."""
    row = (await connection.execute(query.limit(1))).mappings().first()
    return None if row is None else kind(**row)


def consent_row(fact: ConsentFact) -> dict[str, Any]:
    """Return a consent as a row, one column per scope."""
    return {
        "id": fact.id,
        "session_id": fact.session_id,
        "terms_version": fact.consent.terms_version,
        "language": fact.consent.language,
        "accepted_at": fact.consent.accepted_at,
        **{scope.value: scope in fact.consent.scopes for scope in Scope},
    }


def consent_fact(row: RowMapping) -> ConsentFact:
    """Read a consent back."""
    consent = Consent(
        terms_version=row["terms_version"],
        scopes=frozenset(scope for scope in Scope if row[scope.value]),
        language=row["language"],
        accepted_at=row["accepted_at"],
    )
    return ConsentFact(id=row["id"], session_id=row["session_id"], consent=consent)


def latest_consent(session_id: str | ColumnElement[str]) -> Select[Any]:
    """Ask for the consent that holds now."""
    latest_first = consents.c.accepted_at.desc(), consents.c.id.desc()
    return select(consents).where(consents.c.session_id == session_id).order_by(*latest_first).limit(1)


def open_battle(session_id: str) -> Select[Any]:
    """Ask for the latest battle of the session that was begun and still waits for its vote."""
    begun = exists().where(turns.c.conversation_id == conversations.c.id, conversations.c.battle_id == battles.c.id)
    voted = exists().where(votes.c.battle_id == battles.c.id)
    return (
        select(battles.c.id)
        .where(battles.c.session_id == session_id, battles.c.mode == Mode.BATTLE, begun, ~voted)
        .order_by(battles.c.opened_at.desc(), battles.c.id.desc())
        .limit(1)
    )


async def turns_in(connection: AsyncConnection, conversation_ids: Iterable[str]) -> dict[str, tuple[TurnFact, ...]]:
    """Return the turns of each conversation, in order, superseded ones included."""
    asked = tuple(conversation_ids)
    query = (
        select(turns)
        .where(turns.c.conversation_id.in_(asked))
        .order_by(turns.c.position, turns.c.opened_at, turns.c.id)
    )
    found: dict[str, list[TurnFact]] = {each: [] for each in asked}
    for row in (await connection.execute(query)).mappings():
        turn = TurnFact(**row)
        found[turn.conversation_id].append(turn)
    return {each: tuple(said) for each, said in found.items()}


async def battle_in(connection: AsyncConnection, battle_id: str, *, lock: bool = False) -> BattleRecord | None:
    """Return a battle with its turns and vote. `lock` keeps new turns and votes out until the transaction ends."""
    query = select(battles).where(battles.c.id == battle_id)
    battle = await one(connection, BattleFact, query.with_for_update() if lock else query)
    if battle is None:
        return None
    vote = await one(connection, VoteFact, select(votes).where(votes.c.battle_id == battle_id))
    said = await turns_in(connection, (battle.conversation_a, battle.conversation_b))
    return BattleRecord(battle, said[battle.conversation_a], said[battle.conversation_b], vote)
