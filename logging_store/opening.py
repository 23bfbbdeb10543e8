"""The rules under which turns are opened, checked in the transaction that writes them."""

from collections.abc import Sequence

from sqlalchemy import bindparam, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import BattleClosed, ConsentRequired, NotFound, TurnRunning
from arena.session import Scope
from logging_store.engine import is_duplicate
from logging_store.facts import TurnFact
from logging_store.queries import consent_in, insert_into, row_of
from logging_store.tables import battles, conversations, turns, votes

COVERS_TEXT = frozenset({Scope.SERVE, Scope.LOG})

_HOMES = select(conversations.c.id, conversations.c.session_id, conversations.c.battle_id).where(
    conversations.c.id.in_(bindparam("homes", expanding=True))
)
_LOCK = select(battles.c.id).where(battles.c.id == bindparam("id")).with_for_update()
_IS_VOTED = select(exists().where(votes.c.battle_id == bindparam("id")))


async def open_in(connection: AsyncConnection, opened: Sequence[TurnFact]) -> None:
    """Write turns that a consent covers, into conversations that no vote has closed."""
    homes = {each.conversation_id for each in opened}
    rows = (await connection.execute(_HOMES, {"homes": tuple(homes)})).all()
    if len(rows) < len(homes):
        raise NotFound
    await _check_consent(connection, {row.id: row.session_id for row in rows}, opened)
    await _check_battles(connection, {row.battle_id for row in rows if row.battle_id is not None})
    try:
        await connection.execute(insert_into(turns), [row_of(each) for each in opened])
    except IntegrityError as error:
        if is_duplicate(error):  # another turn was opened here at the same moment
            raise TurnRunning from error
        raise


async def _check_consent(connection: AsyncConnection, session_of: dict[str, str], opened: Sequence[TurnFact]) -> None:
    for session_id in set(session_of.values()):
        given = await consent_in(connection, session_id)
        named = {each.consent_id for each in opened if session_of[each.conversation_id] == session_id}
        if given is None or named != {given.id} or not given.consent.scopes >= COVERS_TEXT:
            raise ConsentRequired


async def _check_battles(connection: AsyncConnection, battle_ids: set[str]) -> None:
    # a vote takes the same lock, so that a turn and a vote at once see each other; SQLite has one writer anyway
    for battle_id in sorted(battle_ids):
        await connection.execute(_LOCK, {"id": battle_id})
        if (await connection.execute(_IS_VOTED, {"id": battle_id})).scalar_one():
            raise BattleClosed
