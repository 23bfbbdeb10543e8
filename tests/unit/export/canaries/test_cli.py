import json

from typer.testing import CliRunner

from export.canaries.planting import planted
from export.cli import command
from tests.launches import FakeLaunch


def test_it_writes_the_canaries_of_a_release_to_be_planted():
    result = CliRunner().invoke(command, ["canaries", "--date", "2026-10-01", "--count", "3"], obj=FakeLaunch())
    expected = planted(b"a release key for tests", "2026-10-01", 3)

    lines = [json.loads(line) for line in result.output.splitlines()]
    assert [line["code_word"] for line in lines] == [each.code_word for each in expected]
    assert all(line["code_word"] in line["messages"][0] for line in lines)
