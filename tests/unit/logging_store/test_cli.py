from pathlib import Path

import pytest
from typer.testing import CliRunner

from arena.errors import SetupError
from logging_store.cli import command
from tests.launches import FakeLaunch


@pytest.fixture(autouse=True)
def _no_store_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARENA_STORE_URL", raising=False)


def test_migrate_makes_the_ledger_in_the_data_folder(tmp_path: Path):
    data = tmp_path / "data"
    done = CliRunner().invoke(command, ["migrate", "--data", str(data)], obj=FakeLaunch())

    assert (done.exit_code, done.stdout) == (0, "the ledger is up to date\n")
    assert (data / "ledger.sqlite3").is_file()


def test_stats_counts_the_rows_of_each_table(ledger_url: str):
    runner = CliRunner()
    runner.invoke(command, ["migrate", "--store", ledger_url], obj=FakeLaunch(), catch_exceptions=False)
    done = runner.invoke(command, ["stats", "--store", ledger_url], obj=FakeLaunch(), catch_exceptions=False)

    assert dict(line.split() for line in done.stdout.splitlines())["turns"] == "0"


def test_stats_of_no_ledger_is_a_setup_error(tmp_path: Path):
    with pytest.raises(SetupError, match="there is no ledger"):
        CliRunner().invoke(command, ["stats", "--data", str(tmp_path)], obj=FakeLaunch(), catch_exceptions=False)
