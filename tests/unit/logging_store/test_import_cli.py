import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from arena.errors import SetupError
from logging_store.cli import command
from logging_store.tombstone_file import Tombstone, add_tombstone, digest
from tests.fastchat_logs import NOON, a_battle_log, a_chat, a_state, write_log
from tests.launches import FakeLaunch


def _import(folder: Path, url: str, *options: str) -> Result:
    arguments = ["import-fastchat", str(folder), "--store", url, *options]
    return CliRunner().invoke(command, arguments, obj=FakeLaunch(), catch_exceptions=False)


def test_an_import_says_what_it_read_skipped_and_added(ledger_url: str, tmp_path: Path):
    folder = write_log(tmp_path / "log", *a_battle_log(), b'{"torn', a_chat(a_state(9)))

    done = _import(folder, ledger_url, "--scope", "release", "--terms", "2023-05")

    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "read: chat 3, leftvote 1",
        "skipped: torn line 1",
        "added: battles 1, conversations 3, turns 3, votes 1",
        "noted: nothing",
        "the import fastchat may be released",
    ]
    assert done.stderr == "skipped 2024-03-01-conv.json:4: torn line\n"


def test_without_a_scope_the_logs_cannot_be_released(ledger_url: str, tmp_path: Path):
    done = _import(write_log(tmp_path / "log", a_chat()), ledger_url)

    assert done.stdout.splitlines()[-1] == "the import fastchat may not be released"


def test_the_second_import_adds_nothing(ledger_url: str, tmp_path: Path):
    folder = write_log(tmp_path / "log", *a_battle_log())
    _import(folder, ledger_url)

    assert "added: nothing" in _import(folder, ledger_url).stdout.splitlines()


def test_what_was_imported_passes_the_check_under_the_arenas_key(ledger_url: str, tmp_path: Path):
    _import(write_log(tmp_path / "log", *a_battle_log()[:2]), ledger_url, "--data", str(tmp_path))
    _import(write_log(tmp_path / "log", *a_battle_log()), ledger_url, "--data", str(tmp_path))

    done = CliRunner().invoke(command, ["check", "--store", ledger_url, "--data", str(tmp_path)], obj=FakeLaunch())

    assert (done.exit_code, done.stdout) == (0, "the ledger is in good order\n")


def test_what_was_forgotten_beside_the_ledger_is_left_out(tmp_path: Path):
    folder = write_log(tmp_path / "log", a_chat())
    _import(folder, f"sqlite:///{tmp_path}/first.sqlite3")
    with closing(sqlite3.connect(tmp_path / "first.sqlite3")) as connection:
        ((gone,),) = connection.execute("SELECT id FROM conversations")
    add_tombstone(tmp_path / "data" / "tombstones.jsonl", Tombstone((digest(gone),), NOON, "asked"))

    done = _import(folder, f"sqlite:///{tmp_path}/second.sqlite3", "--data", str(tmp_path / "data"))

    assert "noted: rows of forgotten conversations 1" in done.stdout.splitlines()


def test_many_skipped_lines_are_not_all_named(ledger_url: str, tmp_path: Path):
    done = _import(write_log(tmp_path / "log", *[b"{"] * 103), ledger_url)

    assert len(done.stderr.splitlines()) == 101
    assert done.stderr.splitlines()[-1] == "skipped 3 more lines"


@pytest.mark.parametrize("options", [["--scope", "release"], ["--name", "../x"]])
def test_what_is_not_said_clearly_is_a_setup_error(tmp_path: Path, options: list[str]):
    with pytest.raises(SetupError):
        _import(write_log(tmp_path / "log", a_chat()), f"sqlite:///{tmp_path}/ledger.sqlite3", *options)
