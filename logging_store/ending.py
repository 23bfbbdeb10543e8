"""How turns end, each exactly once."""

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.chat import Ending
from logging_store.chain import Event
from logging_store.facts import TurnEnd
from logging_store.tables import turns
from logging_store.telling import said_by_row, said_end, tell
from logging_store.writing import evenly, write_rows

_OPEN = (
    select(turns.c.id)
    .where(turns.c.id.in_(bindparam("asked", expanding=True)), turns.c.ending.is_(None))
    .order_by(turns.c.id)
    .with_for_update()
)
_WRITTEN = tuple(each.name for each in fields(TurnEnd) if each.name != "turn_id")
_END = (
    turns.update()
    .where(turns.c.id == bindparam("turn_id"))
    .values({turns.c[name]: bindparam(name) for name in _WRITTEN})
)
_LOSE = (
    turns.update()
    .where(turns.c.controller == bindparam("its_controller"), turns.c.ending.is_(None))
    .returning(*turns.columns)
)


async def end_all_in(connection: AsyncConnection, ends: Sequence[TurnEnd]) -> list[bool]:
    """End those of the turns that are still open; return for each end whether it was the one that was written."""
    found = await connection.execute(_OPEN, {"asked": evenly({end.turn_id for end in ends})})
    is_open = set(found.scalars())
    written: list[bool] = []
    for end in ends:
        written.append(end.turn_id in is_open)
        is_open.discard(end.turn_id)
    if good := [end for end, is_ours in zip(ends, written, strict=True) if is_ours]:
        said = [said_end(end) for end in good]
        await write_rows(connection, _END, [{"turn_id": each.record_id, **each.content} for each in said])
        tell(connection, *said)
    return written


async def lose_in(connection: AsyncConnection, controller: str, now: float) -> int:
    """End all open turns of a controller as lost. Return how many there were."""
    values = {"its_controller": controller, "ending": Ending.LOST, "finished_at": now}
    lost = (await connection.execute(_LOSE, values)).mappings().all()
    tell(connection, *(said_by_row(Event.TURN_ENDED, dict(row)) for row in lost))
    return len(lost)
