import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arena.errors import SetupError
from arena.session import Scope
from logging_store.cli import command
from logging_store.ledger import open_ledger
from tests.facts import a_said_conversation, a_turn, a_visitor
from tests.launches import FakeLaunch


@pytest.fixture(autouse=True)
def _no_store_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARENA_STORE_URL", raising=False)


def test_migrate_makes_the_ledger_in_the_data_folder(tmp_path: Path):
    data = tmp_path / "data"
    done = CliRunner().invoke(command, ["migrate", "--data", str(data)], obj=FakeLaunch())

    assert (done.exit_code, done.stdout) == (0, "the ledger is up to date\n")
    assert (data / "ledger.sqlite3").is_file()


async def _fill(url: str) -> None:
    async with open_ledger(url, key=b"key", writer="test") as ledger:
        consent = await a_visitor(ledger, frozenset({Scope.SERVE, Scope.LOG}))
        conversation = await a_said_conversation(ledger, consent)
        await ledger.open_turns(a_turn(conversation.id, consent.id, position=1))


def test_stats_says_what_is_in_the_ledger(ledger_url: str):
    asyncio.run(_fill(ledger_url))

    done = CliRunner().invoke(command, ["stats", "--store", ledger_url], obj=FakeLaunch(), catch_exceptions=False)
    numbers = {what.strip(): int(number) for what, number in (line.rsplit(" ", 1) for line in done.stdout.splitlines())}

    assert [numbers[each] for each in ("turns", "turns completed", "turns open", "turns lost")] == [2, 1, 1, 0]
    assert [numbers[f"consents to {scope}"] for scope in ("log", "release")] == [1, 0]
    assert [numbers[each] for each in ("links", "chains", "keys of chains")] == [6, 1, 1]
    assert (numbers["conversations forgotten"], numbers["conversations imported"]) == (0, 0)
    assert numbers["bytes on disk"] > 4096


def test_stats_of_no_ledger_is_a_setup_error(tmp_path: Path):
    with pytest.raises(SetupError, match="there is no ledger"):
        CliRunner().invoke(command, ["stats", "--data", str(tmp_path)], obj=FakeLaunch(), catch_exceptions=False)
