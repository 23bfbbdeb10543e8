import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import LedgerError, SetupError
from logging_store.engine import open_database, parse_url, to_its_end, write_ahead
from logging_store.ledger import Ledger, open_ledger
from tests.databases import PostgresServer
from tests.facts import a_session


@pytest.mark.parametrize(
    ("short", "driver"),
    [
        ("sqlite:///l.db", "sqlite+aiosqlite"),
        ("postgres://h/d", "postgresql+asyncpg"),
        ("postgresql://h/d", "postgresql+asyncpg"),
    ],
)
def test_the_driver_is_filled_in(short: str, driver: str):
    assert parse_url(short).drivername == driver


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
async def test_sqlite_keeps_what_it_acknowledged_and_checks_its_keys(tmp_path: Path, pragma: str, value: object):
    async def ask(connection: AsyncConnection) -> object:
        return (await connection.execute(text(f"PRAGMA {pragma}"))).scalar_one()

    async with open_database(parse_url(f"sqlite:///{tmp_path}/l.db")) as database:
        assert await database.write(ask) == value


async def test_a_ledger_in_a_file_can_be_read_by_its_owner_alone(tmp_path: Path):
    async with open_ledger(f"sqlite:///{tmp_path}/l.db") as ledger:
        await ledger.add_session(a_session())
        modes = {each.name: oct(each.stat().st_mode & 0o777) for each in tmp_path.iterdir()}

    assert set(modes.values()) == {"0o600"}, modes


async def test_an_error_in_a_transaction_leaves_nothing_behind(ledger: Ledger):
    session = a_session()
    await ledger.add_session(session)

    async def break_off(connection: AsyncConnection) -> None:
        await connection.execute(text("DELETE FROM sessions"))
        raise KeyError

    with pytest.raises(KeyError):
        await ledger.database.write(break_off)

    assert await ledger.session_by_token(session.token_hash) == session


async def test_what_the_database_refuses_is_a_ledger_error_without_what_was_said(ledger: Ledger):
    session = a_session(address_hash="what was said")
    await ledger.add_session(session)

    with pytest.raises(LedgerError) as caught:
        await ledger.add_session(session)

    assert "what was said" not in str(caught.value.__cause__)


async def test_a_server_that_is_not_there_stops_the_start_with_one_line_and_no_password(tmp_path: Path):
    with pytest.raises(SetupError) as caught:
        async with open_ledger(f"postgresql://me:hunter2@/arena?host={tmp_path}"):
            pass

    assert "cannot be opened" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_a_file_that_is_no_database_stops_the_start(tmp_path: Path):
    (tmp_path / "l.db").write_text("no database, but long enough to look at: " * 100)

    with pytest.raises(SetupError, match="not a database"):
        async with open_ledger(f"sqlite:///{tmp_path}/l.db"):
            pass


async def test_a_folder_that_cannot_be_made_stops_the_start(tmp_path: Path):
    (tmp_path / "file").touch()

    with pytest.raises(SetupError, match="cannot write"):
        async with open_ledger(f"sqlite:///{tmp_path}/file/l.db"):
            pass


async def test_work_that_has_begun_ends_before_its_caller_is_cancelled():
    begun, may_end, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await may_end.wait()
        done.set()

    caller = asyncio.create_task(to_its_end(work()))
    await begun.wait()
    for _ in range(3):
        caller.cancel()
        await asyncio.sleep(0)
    assert not caller.done()
    may_end.set()

    with pytest.raises(asyncio.CancelledError):
        await caller
    assert done.is_set()


async def test_who_writes_waits_for_locks_only_briefly_and_sets_that_when_connected(postgres: PostgresServer):
    asked = text("SELECT setting, source FROM pg_settings WHERE name = 'lock_timeout'")

    async def ask(connection: AsyncConnection) -> list[str]:
        return list((await connection.execute(asked)).one())

    async with open_database(parse_url(postgres.fresh_database())) as database:
        # poolers refuse connections that ask for it: its source would be "client"
        assert [await database.write(ask) for _ in range(2)] == [["5000", "session"]] * 2


async def test_a_new_file_that_others_open_at_the_same_moment_is_waited_for(tmp_path: Path):
    path = tmp_path / "ledger.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE other (a)")
        other.execute("BEGIN IMMEDIATE")  # SQLite then refuses a write-ahead log at once
        asyncio.get_running_loop().call_later(0.2, other.execute, "COMMIT")
        assert await asyncio.to_thread(_connect, path) == "wal"


def _connect(path: Path) -> str:
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        cursor = connection.cursor()
        write_ahead(cursor)
        return cursor.execute("PRAGMA journal_mode").fetchone()[0]
