"""Applies tombstones from outside the database: to a ledger that came back from a backup, or whose own work broke off.

What they name is found by hashing the ids that are there. Applying them twice changes nothing.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from logging_store.engine import Work
from logging_store.erasing import erase_conversations_in, erase_session_in, lock_session_in, with_text_in
from logging_store.ledger import Ledger
from logging_store.tables import conversations, sessions, turns
from logging_store.tombstone_file import Tombstone, digest, tombstones_in

Do = Callable[[Work[Any]], Awaitable[Any]]

IDS_AT_ONCE = 5_000
MOST_DIGESTS = 500_000
"""Held in memory at once; for more the ledger is gone through again."""


@dataclass(slots=True)
class Applied:
    """What had to be taken out again."""

    sessions: int = 0
    conversations: int = 0

    @property
    def is_nothing(self) -> bool:
        """Nothing of what was forgotten was there."""
        return not (self.sessions or self.conversations)


@dataclass(slots=True)
class _Sought:
    """Tombstones, by what they name."""

    of_sessions: dict[str, Tombstone] = field(default_factory=dict[str, Tombstone])
    of_conversations: dict[str, Tombstone] = field(default_factory=dict[str, Tombstone])

    def add(self, stone: Tombstone) -> None:
        """Add a tombstone; of two for one conversation the one counts that takes more."""
        if stone.session is not None:
            self.of_sessions[stone.session] = stone
        for each in stone.conversations:
            known = self.of_conversations.get(each)
            if known is None or _reach(stone) > _reach(known):
                self.of_conversations[each] = stone

    def __len__(self) -> int:
        return len(self.of_sessions) + len(self.of_conversations)


async def apply_in(connection: AsyncConnection, files: Iterable[Path]) -> Applied:
    """Apply all tombstones of the files in a transaction that somebody else has begun."""

    async def do(work: Work[Any]) -> Any:
        return await work(connection)

    return await _apply(do, do, files)


async def apply_to(ledger: Ledger, files: Iterable[Path]) -> Applied:
    """Apply all tombstones of the files to a ledger that may be in use: a short transaction for each that it needs."""
    return await _apply(ledger.database.read, ledger.database.write, files)


async def _apply(read: Do, write: Do, files: Iterable[Path]) -> Applied:
    applied = Applied()
    for sought in _portions(tombstones_in(*files)):
        await _apply_some(read, write, sought, applied)
    return applied


async def _apply_some(read: Do, write: Do, sought: _Sought, applied: Applied) -> None:
    query = select(sessions.c.id, sessions.c.opened_at)
    last = ""
    while sought.of_sessions and (page := await read(_page(query, last))):
        for session_id, opened_at in page:
            stone = sought.of_sessions.get(digest(session_id))
            # a program's key has the same session again after it was forgotten: that one was never asked about
            if stone is not None and opened_at <= stone.forgotten_at:
                await write(_forget_session(session_id, stone))
                applied.sessions += 1
        last = page[-1][0]
    query = select(conversations.c.id)
    last = ""
    while sought.of_conversations and (page := await read(_page(query, last))):
        stones = {each: sought.of_conversations.get(digest(each)) for (each,) in page}
        named = [each for each, stone in stones.items() if stone is not None]
        for conversation_id in await read(_with_text(named)):
            stone = stones[conversation_id]
            if stone is not None:
                applied.conversations += await write(_forget_conversation(conversation_id, stone))
        last = page[-1][0]


def _portions(stones: Iterable[Tombstone]) -> Iterator[_Sought]:
    sought = _Sought()
    for stone in stones:
        sought.add(stone)
        if len(sought) >= MOST_DIGESTS:
            yield sought
            sought = _Sought()
    if len(sought):
        yield sought


def _page(query: Select[*tuple[Any, ...]], last: str) -> Work[Any]:
    its_id = query.selected_columns.id
    asked = query.where(its_id > last).order_by(its_id).limit(IDS_AT_ONCE)

    async def page_in(connection: AsyncConnection) -> Any:
        return (await connection.execute(asked)).all()

    return page_in


def _with_text(conversation_ids: Sequence[str]) -> Work[list[str]]:
    async def ask(connection: AsyncConnection) -> list[str]:
        return await with_text_in(connection, conversation_ids)

    return ask


def _forget_session(session_id: str, stone: Tombstone) -> Work[int]:
    async def forget_in(connection: AsyncConnection) -> int:
        await lock_session_in(connection, session_id)
        if not await _goes_on_in(connection, session_id, stone.forgotten_at):
            found = await erase_session_in(connection, session_id, stone.forgotten_at, stone.reason)
            return found.conversations
        # its own work broke off, and the visitor went on: what came afterwards nobody asked to forget
        owned = select(conversations.c.id).where(conversations.c.session_id == session_id)
        its_own = list((await connection.execute(owned.order_by(conversations.c.id))).scalars())
        return await _forget_conversations_in(connection, its_own, stone)

    return forget_in


async def _goes_on_in(connection: AsyncConnection, session_id: str, since: float) -> bool:
    """Whether something was begun in the session since."""
    owned = conversations.c.session_id == session_id
    later = exists().where(owned, conversations.c.opened_at > since)
    said = exists().where(owned, turns.c.conversation_id == conversations.c.id, turns.c.opened_at > since)
    return (await connection.execute(select(or_(later, said)))).scalar_one()


def _forget_conversation(conversation_id: str, stone: Tombstone) -> Work[int]:
    async def forget_in(connection: AsyncConnection) -> int:
        return await _forget_conversations_in(connection, [conversation_id], stone)

    return forget_in


async def _forget_conversations_in(connection: AsyncConnection, ids: Sequence[str], stone: Tombstone) -> int:
    # a visitor meant all that was said by then, also what ended later; retention, what had ended
    opened_until = stone.forgotten_at if stone.before is None else None
    found = await erase_conversations_in(
        connection,
        ids,
        stone.forgotten_at,
        stone.reason,
        before=stone.before,
        with_open=True,
        opened_until=opened_until,
    )
    return found.conversations


def _reach(stone: Tombstone) -> float:
    return stone.forgotten_at if stone.before is None else stone.before
