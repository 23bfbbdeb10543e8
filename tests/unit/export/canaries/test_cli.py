import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from export.canaries.planting import planted
from export.cli import command
from tests.launches import FakeLaunch
from tests.written import a_release


def test_it_writes_the_canaries_of_a_release_to_be_planted(tmp_path: Path):
    arguments = ["canaries", "--date", "2026-10-01", "--count", "3", "--data", str(tmp_path)]
    result = CliRunner().invoke(command, arguments, obj=FakeLaunch())
    expected = planted(b"a release key for tests", "2026-10-01", 3)

    lines = [json.loads(line) for line in result.output.splitlines()]
    assert [line["code_word"] for line in lines] == [each.code_word for each in expected]
    assert all(line["code_word"] in line["messages"][0] for line in lines)


def test_canaries_are_of_a_day_as_releases_are(tmp_path: Path):
    def said(date: str) -> Result:
        return CliRunner().invoke(command, ["canaries", "--date", date, "--data", str(tmp_path)], obj=FakeLaunch())

    assert said("2026-10-01T12:00:00Z").output == said("2026-10-01").output
    assert str(said("1st of October").exception).startswith("--date: write a date such as 2026-07-01")


@pytest.mark.parametrize("arguments", [["canaries", "--date", "2026-10-01"], ["check", "OUT", "--store", "URL"]])
def test_without_the_arenas_folder_no_key_is_made_up(
    tmp_path: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("ARENA_RELEASE_KEY", raising=False)
    (tmp_path / "ledger.sqlite3").touch()
    places = {"OUT": str(a_release(tmp_path / "out")), "URL": f"sqlite:///{tmp_path}/ledger.sqlite3"}
    given = [places.get(each, each) for each in arguments]

    said = CliRunner().invoke(command, [*given, "--data", str(tmp_path / "none")], obj=FakeLaunch())

    assert str(said.exception) == f"--data: there is no folder {tmp_path}/none, which holds the release key"
    assert not (tmp_path / "none").exists()
