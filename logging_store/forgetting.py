"""A visitor takes everything back: the words go, and with them all that ties what is left to the visitor.

What stays belongs to one session that stands for everybody who was forgotten; nothing of it is ever released.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Select, Table, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import NotFound, UnknownCode
from arena.ids import new_token, token_hash
from logging_store.engine import Work
from logging_store.erasing import NOBODY, Forgotten, erase_conversations_in, erase_session_in, lock_session_in
from logging_store.ledger import Ledger
from logging_store.tables import conversations, deletion_codes, sessions, turns
from logging_store.tombstone_file import Tombstone, add_tombstone, digest

ASKED = "the visitor asked for it"
ASKED_FOR_A_KEY = "the key's owner asked for it"

_CONVERSATIONS_AT_ONCE = 500
_TEXTS_HELD = 1_000
_GROUP = 4
_MISREAD = str.maketrans("oil", "011")
"""Letters that are in no code, and what was meant."""

Whose = Select[str]


async def give_code(ledger: Ledger, session_id: str, now: float) -> str:
    """Return a fresh deletion code for the session; an earlier one becomes worthless. It is kept as a hash only.

    128 random bits, in groups that people can copy. Raises `NotFound` for an unknown session.
    """
    code = new_token()

    async def keep(connection: AsyncConnection) -> None:
        if not (await connection.execute(select(exists().where(sessions.c.id == session_id)))).scalar_one():
            raise NotFound
        row = {"session_id": session_id, "code_hash": token_hash(code), "made_at": now}
        made = _insert(connection, deletion_codes)
        await connection.execute(made.on_conflict_do_update(index_elements=["session_id"], set_=row), row)

    await ledger.database.write(keep)
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def plain_code(typed: str) -> str:
    """Return a code as it was made, from how people write it down."""
    return "".join(each for each in typed.lower().translate(_MISREAD) if each.isalnum())


async def forget(
    ledger: Ledger, code: str, now: float, reason: str = ASKED, *, tombstones: Path | None = None
) -> Forgotten:
    """Forget the session that has this code: all its words, and whose they were. The code is worthless afterwards.

    A line in the file `tombstones` says so first. Raises `UnknownCode` if no session has the code: then nothing is
    written anywhere. `sweep` clears what the database's files may still hold.
    """
    hashed = token_hash(plain_code(code))
    whose = select(deletion_codes.c.session_id).where(deletion_codes.c.code_hash == hashed)
    try:
        return await _forget(ledger, whose, now, reason, tombstones)
    except NotFound as error:
        raise UnknownCode from error


async def forget_session(
    ledger: Ledger, session_id: str, now: float, reason: str = ASKED, *, tombstones: Path | None = None
) -> Forgotten:
    """Forget a session, as `forget` does. Raises `NotFound` if there is none."""
    whose = select(sessions.c.id).where(sessions.c.id == session_id, sessions.c.id != NOBODY)
    return await _forget(ledger, whose, now, reason, tombstones)


async def forget_key(ledger: Ledger, key_id: str, now: float, *, tombstones: Path | None = None) -> Forgotten:
    """Forget what passed through the gateway under a program's key and was kept. The key stays what it is.

    Requests that are being answered are kept, if the key allows it, when they are over. Raises `NotFound` for a key of
    which nothing is kept.
    """
    last, found = "", Forgotten()
    owned = (
        select(conversations.c.id)
        .join(sessions)
        .where(sessions.c.token_hash == f"api key {key_id}")
        .order_by(conversations.c.id)
        .limit(_CONVERSATIONS_AT_ONCE)
    )
    while page := await ledger.database.read(_ids(owned.where(conversations.c.id > last))):
        if tombstones is not None:
            until = await ledger.database.read(lambda connection, page=page: _last_opened_in(connection, page, now))
            stone = Tombstone(tuple(map(digest, page)), until, ASKED_FOR_A_KEY)
            await asyncio.to_thread(add_tombstone, tombstones, stone)
        gone = await ledger.database.write(
            lambda connection, page=page: erase_conversations_in(connection, page, now, ASKED_FOR_A_KEY)
        )
        found = Forgotten(
            found.conversation_ids + gone.conversation_ids,
            found.turn_ids + gone.turn_ids,
            (found.texts + gone.texts)[:_TEXTS_HELD],
        )
        last = page[-1]
    if not last:
        raise NotFound("nothing is kept of such a key: `arena keys list` shows their ids")
    return found


def _ids(query: Whose) -> Work[list[str]]:
    async def ids_in(connection: AsyncConnection) -> list[str]:
        return list((await connection.execute(query)).scalars())

    return ids_in


async def _forget(ledger: Ledger, whose: Whose, now: float, reason: str, tombstones: Path | None) -> Forgotten:
    buried = await ledger.database.read(lambda connection: _tombstone_in(connection, whose, now, reason))
    if tombstones is not None:
        await asyncio.to_thread(add_tombstone, tombstones, buried)
    return await ledger.database.write(lambda connection: _forget_in(connection, whose, now, reason))


async def _tombstone_in(connection: AsyncConnection, whose: Whose, now: float, reason: str) -> Tombstone:
    session_id = await _one_in(connection, whose)
    opened_at = (await connection.execute(select(sessions.c.opened_at).where(sessions.c.id == session_id))).scalar_one()
    owned = select(conversations.c.id).where(conversations.c.session_id == session_id).order_by(conversations.c.id)
    its_own = (await connection.execute(owned)).scalars().all()
    until = await _last_opened_in(connection, its_own, max(now, opened_at))
    return Tombstone(tuple(map(digest, its_own)), until, reason, session=digest(session_id))


async def _last_opened_in(connection: AsyncConnection, conversation_ids: Sequence[str], now: float) -> float:
    """Return now, or when the last of it was opened: a clock may have been set back, or another one may be ahead."""
    for at in range(0, len(conversation_ids), _CONVERSATIONS_AT_ONCE):
        some = conversation_ids[at : at + _CONVERSATIONS_AT_ONCE]
        for opened_at, whose in (
            (conversations.c.opened_at, conversations.c.id),
            (turns.c.opened_at, turns.c.conversation_id),
        ):
            last = (await connection.execute(select(func.max(opened_at)).where(whose.in_(some)))).scalar_one()
            now = max(now, last or now)
    return now


async def _forget_in(connection: AsyncConnection, whose: Whose, now: float, reason: str) -> Forgotten:
    session_id = await _one_in(connection, whose.with_for_update())
    await lock_session_in(connection, session_id)
    return await erase_session_in(connection, session_id, now, reason)


async def _one_in(connection: AsyncConnection, whose: Whose) -> str:
    session_id = (await connection.execute(whose)).scalar_one_or_none()
    if session_id is None:
        raise NotFound("there is nothing under this name, or not any more")
    return session_id


def _insert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
