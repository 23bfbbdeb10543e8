"""What a visitor chose about a conversation, and what a deletion code stands for. On connections opened elsewhere."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import NotFound, SessionRequired
from logging_store.facts import ReleaseChoiceFact
from logging_store.tables import conversations, deletion_codes, release_choices, sessions
from logging_store.telling import add_in

TICK = 0.001
"""Seconds, by which times in the ledger surely differ."""

_SESSION = select(sessions.c.id).where(sessions.c.id == bindparam("id")).with_for_update(read=True, key_share=True)
"""Whoever forgets the session waits for us, or we find it gone."""
_OWNED = select(func.count()).where(
    conversations.c.id.in_(bindparam("asked", expanding=True)), conversations.c.session_id == bindparam("session_id")
)
_LAST = select(func.max(release_choices.c.chosen_at)).where(
    release_choices.c.conversation_id.in_(bindparam("asked", expanding=True))
)
_CHOICE = (
    select(release_choices.c.allowed)
    .where(release_choices.c.conversation_id == bindparam("conversation_id"))
    .order_by(release_choices.c.chosen_at.desc(), release_choices.c.id.desc())
    .limit(1)
)
_HAS_CODE = select(exists().where(deletion_codes.c.session_id == bindparam("session_id")))
_OF_CODE = select(deletion_codes.c.session_id).where(deletion_codes.c.code_hash == bindparam("code_hash"))


async def choose_in(
    connection: AsyncConnection, session_id: str, chosen: Sequence[ReleaseChoiceFact]
) -> tuple[ReleaseChoiceFact, ...]:
    """Write what a session chose for conversations of its own; return it as written.

    A choice comes after the earlier ones also if the clock was set back meanwhile: the latest counts. Raises
    `SessionRequired` for a session that is gone, `NotFound` for conversations that are not its own.
    """
    if (await connection.execute(_SESSION, {"id": session_id})).scalar_one_or_none() is None:
        raise SessionRequired
    asked = tuple({each.conversation_id for each in chosen})
    owned = await connection.execute(_OWNED, {"asked": asked, "session_id": session_id})
    if owned.scalar_one() < len(asked):
        raise NotFound
    last = (await connection.execute(_LAST, {"asked": asked})).scalar_one()
    earliest = 0.0 if last is None else last + TICK
    written = tuple(replace(each, chosen_at=max(each.chosen_at, earliest)) for each in chosen)
    await add_in(connection, *written)
    return written


async def choice_in(connection: AsyncConnection, conversation_id: str) -> bool | None:
    """Return the latest choice about a conversation; None if there is none."""
    return (await connection.execute(_CHOICE, {"conversation_id": conversation_id})).scalar_one_or_none()


async def has_code_in(connection: AsyncConnection, session_id: str) -> bool:
    """Return whether a deletion code was made for the session."""
    return (await connection.execute(_HAS_CODE, {"session_id": session_id})).scalar_one()


async def session_of_code_in(connection: AsyncConnection, code_hash: str) -> str | None:
    """Return the id of the session that a deletion code stands for."""
    return (await connection.execute(_OF_CODE, {"code_hash": code_hash})).scalar_one_or_none()
