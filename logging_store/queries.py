"""What is asked of the tables, on a connection that somebody else opened, and the facts read back from their rows.

What every turn asks is written down once: putting a question together costs more than its answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    JSON,
    Insert,
    RowMapping,
    Select,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.battle import Mode, Outcome
from arena.leaderboard import BoardFigures, Leaderboard
from arena.session import Consent, Scope
from logging_store.facts import BattleFact, BattleRecord, ConsentFact, ReactionFact, TurnFact, VoteFact
from logging_store.tables import (
    battles,
    consents,
    conversations,
    leaderboard_figures,
    leaderboards,
    marks,
    metadata,
    reactions,
    sessions,
    stop_wishes,
    turns,
    votes,
)

F = TypeVar("F")

BOARDS_KEPT = 100

SESSION = select(sessions).where(sessions.c.token_hash == bindparam("token_hash"))
CONVERSATION = select(conversations).where(conversations.c.id == bindparam("id"))
_CONSENT = (
    select(consents)
    .where(consents.c.session_id == bindparam("session_id"))
    .order_by(consents.c.accepted_at.desc(), consents.c.id.desc())
    .limit(1)
)
_TURNS = (
    select(turns)
    .where(turns.c.conversation_id.in_(bindparam("asked", expanding=True)))
    .order_by(turns.c.position, turns.c.opened_at, turns.c.id)
)
_BATTLE = select(battles).where(battles.c.id == bindparam("id"))
_BATTLE_LOCKED = _BATTLE.with_for_update()
_VOTE = select(votes).where(votes.c.battle_id == bindparam("battle_id"))


def row_of(fact: Any) -> dict[str, Any]:
    """Return a fact as a row: its fields are named like the columns."""
    return {name: getattr(fact, name) for name in _names(type(fact))}


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


async def one(connection: AsyncConnection, kind: type[F], query: Select[Any], **values: Any) -> F | None:
    """Return the first row as a fact, None if there is none."""
    row = (await connection.execute(query, values)).mappings().first()
    return None if row is None else kind(**row)


async def insert_in(connection: AsyncConnection, *rows: tuple[Table, dict[str, Any]]) -> None:
    """Write rows, each into its table."""
    for table, row in rows:
        await connection.execute(insert_into(table), row)


@cache
def insert_into(table: Table) -> Insert:
    """Return the statement that writes a row of a table."""
    return table.insert()


def consent_row(fact: ConsentFact) -> dict[str, Any]:
    """Return a consent as a row, one column per scope."""
    return {
        "id": fact.id,
        "session_id": fact.session_id,
        "terms_version": fact.consent.terms_version,
        "language": fact.consent.language,
        "accepted_at": fact.consent.accepted_at,
        "covers_past": fact.consent.covers_past,
        "age_group": fact.consent.age_group,
        **{scope.value: scope in fact.consent.scopes for scope in Scope},
    }


def _consent_fact(row: RowMapping) -> ConsentFact:
    consent = Consent(
        terms_version=row["terms_version"],
        scopes=frozenset(scope for scope in Scope if row[scope.value]),
        language=row["language"],
        accepted_at=row["accepted_at"],
        covers_past=row["covers_past"],
        age_group=row["age_group"],
    )
    return ConsentFact(id=row["id"], session_id=row["session_id"], consent=consent)


async def consent_in(connection: AsyncConnection, session_id: str) -> ConsentFact | None:
    """Return the session's latest consent."""
    row = (await connection.execute(_CONSENT, {"session_id": session_id})).mappings().first()
    return None if row is None else _consent_fact(row)


async def turns_in(connection: AsyncConnection, conversation_ids: Iterable[str]) -> dict[str, tuple[TurnFact, ...]]:
    """Return the turns of each conversation, in order, superseded ones included."""
    asked = tuple(conversation_ids)
    found: dict[str, list[TurnFact]] = {each: [] for each in asked}
    for row in (await connection.execute(_TURNS, {"asked": asked})).mappings():
        turn = TurnFact(**row)
        found[turn.conversation_id].append(turn)
    return {each: tuple(said) for each, said in found.items()}


async def end_in(connection: AsyncConnection, which: Update, values: dict[str, Any]) -> int:
    """End those of the turns that are still open. Return how many there were."""
    return (await connection.execute(which, values)).rowcount


async def controllers_in(connection: AsyncConnection) -> set[str]:
    """Return the names under which turns are open."""
    query = select(turns.c.controller).where(turns.c.ending.is_(None)).distinct()
    return set((await connection.execute(query)).scalars())


async def battle_in(connection: AsyncConnection, battle_id: str, *, lock: bool = False) -> BattleRecord | None:
    """Return a battle with its turns and vote. `lock` keeps new turns and votes out until the transaction ends."""
    battle = await one(connection, BattleFact, _BATTLE_LOCKED if lock else _BATTLE, id=battle_id)
    if battle is None:
        return None
    vote = await one(connection, VoteFact, _VOTE, battle_id=battle_id)
    said = await turns_in(connection, (battle.conversation_a, battle.conversation_b))
    return BattleRecord(battle, said[battle.conversation_a], said[battle.conversation_b], vote)


async def open_battle_in(connection: AsyncConnection, session_id: str) -> str | None:
    """Return the latest blind battle of the session that was begun and still waits for its vote."""
    begun = exists().where(turns.c.conversation_id == conversations.c.id, conversations.c.battle_id == battles.c.id)
    voted = exists().where(votes.c.battle_id == battles.c.id)
    query = (
        select(battles.c.id)
        .where(battles.c.session_id == session_id, battles.c.mode == Mode.BATTLE, begun, ~voted)
        .order_by(battles.c.opened_at.desc(), battles.c.id.desc())
        .limit(1)
    )
    return (await connection.execute(query)).scalar_one_or_none()


async def reactions_in(connection: AsyncConnection, conversation_id: str) -> tuple[ReactionFact, ...]:
    """Return the reactions to a conversation's turns, the latest last."""
    query = (
        select(reactions)
        .join(turns, turns.c.id == reactions.c.turn_id)
        .where(turns.c.conversation_id == conversation_id)
        .order_by(reactions.c.reacted_at, reactions.c.id)
    )
    return tuple(ReactionFact(**row) for row in (await connection.execute(query)).mappings())


async def save_board_in(connection: AsyncConnection, text: str, votes: int, made_at: float) -> None:
    """Keep a board that is written as JSON, and no more than `BOARDS_KEPT`."""
    written = literal(text, Text)
    board = written if connection.dialect.name == "sqlite" else cast(written, JSON)
    row = leaderboards.insert().values(made_at=made_at, votes=votes, board=board).returning(leaderboards.c.id)
    made = (await connection.execute(row)).scalar_one()
    await connection.execute(leaderboards.delete().where(leaderboards.c.id <= made - BOARDS_KEPT))


class KeptBoard(NamedTuple):
    """A board, and by what it is known to be the same one."""

    id: int
    made_at: float
    board: Leaderboard


async def board_in(connection: AsyncConnection, known: KeptBoard | None = None) -> KeptBoard | None:
    """Return the latest board; if that is `known`, without reading it again: many look, and it is long."""
    latest = select(leaderboards.c.id, leaderboards.c.made_at).order_by(leaderboards.c.id.desc()).limit(1)
    if (found := (await connection.execute(latest)).one_or_none()) is None:
        return None
    if known is not None and (known.id, known.made_at) == tuple(found):
        return known
    query = select(cast(leaderboards.c.board, Text)).where(leaderboards.c.id == found[0])
    text = (await connection.execute(query)).scalar_one()
    return KeptBoard(found[0], found[1], Leaderboard.model_validate_json(text))


async def save_figures_in(connection: AsyncConnection, category: str, found: Sequence[BoardFigures]) -> None:
    """Keep what is drawn beside a category's boards, in the place of what was: as voted, and with style held equal."""
    table = leaderboard_figures
    await connection.execute(table.delete().where(table.c.category == category))
    for each in found:
        row = {"category": category, "is_styled": each.styled is not None, "figures": each.model_dump(mode="json")}
        await connection.execute(table.insert(), row)


async def figures_in(connection: AsyncConnection, category: str, *, is_styled: bool) -> BoardFigures | None:
    """Return what is drawn beside a category's board."""
    table = leaderboard_figures
    query = select(table.c.figures).where(table.c.category == category, table.c.is_styled == is_styled)
    figures = (await connection.execute(query)).scalar_one_or_none()
    return None if figures is None else BoardFigures.model_validate(figures)


async def own_tallies_in(connection: AsyncConnection, session_id: str) -> list[tuple[str, str, Outcome, int]]:
    """Return (model a, model b, outcome, how often) over one session's votes in blind battles."""
    what = (battles.c.model_a, battles.c.model_b, votes.c.outcome)
    mine = (votes.c.session_id == session_id, votes.c.is_anonymous)
    query = select(*what, func.count()).join(votes).where(*mine).group_by(*what).order_by(*what)
    return [(a, b, outcome, often) for a, b, outcome, often in await connection.execute(query)]


async def row_counts_in(connection: AsyncConnection) -> dict[str, int]:
    """Return the number of rows of each table of records, by its name."""
    return {
        name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
        for name, table in sorted(metadata.tables.items())
        if table is not marks and table is not stop_wishes
    }
