"""Periods, and the end of their keys."""

import asyncio
import os
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from arena.command.launch import Launcher
from arena.errors import SetupError
from arena.periods import period_of
from logging_store.cli import command
from logging_store.ledger import Ledger, open_ledger
from logging_store.periods import PeriodCount, destroy, kept_keys, key_file, period_counts
from tests.facts import a_session

NOW = period_of(time.time(), "quarter")


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ARENA_STORE_URL", "ARENA_PSEUDONYM_KEY", "ARENA_CONTROLLER_PSEUDONYM_PERIOD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def store(*words: str, data: Path) -> Result:
    return CliRunner().invoke(command, [*words, "--data", str(data)], obj=Launcher(), catch_exceptions=False)


def a_key(data: Path, period: str) -> Path:
    Launcher().period_key(data, "pseudonym", period)
    return key_file(data, period)


async def test_visitors_are_counted_by_period_and_pseudonym(ledger: Ledger):
    for period, address in (("2026Q3", "a"), ("2026Q3", "a"), ("2026Q3", "b"), ("2026Q4", "a"), ("", "x")):
        await ledger.add_session(a_session(period=period, address_hash=address))

    assert await period_counts(ledger) == [
        PeriodCount("", 1, 1),
        PeriodCount("2026Q3", 3, 2),
        PeriodCount("2026Q4", 1, 1),
    ]


def test_a_destroyed_key_was_overwritten_before_it_was_removed(tmp_path: Path):
    file = a_key(tmp_path, "2026Q3")
    secret = file.read_bytes()
    os.link(file, tmp_path / "the same bytes on the disk")

    assert destroy(file)
    assert not file.exists()
    left = (tmp_path / "the same bytes on the disk").read_bytes()
    assert len(left) >= len(secret)
    assert secret[:16] not in left


def test_destroying_twice_does_no_harm(tmp_path: Path):
    a_key(tmp_path, "2026Q3")
    first, second = (store("destroy-key", "2026Q3", data=tmp_path) for _ in range(2))

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout.startswith("the key of 2026Q3 is destroyed\nnobody can say any more which address")
    assert second.stdout.startswith("there is no key of 2026Q3 here any more\n")


def test_the_key_in_force_is_destroyed_only_if_that_is_said(tmp_path: Path):
    file = a_key(tmp_path, NOW)
    with pytest.raises(SetupError, match=rf"^{NOW} is not over: .*--even-now$"):
        store("destroy-key", NOW, data=tmp_path)
    assert file.exists()

    done = store("destroy-key", NOW, "--even-now", data=tmp_path)
    assert "controllers that run hold it until they are restarted" in done.stderr
    assert not file.exists()


def test_a_key_from_before_there_were_periods_goes_with_the_one_in_force(tmp_path: Path):
    Launcher().data_key(tmp_path, "pseudonym")
    done = store("destroy-key", NOW, "--even-now", data=tmp_path)

    assert done.stdout.startswith(f"the key of {NOW} is destroyed\n")
    assert list((tmp_path / "keys").iterdir()) == []


@pytest.mark.parametrize("name", ["../page", "2026Q5", "page", ""])
def test_what_is_no_period_names_no_file(tmp_path: Path, name: str):
    with pytest.raises(SetupError, match="is no period: they are named like 2026Q4"):
        store("destroy-key", name, data=tmp_path)


def test_a_key_that_cannot_be_overwritten_is_not_called_destroyed(tmp_path: Path):
    key_file(tmp_path, "2026Q3").mkdir(parents=True)

    with pytest.raises(SetupError, match=r"pseudonym-2026Q3\.key cannot be overwritten: Is a directory"):
        destroy(key_file(tmp_path, "2026Q3"))


def test_a_variable_is_named_when_it_takes_the_files_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARENA_PSEUDONYM_KEY", "the operator's own secret")
    done = store("destroy-key", "2026Q3", data=tmp_path)

    assert done.stderr.startswith("ARENA_PSEUDONYM_KEY is set, and wins over every file")
    assert "secret" not in done.output


def test_periods_are_listed_with_what_is_left_of_them(tmp_path: Path):
    async def visit() -> None:
        async with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite3") as ledger:
            for period in ("2025Q1", "2025Q1", "2025Q2"):
                await ledger.add_session(a_session(period=period))

    asyncio.run(visit())
    a_key(tmp_path, "2025Q2")

    assert kept_keys(tmp_path) == {"2025Q2"}
    head, *lines = store("periods", data=tmp_path).stdout.splitlines()
    assert head.split() == ["period", "sessions", "pseudonyms", "key"]
    assert [line.split(maxsplit=3) for line in lines] == [
        ["2025Q1", "2", "1", "destroyed"],
        ["2025Q2", "1", "1", "is there"],
        [NOW, "0", "0", "not made yet, in force"],
    ]
