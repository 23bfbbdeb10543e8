"""Forgetting, retention and restoring by the real commands, some of them killed, and the files that they leave."""

import asyncio
import io
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from arena.command.keys import data_key
from arena.command.main import run
from arena.session import Scope
from logging_store.engine import parse_url
from logging_store.facts import ConsentFact
from logging_store.forgetting import give_code
from logging_store.ledger import Ledger, open_ledger
from logging_store.tombstone_file import tombstones_in
from tests.databases import PostgresServer
from tests.facts import a_kept_conversation, a_turn, a_visitor, a_voted_battle, an_end

SECRET, KEPT = "swordfish", "haddock"
LOGGED = frozenset({Scope.SERVE, Scope.LOG})
PATIENCE = 60.0
"""Seconds until something must have happened."""


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "arena.command", "store", *arguments]


def _store(*arguments: str, typed: str = "", expected: int = 0) -> str:
    """Run a command in this process, which is quicker; return all that it said."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
        patch.setattr("sys.stdin", io.StringIO(typed))
        code = run(["store", *arguments])
    assert code == expected, said.getvalue()
    return said.getvalue()


def _really(*arguments: str, typed: str = "") -> str:
    """Run a command as an operator does."""
    done = subprocess.run(_command(*arguments), input=typed, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout + done.stderr


def _killed_when(is_time: Callable[[], bool], *arguments: str, typed: str = "") -> bool:
    """Run a command and kill it as soon as it is time. Return whether it was still there to be killed."""
    with subprocess.Popen(
        _command(*arguments), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        process.stdin.write(typed.encode())
        process.stdin.close()
        end = time.monotonic() + PATIENCE
        while process.poll() is None and not is_time():
            assert time.monotonic() < end
            time.sleep(0.0005)
        process.kill()
        return process.wait() == -9


async def _says(ledger: Ledger, consent: ConsentFact, word: str, conversations: int) -> None:
    async def talk(number: int) -> None:
        conversation = await a_kept_conversation(ledger, consent)
        for position in range(2):
            turn = a_turn(conversation.id, consent.id, position=position, text=f"{word} {number}? " + "so " * 200)
            await ledger.open_turns(turn)
            await ledger.finish_turn(an_end(turn.id, answer=f"{word}!"))

    await asyncio.gather(*(talk(number) for number in range(conversations)))


async def _two_visitors(url: str, data: Path, conversations: int = 20, scopes: frozenset[Scope] = LOGGED) -> str:
    """Let two visitors talk, the first of whom allowed so much, the second everything. Return the first one's code."""
    async with open_ledger(url, key=data_key(data, "chain").get_secret_value().encode(), writer="test") as ledger:
        first, second = await a_visitor(ledger, scopes), await a_visitor(ledger)
        await _says(ledger, first, SECRET, conversations)
        await _says(ledger, second, KEPT, 20)
        await a_voted_battle(ledger, first)
        return await give_code(ledger, first.session_id, 1.0)


async def _words(url: str) -> tuple[int, int]:
    """Return how many turns say the secret, and how many the other word."""
    query = text("SELECT count(*) FROM turns WHERE text LIKE :word OR answer LIKE :word")
    async with open_ledger(url) as ledger, ledger.database.snapshot() as connection:
        found = [(await connection.execute(query, {"word": f"%{word}%"})).scalar_one() for word in (SECRET, KEPT)]
    return found[0], found[1]


def _in_files(folder: Path, word: str) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file() and word.encode() in each.read_bytes()]


@pytest.fixture
def another_url(request: pytest.FixtureRequest, ledger_url: str, tmp_path: Path) -> str:
    """A second database, of the same kind as the ledger's."""
    if ledger_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/second/ledger.sqlite3"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.fresh_database()


def test_a_backup_from_before_a_deletion_does_not_bring_text_back(ledger_url: str, another_url: str, tmp_path: Path):
    data, second, backup = tmp_path / "data", tmp_path / "second", tmp_path / "backup"
    at = ("--store", ledger_url, "--data", str(data))
    code = asyncio.run(_two_visitors(ledger_url, data))
    _store("backup", str(backup), *at)
    assert SECRET.encode() in backup.read_bytes()

    said = _really("forget", *at, typed=f"{code}\n")
    shutil.copytree(data / "keys", second / "keys")  # no backup holds them
    again = ("--store", another_url, "--data", str(second))
    restored = _really("restore", str(backup), *again, "--tombstones", str(data / "tombstones.jsonl"))

    assert "forgotten: conversations 22" in said
    assert "forgotten again: sessions 1" in restored
    assert "the ledger is restored" in restored
    assert asyncio.run(_words(another_url)) == (0, 40)
    assert _in_files(second, SECRET) == []
    assert "good order" in _store("check", *again)


def test_a_dump_that_is_loaded_forgets_as_well(ledger_url: str, another_url: str, tmp_path: Path):
    data, dump = tmp_path / "data", tmp_path / "dump"
    code = asyncio.run(_two_visitors(ledger_url, data))
    _store("dump", str(dump), "--store", ledger_url)
    _store("forget", "--store", ledger_url, "--data", str(data), typed=code)

    loaded = _store("load", str(dump), "--store", another_url, "--data", str(data))

    assert "forgotten again: sessions 1" in loaded
    assert asyncio.run(_words(another_url)) == (0, 40)
    assert _in_files(tmp_path / "second", SECRET) == []


def test_neither_backups_nor_dumps_hold_a_key_or_a_code(ledger_url: str, tmp_path: Path):
    data = tmp_path / "data"
    code = asyncio.run(_two_visitors(ledger_url, data, 1))
    made = _store("backup", str(tmp_path / "copies" / "backup"), "--store", ledger_url, "--data", str(data))
    made += _store("dump", str(tmp_path / "copies" / "dump"), "--store", ledger_url)
    keys = [each.read_text().strip() for each in (data / "keys").iterdir()]

    assert keys
    for secret in (*keys, code, code.replace("-", "")):
        assert _in_files(tmp_path / "copies", secret) == []
        assert secret not in made


def test_a_restore_that_is_killed_leaves_nothing_that_could_be_taken_for_a_ledger(
    ledger_url: str, another_url: str, tmp_path: Path
):
    data, second, backup = tmp_path / "data", tmp_path / "second", tmp_path / "backup"
    at = ("--store", ledger_url, "--data", str(data))
    code = asyncio.run(_two_visitors(ledger_url, data, 200))
    _store("backup", str(backup), *at)
    _store("forget", *at, "--seconds", "60", typed=code)
    restore = ("restore", str(backup), "--store", another_url, "--data", str(second))
    restore = (*restore, "--tombstones", str(data / "tombstones.jsonl"))
    is_sqlite = another_url.startswith("sqlite")

    def is_half_way() -> bool:
        if is_sqlite:
            draft = second / ".ledger.sqlite3.restoring"
            return draft.exists() and draft.stat().st_size > 0
        return asyncio.run(_has_tables(another_url))

    assert _killed_when(is_half_way, *restore)

    if is_sqlite:
        assert not (second / "ledger.sqlite3").exists()
        (second / ".ledger.sqlite3.restoring-wal").write_bytes(b"left by an attempt that was killed")
    else:
        assert asyncio.run(_words(another_url)) == (0, 0)
    assert "the ledger is restored" in _store(*restore)
    assert asyncio.run(_words(another_url)) == (0, 40)
    assert _in_files(second, SECRET) == []
    assert not is_sqlite or [each.name for each in second.glob("*ledger*")] == ["ledger.sqlite3"]


async def _has_tables(url: str) -> bool:
    engine = create_async_engine(parse_url(url))
    try:
        async with engine.connect() as connection:
            return (await connection.execute(text("SELECT to_regclass('turns') IS NOT NULL"))).scalar_one()
    finally:
        await engine.dispose()


def test_a_deletion_that_is_killed_is_done_or_completed_by_the_next_sweep(ledger_url: str, tmp_path: Path):
    data = tmp_path / "data"
    at = ("--store", ledger_url, "--data", str(data))
    code = asyncio.run(_two_visitors(ledger_url, data, 200))
    stones = data / "tombstones.jsonl"

    assert _killed_when(lambda: stones.exists() and stones.stat().st_size > 0, "forget", *at, typed=code)

    _store("sweep", *at, "--seconds", "0")
    assert asyncio.run(_words(ledger_url)) == (0, 40)
    assert "good order" in _store("check", *at)
    assert not ledger_url.startswith("sqlite") or _in_files(tmp_path, SECRET) == []
    assert "under this deletion code" in _store("forget", *at, typed=code, expected=1)


def test_a_retention_that_is_killed_goes_on_where_the_work_is(ledger_url: str, tmp_path: Path):
    data = tmp_path / "data"
    at = ("--store", ledger_url, "--data", str(data))
    asyncio.run(_two_visitors(ledger_url, data, 450))
    stones = data / "tombstones.jsonl"

    assert _killed_when(
        lambda: stones.exists() and stones.read_bytes().count(b"\n") >= 2, "retain", *at, "--days", "30"
    )
    secrets, others = asyncio.run(_words(ledger_url))
    said = _store("retain", *at, "--days", "30")
    once_more = _store("retain", *at, "--days", "30")

    assert 0 < secrets < 900
    assert others == 40
    assert "days removed: turns" in said
    assert "turns 0" in once_more
    assert asyncio.run(_words(ledger_url)) == (0, 40)
    named = {digest for stone in tombstones_in(stones) for digest in stone.conversations}
    assert len(named) == 452
    assert "good order" in _store("check", *at)
    _store("sweep", *at, "--seconds", "0")
    assert not ledger_url.startswith("sqlite") or _in_files(tmp_path, SECRET) == []


def test_nothing_but_standard_input_takes_a_code(ledger_url: str, tmp_path: Path):
    data = tmp_path / "data"
    at = ("--store", ledger_url, "--data", str(data))
    code = asyncio.run(_two_visitors(ledger_url, data, 1))

    for way in ([code], ["--code", code], [f"--code={code}"]):
        _store("forget", *at, *way, expected=2)
    assert "code" not in re.findall(r"--([a-z-]+)", _store("forget", "--help"))
    wrong = _store("forget", *at, typed=f"{code[:-4]}0000\n", expected=1)

    assert not (data / "tombstones.jsonl").exists()
    assert code[:-4] not in wrong
    assert "under this deletion code" in wrong
    assert asyncio.run(_words(ledger_url)) == (2, 40)


def test_a_sweep_beside_writers_keeps_nobody_waiting(ledger_url: str, tmp_path: Path):
    asyncio.run(_two_visitors(ledger_url, tmp_path / "data", 1))

    async def write_meanwhile() -> tuple[int, float, str]:
        async with open_ledger(ledger_url) as ledger:
            consent = await a_visitor(ledger)
            sweeping = asyncio.create_task(asyncio.to_thread(_sweep, ledger_url, tmp_path / "data"))
            written, longest = 0, 0.0
            while not sweeping.done():
                begun = time.monotonic()
                await _says(ledger, consent, KEPT, 1)
                longest = max(longest, time.monotonic() - begun)
                written += 1
            return written, longest, await sweeping

    written, longest, said = asyncio.run(write_meanwhile())

    assert written > 0
    assert longest < 10
    assert said


def _sweep(url: str, data: Path) -> str:
    done = subprocess.run(
        _command("sweep", "--store", url, "--data", str(data)), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout
