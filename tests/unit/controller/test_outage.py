"""A ledger that hangs or fails is waited for as long as is set, and what is given up is not cut off."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import LedgerError, NotFound, SessionRequired, Unconfirmed
from controller.outage import LedgerWatch, PatientDatabase
from logging_store.facts import SessionFact
from logging_store.ledger import Ledger, open_ledger
from logging_store.queries import row_of
from logging_store.tables import sessions
from tests.facts import a_consent, a_session


class Gate:
    """Work that hangs until the test lets it go on: in the thread or connection of whoever does it."""

    def __init__(self, ledger: Ledger) -> None:
        self.database = ledger.database
        self.began = asyncio.Event()
        self.go_on = asyncio.Event()

    async def hang(self, session: SessionFact) -> None:
        async def write(connection: AsyncConnection) -> None:
            await connection.execute(sessions.insert(), row_of(session))

        self.began.set()
        await self.go_on.wait()
        await self.database.write(write)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncGenerator[Ledger]:
    async with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite3") as ledger:
        yield ledger


async def test_what_takes_too_long_is_unconfirmed_and_still_carried_out(ledger: Ledger):
    watch, gate, session = LedgerWatch(0.05), Gate(ledger), a_session()

    with pytest.raises(Unconfirmed) as told:
        await watch.wait(gate.hang(session), is_write=True)

    assert (watch.is_away, told.value.retryable, told.value.retry_after) == (True, True, 5.0)
    gate.go_on.set()
    await watch.settle()
    assert await ledger.session_by_token(session.token_hash) == session


async def test_a_question_that_takes_too_long_is_no_unconfirmed_write(ledger: Ledger):
    watch, gate = LedgerWatch(0.05), Gate(ledger)

    with pytest.raises(LedgerError) as told:
        await watch.wait(gate.hang(a_session()), is_write=False)
    gate.go_on.set()

    assert type(told.value) is LedgerError


async def test_the_loop_goes_on_while_the_ledger_hangs(ledger: Ledger):
    watch, gate = LedgerWatch(0.2), Gate(ledger)
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.001)
            beats += 1

    beating = asyncio.create_task(beat())
    with pytest.raises(Unconfirmed):
        await watch.wait(gate.hang(a_session()), is_write=True)
    beating.cancel()
    gate.go_on.set()

    assert beats > 50


async def test_nothing_is_settled_while_something_is_on_its_way(ledger: Ledger):
    watch, gate = LedgerWatch(0.05), Gate(ledger)
    with pytest.raises(Unconfirmed):
        await watch.wait(gate.hang(a_session()), is_write=True)

    with pytest.raises(LedgerError):
        await watch.settle()
    gate.go_on.set()
    await watch.settle()


async def test_a_caller_that_is_cancelled_waits_for_its_write_and_no_longer_than_is_set(ledger: Ledger):
    watch, gate = LedgerWatch(0.1), Gate(ledger)
    waiting = asyncio.create_task(watch.wait(gate.hang(a_session()), is_write=True))
    await gate.began.wait()

    waiting.cancel()
    async with asyncio.timeout(5):
        with pytest.raises(asyncio.CancelledError):
            await waiting
    gate.go_on.set()
    await watch.settle()


async def test_what_the_ledger_does_not_want_does_not_mean_that_it_is_away(ledger: Ledger):
    watch = LedgerWatch(5)
    ledger.database = PatientDatabase(ledger.database, watch)

    with pytest.raises(SessionRequired):
        await ledger.add_consent(a_consent("nobody's session"))
    with pytest.raises(NotFound):
        await ledger.cast_vote("no battle", lambda _: pytest.fail("there is nothing to judge"))

    assert not watch.is_away


async def test_while_it_is_away_nobody_asks_but_who_insists(ledger: Ledger):
    watch, session = LedgerWatch(5), a_session()
    raw = ledger.database
    ledger.database = PatientDatabase(raw, watch)
    insisting = Ledger(PatientDatabase(raw, watch, insists=True))
    watch.falls()

    with pytest.raises(LedgerError) as told:
        await ledger.add_session(session)
    assert (type(told.value), told.value.retry_after) == (LedgerError, 5.0)
    assert await insisting.session_by_token(session.token_hash) is None

    watch.recovers()
    await ledger.add_session(session)
    assert await insisting.session_by_token(session.token_hash) == session


async def test_a_database_that_fails_is_away(ledger: Ledger):
    watch = LedgerWatch(5)
    database = PatientDatabase(ledger.database, watch)

    async def write(connection: AsyncConnection) -> None:
        await connection.execute(text("SELECT * FROM no_table_of_ours"))

    with pytest.raises(Unconfirmed):
        await database.write(write)

    assert watch.is_away


async def test_a_patient_database_does_all_that_a_database_does(ledger: Ledger):
    ledger.database = PatientDatabase(ledger.database, LedgerWatch(5))
    session = a_session()
    await ledger.add_session(session)

    async with ledger.database.snapshot() as connection:
        found = (await connection.execute(select(sessions.c.id))).scalars().all()

    assert (found, ledger.database.is_sqlite) == ([session.id], True)
