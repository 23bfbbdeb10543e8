"""A visitor takes everything back: the words go, and with them all that ties what is left to the visitor.

What stays are empty turns, and votes and reactions that nobody can be found by. All of them belong to one session that
stands for everybody who was forgotten; it allowed nothing, so that nothing of it is ever released.
"""

import sqlite3
from typing import Any

from sqlalchemy import Insert, Table, Update, exists, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.chat import Ending
from arena.errors import LedgerError, NotFound
from arena.ids import new_token, token_hash
from arena.session import Consent
from logging_store.engine import as_ledger_error
from logging_store.facts import ConsentFact, SessionFact
from logging_store.ledger import Ledger
from logging_store.queries import consent_row, row_of
from logging_store.tables import (
    battles,
    consents,
    conversations,
    deletion_codes,
    reactions,
    sessions,
    tombstones,
    turns,
    votes,
)

NOBODY = "0" * 32
"""The id of the session, and of its consent, to which everything belongs that was forgotten."""
ASKED = "the visitor asked for it"

_DAY = 86_400.0

_NOBODYS_SESSION = SessionFact(id=NOBODY, token_hash="nobody", address_hash="", opened_at=0.0)  # noqa: S106 (no hash)
_NOBODYS_CONSENT = ConsentFact(
    NOBODY, NOBODY, Consent(terms_version="", scopes=frozenset(), language="", accepted_at=0.0)
)


async def give_code(ledger: Ledger, session_id: str, now: float) -> str:
    """Return a fresh deletion code for the session; an earlier one becomes worthless. It is kept as a hash only.

    Raises `NotFound` for an unknown session.
    """
    code = new_token()

    async def keep(connection: AsyncConnection) -> None:
        if not (await connection.execute(select(exists().where(sessions.c.id == session_id)))).scalar_one():
            raise NotFound
        row = {"session_id": session_id, "code_hash": token_hash(code), "made_at": now}
        made = _insert(connection, deletion_codes)
        await connection.execute(made.on_conflict_do_update(index_elements=["session_id"], set_=row), row)

    await ledger.database.write(keep)
    return code


async def forget(ledger: Ledger, code: str, now: float, reason: str = ASKED) -> int:
    """Forget the session that has this code: all its words, and whose they were. The code is worthless afterwards.

    Return the number of its conversations. Raises `NotFound` if no session has the code. `sweep` then clears what the
    database's files may still hold; other copies (backups, dumps, snapshots, archived logs) are out of reach.
    """
    hashed = token_hash(plain_code(code))
    return await ledger.database.write(lambda connection: _forget(connection, hashed, now, reason))


async def sweep(ledger: Ledger) -> bool:
    """Let the database write its files anew, without traces of what was forgotten. Return whether it could.

    Zeroing what is deleted is not enough: SQLite leaves bytes in the gaps of pages that it rebuilt, PostgreSQL whole
    rows. It takes as long as copying the ledger and keeps writers waiting: for a quiet hour.
    """
    try:
        with as_ledger_error():
            async with ledger.database.writer.connect() as connection:
                # SQLAlchemy would begin a transaction, and its time limit is one for small questions
                driver: Any = (await connection.get_raw_connection()).driver_connection
                return await (_rewrite_file(driver) if ledger.database.is_sqlite else _rewrite_tables(driver))
    except (LedgerError, sqlite3.OperationalError):
        return False  # in use elsewhere; what had to be forgotten is committed


def plain_code(typed: str) -> str:
    """Return a code as it was made, from how people write it down."""
    return "".join(each for each in typed.lower() if each.isalnum())


async def _forget(connection: AsyncConnection, hashed: str, now: float, reason: str) -> int:
    found = select(deletion_codes.c.session_id).where(deletion_codes.c.code_hash == hashed).with_for_update()
    session_id = (await connection.execute(found)).scalar_one_or_none()
    if session_id is None:
        raise NotFound("nothing is kept under this deletion code")
    # whoever writes for this session now has to wait, and then finds it gone
    await connection.execute(select(sessions.c.id).where(sessions.c.id == session_id).with_for_update())
    await _make_nobody(connection)
    buried = await connection.execute(_tombstones(session_id, now, reason))
    for change in _changes(session_id, now):
        await connection.execute(change)
    for table in (deletion_codes, consents):
        await connection.execute(table.delete().where(table.c.session_id == session_id))
    await connection.execute(sessions.delete().where(sessions.c.id == session_id))
    return buried.rowcount


async def _make_nobody(connection: AsyncConnection) -> None:
    for table, row in ((sessions, row_of(_NOBODYS_SESSION)), (consents, consent_row(_NOBODYS_CONSENT))):
        await connection.execute(_insert(connection, table).on_conflict_do_nothing(), row)


def _tombstones(session_id: str, now: float, reason: str) -> Insert:
    its_own = select(conversations.c.id, literal(now), literal(reason)).where(conversations.c.session_id == session_id)
    return tombstones.insert().from_select(["conversation_id", "forgotten_at", "reason"], its_own)


def _changes(session_id: str, now: float) -> list[Update]:
    its_own = turns.c.conversation_id.in_(select(conversations.c.id).where(conversations.c.session_id == session_id))
    return [
        # an answer that is still being written has nowhere to go any more: a turn ends once
        turns.update().where(its_own, turns.c.ending.is_(None)).values(ending=Ending.CANCELLED, finished_at=now),
        turns.update().where(its_own).values(text="", answer="", reasoning="", consent_id=NOBODY),
        *(_take_from(table, session_id) for table in (conversations, battles, votes, reactions)),
    ]


def _take_from(table: Table, session_id: str) -> Update:
    return table.update().where(table.c.session_id == session_id).values(session_id=NOBODY)


async def _rewrite_file(driver: Any) -> bool:
    await driver.execute("VACUUM")
    cursor = await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    is_busy, *_ = await cursor.fetchone()
    await cursor.close()
    return not is_busy


async def _rewrite_tables(driver: Any) -> bool:
    await driver.execute("VACUUM (FULL) turns, sessions, consents, deletion_codes", timeout=_DAY)
    return True


def _insert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
