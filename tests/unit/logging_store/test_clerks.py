"""Many small works, one commit: none of them may cost another anything, and nobody is told of an end too early."""

import asyncio
import gc
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import LedgerError
from logging_store.engine import Database
from logging_store.ledger import Ledger, open_ledger
from tests.facts import a_session


class Gate:
    """Work that keeps the one who writes busy until it is opened: what is handed over meanwhile comes together."""

    def __init__(self) -> None:
        self.has_begun = threading.Event()
        self.is_open = threading.Event()

    async def work(self, _: AsyncConnection) -> None:
        """Hold the writer up."""
        self.has_begun.set()
        assert self.is_open.wait(10)


def statement(sql: str) -> Callable[[AsyncConnection], Awaitable[object]]:
    return lambda connection: connection.execute(text(sql))


async def together(database: Database, *calls: Coroutine[Any, Any, object]) -> list[object]:
    """Let the calls come to the writer together; return what comes of each."""
    gate = Gate()
    held_up = asyncio.create_task(database.write(gate.work))
    await asyncio.to_thread(gate.has_begun.wait, 10)
    called = [asyncio.create_task(call) for call in calls]
    await asyncio.sleep(0)  # each has handed its work over
    gate.is_open.set()
    await held_up
    return list(await asyncio.gather(*called, return_exceptions=True))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


def commits_of(path: Path, wal_bytes: int) -> int:
    """How many commits the file's write-ahead log has taken since it had so many bytes (a frame is 24 + 4096)."""
    wal = path.with_name(path.name + "-wal").read_bytes()
    frames = range(max(wal_bytes, 32), len(wal), 24 + 4096)
    return sum(wal[at + 4 : at + 8] != bytes(4) for at in frames)  # a commit's last frame tells the database's size


async def test_what_comes_together_is_committed_once(path: Path):
    async with open_ledger(f"sqlite:///{path}") as ledger:
        before = path.with_name(path.name + "-wal").stat().st_size
        await together(ledger.database, *(ledger.add_session(a_session()) for _ in range(20)))

        assert commits_of(path, before) == 1
        assert (await ledger.row_counts())["sessions"] == 20


async def test_a_bad_fact_fails_alone(path: Path):
    known, new, other = a_session(), a_session(), a_session()
    async with open_ledger(f"sqlite:///{path}") as ledger:
        await ledger.add_session(known)
        adding = (ledger.add_session(fact) for fact in (new, known, other))
        first, bad, last = await together(ledger.database, *adding)

        assert (first, last) == (None, None)
        assert isinstance(bad, LedgerError)
        assert [await ledger.session_by_token(each.token_hash) for each in (new, other)] == [new, other]


async def test_what_a_work_wrote_before_it_failed_is_taken_back(path: Path):
    async def break_off(connection: AsyncConnection) -> None:
        await connection.execute(
            text("INSERT INTO sessions (id, token_hash, address_hash, opened_at) VALUES ('half', 'half', 'half', 1)")
        )
        raise KeyError("its own")

    async with open_ledger(f"sqlite:///{path}") as ledger:
        insert = statement(
            "INSERT INTO sessions (id, token_hash, address_hash, opened_at) VALUES ('whole', 'whole', 'whole', 1)"
        )
        write = ledger.database.write
        good, bad = await together(ledger.database, write(insert), write(break_off))

        assert isinstance(bad, KeyError)
        assert not isinstance(good, BaseException)
        assert await ledger.session_by_token("half") is None
        assert await ledger.session_by_token("whole") is not None


async def test_nobody_is_told_of_an_end_that_was_not_committed(path: Path):
    async with open_ledger(f"sqlite:///{path}") as ledger:
        # A foreign key that is looked at only at the commit: nothing is wrong before it.
        statements = (
            "INSERT INTO sessions (id, token_hash, address_hash, opened_at) VALUES ('lost', 'lost', 'lost', 1)",
            "PRAGMA defer_foreign_keys=ON",
            "INSERT INTO consents VALUES ('c', 'nobody', 't', 1, 1, 1, 1, '', 1, 0, 'unstated')",
        )
        ended = await together(ledger.database, *(ledger.database.write(statement(each)) for each in statements))

        assert [type(each) for each in ended] == [LedgerError] * 3
        assert await ledger.session_by_token("lost") is None
        await ledger.add_session(a_session())


async def test_a_file_that_is_locked_for_a_while_is_waited_for(path: Path):
    async with open_ledger(f"sqlite:///{path}") as ledger:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            adding = asyncio.create_task(ledger.add_session(a_session()))
            assert (await ledger.row_counts())["sessions"] == 0
            assert not adding.done()
            other.execute("COMMIT")
            await asyncio.wait_for(adding, 10)

        assert (await ledger.row_counts())["sessions"] == 1


async def test_what_was_handed_over_is_done_before_the_ledger_closes(path: Path):
    fact = a_session()
    async with open_ledger(f"sqlite:///{path}") as ledger:
        adding = asyncio.create_task(ledger.add_session(fact))
        await asyncio.sleep(0)
    await adding

    async with open_ledger(f"sqlite:///{path}") as ledger:
        assert await ledger.session_by_token(fact.token_hash) == fact


async def test_a_ledger_that_is_closed_refuses_at_once(path: Path):
    async with open_ledger(f"sqlite:///{path}") as ledger:
        pass
    for call in (ledger.row_counts(), ledger.add_session(a_session())):
        with pytest.raises(LedgerError):
            await asyncio.wait_for(call, 10)


async def test_work_that_cannot_even_begin_fails_alone(path: Path):
    def nonsense(_: AsyncConnection) -> Awaitable[None]:
        raise KeyError("its own")

    async with open_ledger(f"sqlite:///{path}") as ledger:
        good, bad = await together(ledger.database, ledger.add_session(a_session()), ledger.database.write(nonsense))

        assert good is None
        assert isinstance(bad, KeyError)


async def test_work_that_waits_for_something_else_is_refused(path: Path):
    async def wander(_: AsyncConnection) -> None:
        await asyncio.sleep(0)

    async with open_ledger(f"sqlite:///{path}") as ledger:
        for do in (ledger.database.read, ledger.database.write):
            with pytest.raises(RuntimeError, match="nothing but its connection"):
                await do(wander)


async def test_a_read_sees_one_moment_and_changes_nothing(path: Path):
    async with open_ledger(f"sqlite:///{path}") as ledger:
        ended = await ledger.database.read(
            statement("INSERT INTO sessions (id, token_hash, address_hash, opened_at) VALUES ('a', 'a', 'a', 1)")
        )

        assert ended is not None
        assert (await ledger.row_counts())["sessions"] == 0
        await ledger.add_session(a_session())


async def test_what_fails_after_its_caller_has_left_is_no_mistake_of_ours(path: Path):
    known = a_session()
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    async with open_ledger(f"sqlite:///{path}") as ledger:
        await ledger.add_session(known)
        adding = asyncio.create_task(ledger.add_session(known))
        await asyncio.sleep(0)
        adding.cancel()
        await asyncio.wait([adding])
    del adding
    gc.collect()

    assert told == []


async def test_the_caller_who_leaves_takes_nobody_along(ledger: Ledger):
    facts = [a_session() for _ in range(10)]
    added = [asyncio.create_task(ledger.add_session(fact)) for fact in facts]
    await asyncio.sleep(0)
    for each in added[::2]:
        each.cancel()
    await asyncio.gather(*added, return_exceptions=True)

    assert [await ledger.session_by_token(each.token_hash) for each in facts] == facts


async def test_nothing_is_acknowledged_that_went_to_a_file_that_was_replaced(tmp_path: Path):
    file, copy = tmp_path / "ledger.sqlite3", tmp_path / "copy.sqlite3"
    async with open_ledger(f"sqlite:///{file}") as ledger:
        await ledger.add_session(a_session(token_hash="before"))
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(f"VACUUM INTO '{copy}'")
        copy.replace(file)
        for suffix in ("-wal", "-shm"):
            file.with_name(file.name + suffix).unlink()
        with pytest.raises(LedgerError):
            await ledger.add_session(a_session(token_hash="into the old file"))
        await ledger.add_session(a_session(token_hash="after"))
        with closing(sqlite3.connect(file)) as connection:
            there = {token for (token,) in connection.execute("SELECT token_hash FROM sessions")}
    assert there == {"before", "after"}


async def test_a_file_that_is_taken_away_is_not_made_anew(tmp_path: Path):
    file = tmp_path / "ledger.sqlite3"
    async with open_ledger(f"sqlite:///{file}") as ledger:
        await ledger.add_session(a_session())
        file.rename(tmp_path / "elsewhere")
        for _ in range(2):
            with pytest.raises(LedgerError):
                await ledger.add_session(a_session())
        assert not file.exists()
