import asyncio
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from arena.errors import BrokenDump, LedgerError, SetupError
from logging_store.backups import back_up, restore
from logging_store.cli import command
from logging_store.forgetting import forget_session
from logging_store.ledger import Ledger, open_ledger
from logging_store.sweeping import sweep
from tests.facts import a_said_conversation, a_session, a_visitor, a_voted_battle
from tests.launches import FakeLaunch
from tests.tables import all_rows

LINKED = ("links", "chains")
"""What tells of the deletion itself, once in each ledger."""


async def _fill(ledger: Ledger) -> None:
    consent = await a_visitor(ledger)
    await a_said_conversation(ledger, consent, ("one", "1"), ("two", "2"))
    await a_voted_battle(ledger, consent)


async def _rows(url: str) -> dict[str, Any]:
    async with open_ledger(url) as ledger:
        return await all_rows(ledger)


async def test_a_backup_of_a_ledger_in_use_is_restored_as_it_was(ledger: Ledger, ledger_url: str, tmp_path: Path):
    await _fill(ledger)
    before = await all_rows(ledger)
    await back_up(ledger_url, tmp_path / "backup")
    await _fill(ledger)

    await restore(tmp_path / "backup", f"sqlite:///{tmp_path}/restored.sqlite3")

    assert await _rows(f"sqlite:///{tmp_path}/restored.sqlite3") == before
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}


async def test_writers_go_on_while_a_backup_is_made(ledger: Ledger, ledger_url: str, tmp_path: Path):
    await _fill(ledger)

    _, *_ = await asyncio.gather(back_up(ledger_url, tmp_path / "backup"), *[_fill(ledger) for _ in range(5)])
    await restore(tmp_path / "backup", f"sqlite:///{tmp_path}/restored.sqlite3")

    restored = await _rows(f"sqlite:///{tmp_path}/restored.sqlite3")
    kept = await all_rows(ledger)
    assert all(set(rows) <= set(kept[table]) for table, rows in restored.items() if table not in {"turns", "chains"})


async def test_a_backup_is_not_written_over_another_file(ledger: Ledger, ledger_url: str, tmp_path: Path):
    (tmp_path / "backup").write_text("mine")

    with pytest.raises(SetupError, match="is there already"):
        await back_up(ledger_url, tmp_path / "backup")

    assert (tmp_path / "backup").read_text() == "mine"


async def test_a_backup_is_not_restored_over_a_ledger(ledger: Ledger, ledger_url: str, tmp_path: Path):
    await back_up(ledger_url, tmp_path / "backup")
    await ledger.add_session(a_session())
    before = await all_rows(ledger)

    with pytest.raises(SetupError, match=r"is there already|not empty"):
        await restore(tmp_path / "backup", ledger_url)

    assert await all_rows(ledger) == before


async def test_what_another_ledger_left_behind_is_not_played_into_a_restored_one(tmp_path: Path):
    async with open_ledger(f"sqlite:///{tmp_path}/first.sqlite3"):
        pass
    await back_up(f"sqlite:///{tmp_path}/first.sqlite3", tmp_path / "backup")
    (tmp_path / "second.sqlite3-wal").write_bytes(b"of another")

    with pytest.raises(SetupError, match="belongs to another ledger"):
        await restore(tmp_path / "backup", f"sqlite:///{tmp_path}/second.sqlite3")


async def test_a_damaged_backup_is_refused_and_leaves_nothing(ledger: Ledger, ledger_url: str, tmp_path: Path):
    await _fill(ledger)
    await back_up(ledger_url, tmp_path / "backup")
    whole = (tmp_path / "backup").read_bytes()
    (tmp_path / "backup").write_bytes(whole[: len(whole) // 2])

    with pytest.raises((LedgerError, BrokenDump)):
        await restore(tmp_path / "backup", f"sqlite:///{tmp_path}/restored.sqlite3")

    async with open_ledger(f"sqlite:///{tmp_path}/restored.sqlite3") as restored:
        assert not any((await restored.row_counts()).values())


async def test_a_database_that_is_no_ledger_is_refused(tmp_path: Path):
    with sqlite3.connect(tmp_path / "other") as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()

    with pytest.raises(SetupError, match="holds no ledger"):
        await restore(tmp_path / "other", f"sqlite:///{tmp_path}/restored.sqlite3")


async def test_what_was_forgotten_since_does_not_come_back(ledger: Ledger, ledger_url: str, tmp_path: Path):
    consent = await a_visitor(ledger)
    await a_said_conversation(ledger, consent, ("swordfish", "swordfish!"))
    await _fill(ledger)
    await back_up(ledger_url, tmp_path / "backup")
    await forget_session(ledger, consent.session_id, 1000.0, tombstones=tmp_path / "stones")
    folder = tmp_path / "restored"

    url = f"sqlite:///{folder}/ledger.sqlite3"
    restored = await restore(tmp_path / "backup", url, tombstones=[tmp_path / "stones"])

    assert restored.applied.sessions == 1
    assert restored.swept.is_clean
    assert (await sweep(ledger)).is_clean
    assert {name: rows for name, rows in (await _rows(url)).items() if name not in LINKED} == {
        name: rows for name, rows in (await all_rows(ledger)).items() if name not in LINKED
    }
    assert not any(b"swordfish" in each.read_bytes() for each in folder.iterdir())


async def test_a_damaged_file_of_tombstones_lets_nothing_be_restored(ledger: Ledger, ledger_url: str, tmp_path: Path):
    await _fill(ledger)
    await back_up(ledger_url, tmp_path / "backup")
    (tmp_path / "stones").write_text("{}\n")

    with pytest.raises(SetupError, match="stones:1"):
        await restore(tmp_path / "backup", f"sqlite:///{tmp_path}/new/ledger.sqlite3", tombstones=[tmp_path / "stones"])

    assert list((tmp_path / "new").iterdir()) == []


async def test_two_restores_at_once_do_not_share_a_draft(ledger: Ledger, ledger_url: str, tmp_path: Path):
    await _fill(ledger)
    await back_up(ledger_url, tmp_path / "backup")
    url = f"sqlite:///{tmp_path}/new/ledger.sqlite3"

    results = await asyncio.gather(*(restore(tmp_path / "backup", url) for _ in range(2)), return_exceptions=True)

    assert len([each for each in results if isinstance(each, SetupError)]) == 1
    assert (await _rows(url))["turns"] == (await all_rows(ledger))["turns"]


def test_the_commands_copy_and_bring_back(ledger_url: str, tmp_path: Path):
    def store(*arguments: str) -> str:
        done = CliRunner().invoke(command, arguments, obj=FakeLaunch(), catch_exceptions=False)
        assert done.exit_code == 0
        return done.stdout

    file = str(tmp_path / "backup")
    store("migrate", "--store", ledger_url)

    assert store("backup", file, "--store", ledger_url) == f"the ledger is copied into {file}\n"
    assert store("restore", file, "--data", str(tmp_path / "data")) == "the ledger is restored\n"
    assert store("check", "--data", str(tmp_path / "data")) == "the ledger is in good order\n"
