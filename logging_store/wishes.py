"""What one controller wants of another: that it stops an answer. Wishes are no facts: they go when they are heard."""

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from logging_store.ledger import Ledger
from logging_store.tables import conversations, stop_wishes, turns

_WISHES = select(stop_wishes.c.turn_id).where(stop_wishes.c.controller == bindparam("its_controller"))
_OPEN = select(turns.c.id).where(turns.c.id.in_(bindparam("asked", expanding=True)), turns.c.ending.is_(None))
_OPEN_OF_SESSION = (
    select(turns.c.id, turns.c.controller)
    .join(conversations, conversations.c.id == turns.c.conversation_id)
    .where(conversations.c.session_id == bindparam("session_id"), turns.c.ending.is_(None))
)


async def wish_stopped(ledger: Ledger, writers: Mapping[str, str], now: float) -> None:
    """Wish that turns be stopped. `writers` are the names of the controllers that write them, by turn."""
    rows = [{"turn_id": turn, "controller": writer, "wished_at": now} for turn, writer in writers.items()]

    async def wish(connection: AsyncConnection) -> None:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        await connection.execute(dialect.insert(stop_wishes).on_conflict_do_nothing(), rows)

    await ledger.database.write(wish)


async def hear_wishes(ledger: Ledger, controller: str) -> set[str]:
    """Return the turns that this controller shall stop. They are told once."""

    async def look(connection: AsyncConnection) -> set[str]:
        return set((await connection.execute(_WISHES, {"its_controller": controller})).scalars())

    async def clear(connection: AsyncConnection) -> None:
        await connection.execute(delete(stop_wishes).where(stop_wishes.c.turn_id.in_(heard)))

    if heard := await ledger.database.read(look):
        await ledger.database.write(clear)
    return heard


async def forget_wishes(ledger: Ledger, controller: str) -> None:
    """Forget what a controller will never hear."""
    which = delete(stop_wishes).where(stop_wishes.c.controller == controller)

    async def clear(connection: AsyncConnection) -> None:
        await connection.execute(which)

    await ledger.database.write(clear)


async def still_open(ledger: Ledger, turn_ids: Collection[str]) -> set[str]:
    """Return those of the turns that have not ended."""

    async def look(connection: AsyncConnection) -> set[str]:
        return set((await connection.execute(_OPEN, {"asked": tuple(turn_ids)})).scalars())

    return await ledger.database.read(look)


async def writers_of(ledger: Ledger, session_id: str) -> dict[str, str]:
    """Return the open turns of a session, with the names of the controllers that write them."""

    async def look(connection: AsyncConnection) -> dict[str, str]:
        found = await connection.execute(_OPEN_OF_SESSION, {"session_id": session_id})
        return {row.id: row.controller for row in found}

    return await ledger.database.read(look)
