"""Turns that waited on disk reach the ledger: each exactly once, however often this is broken off and begun again."""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass, field, fields, replace

from sqlalchemy import bindparam
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.chat import Ending
from arena.errors import BattleError, ConsentRequired, LedgerError, NotFound, RequestError
from logging_store.facts import TurnEnd, TurnFact
from logging_store.forgetting import NOBODY
from logging_store.ledger import Ledger
from logging_store.opening import open_late_in
from logging_store.queries import end_in, row_of
from logging_store.spool import Spool
from logging_store.spool_file import Segment, Waiting
from logging_store.tables import turns
from logging_store.telling import said_end, tell

logger = logging.getLogger(__name__)

AT_ONCE = 100
"""Turns that are written together, so that they share commits."""

_OF_AN_END = tuple(each.name for each in fields(TurnEnd) if each.name != "turn_id")
_NOTHING = turns.update().where(turns.c.id == "").values(ending=turns.c.ending)
_FOUND_AGAIN = turns.update().where(
    turns.c.id == bindparam("turn_id"), turns.c.ending == Ending.LOST, turns.c.consent_id != NOBODY
)


@dataclass(slots=True)
class Replayed:
    """What became of what waited."""

    turns: int = 0
    """So many are in the ledger now."""
    dropped: Counter[str] = field(default_factory=Counter[str])
    """Those that the ledger refused, by the code of the reason: their visitor withdrew meanwhile, say."""
    broken: int = 0
    """Lines that were torn off: nobody was told that they are kept."""


async def check_it_writes(ledger: Ledger) -> None:
    """Write nothing, as a write is done. Raises `LedgerError` if nothing could be written."""

    async def write(connection: AsyncConnection) -> None:
        await connection.execute(_NOTHING)

    await ledger.database.write(write)


async def replay(ledger: Ledger, spool: Spool, done: Replayed) -> None:
    """Write all that waits into the ledger, the oldest first, until nothing is left; say in `done` what became of it.

    Raises `LedgerError` when the ledger fails. What it has taken until then it will not take twice.
    """
    while await replay_once(ledger, spool, done):
        pass


async def replay_once(ledger: Ledger, spool: Spool, done: Replayed) -> bool:
    """Write what waits now, as `replay` does; return whether there was anything. More may wait afterwards."""
    segments = await spool.cut()
    for segment in segments:
        await _replay_segment(ledger, spool, segment, done)
    return bool(segments)


async def _replay_segment(ledger: Ledger, spool: Spool, segment: Segment, done: Replayed) -> None:
    found, broken = await spool.read(segment)
    if broken:
        logger.error("Lines of the spool that are broken and left out: %d", broken)
    for start in range(0, len(found), AT_ONCE):  # who writes does in order what is asked at once
        reasons = await asyncio.gather(*(_take(ledger, each) for each in found[start : start + AT_ONCE]))
        done.turns += sum(reason is None for reason in reasons)
        done.dropped.update(reason for reason in reasons if reason is not None)
    done.broken += broken
    await spool.remove(segment)


async def _take(ledger: Ledger, waiting: Waiting) -> str | None:
    """Write a turn; return why the ledger does not take it, None if it has it now."""
    try:
        if waiting.opened is not None and await _is_new(ledger, _whole(waiting.opened, waiting.end)):
            return None
        if waiting.end is not None and not await ledger.finish_turn(waiting.end):
            await _find_again(ledger, waiting.end)
    except RequestError as refusal:
        logger.warning("Turn %s waited on disk, and is dropped: %s", waiting.turn_id, refusal.code)
        return refusal.code
    except LedgerError as error:
        if not isinstance(error.__cause__, IntegrityError | DataError):
            raise
        logger.error("Turn %s waited on disk, and does not fit into the ledger", waiting.turn_id)  # noqa: TRY400
        return error.code
    return None


def _whole(opened: TurnFact, end: TurnEnd | None) -> TurnFact:
    return opened if end is None else replace(opened, **{name: getattr(end, name) for name in _OF_AN_END})


async def _is_new(ledger: Ledger, turn: TurnFact) -> bool:
    """Write a turn unless it is there: under its own consent, or a later one that allows no more."""
    try:
        await ledger.open_turns(turn)
    except (ConsentRequired, NotFound, BattleError) as refusal:
        if turn.id in {each.id for each in await ledger.turns_of(turn.conversation_id)}:
            return False
        if not isinstance(refusal, ConsentRequired):
            raise
        await ledger.database.write(lambda connection: open_late_in(connection, turn))
    return True


async def _find_again(ledger: Ledger, end: TurnEnd) -> None:
    """Write the end of a turn that was declared lost meanwhile. Any other end stays: it was written first."""

    async def write(connection: AsyncConnection) -> None:
        if await end_in(connection, _FOUND_AGAIN, row_of(end)):
            tell(connection, said_end(end))

    await ledger.database.write(write)
