import asyncio
import contextlib
import sqlite3
from pathlib import Path

from sqlalchemy import text

from logging_store.forgetting import forget_session
from logging_store.ledger import Ledger, open_ledger
from logging_store.sweeping import sweep, tidy
from tests.databases import PostgresServer
from tests.facts import a_said_conversation, a_visitor
from tests.tables import all_rows


async def _fill(ledger: Ledger, conversations: int = 20) -> None:
    consent = await a_visitor(ledger)
    for number in range(conversations):
        await a_said_conversation(ledger, consent, (f"haddock {number}", "so it is. " * 2000))
    forgotten = await a_visitor(ledger)
    await a_said_conversation(ledger, forgotten)
    await forget_session(ledger, forgotten.session_id, 1000.0)


async def test_a_sweep_that_would_keep_writers_waiting_gives_up_and_harms_nothing(tmp_path: Path):
    async with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite3") as ledger:
        await _fill(ledger, 300)
        before = await all_rows(ledger)

        swept = await sweep(ledger, work_seconds=0.0001)

        assert not swept.is_clean
        assert "takes longer than" in swept.said
        assert await all_rows(ledger) == before
        assert (await sweep(ledger)).is_clean


async def test_tables_in_use_are_named_and_get_what_is_possible(postgres: PostgresServer):
    async with open_ledger(postgres.fresh_database()) as ledger:
        await _fill(ledger)
        async with ledger.database.reader.begin() as reading:
            await reading.execute(text("SELECT count(*) FROM turns"))

            swept = await sweep(ledger, wait_seconds=0.05)

        assert not swept.is_clean
        assert swept.said.endswith("(plain VACUUM): turns")
        assert (await sweep(ledger)).is_clean


async def test_a_sweep_clears_nothing_that_an_older_reader_still_sees(postgres: PostgresServer):
    async with open_ledger(postgres.fresh_database()) as ledger:
        one = await a_visitor(ledger)
        await a_said_conversation(ledger, one)
        async with ledger.database.snapshot() as connection:
            await connection.execute(text("SELECT count(*) FROM api_keys"))
            await forget_session(ledger, one.session_id, 1000.0)

            swept = await sweep(ledger, wait_seconds=0.1)

            assert not swept.is_clean
            assert "as it was before" in swept.said
        assert (await sweep(ledger)).is_clean


async def test_writing_goes_on_while_a_ledger_is_tidied(ledger: Ledger):
    await _fill(ledger)

    tidied, *_ = await asyncio.gather(tidy(ledger), *(_fill(ledger, 2) for _ in range(5)))

    assert isinstance(tidied, bool)
    assert await tidy(ledger)


async def test_a_log_that_others_read_stays_for_the_next_time(tmp_path: Path):
    file = tmp_path / "ledger.sqlite3"
    async with open_ledger(f"sqlite:///{file}") as ledger:
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM turns").fetchone()
            await _fill(ledger)

            assert not await tidy(ledger)
            assert "others read the log" in (await sweep(ledger, wait_seconds=0.05)).said

            other.execute("ROLLBACK")
        assert await tidy(ledger)
        assert Path(f"{file}-wal").stat().st_size == 0
