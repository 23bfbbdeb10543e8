import json

import pytest
from typer.testing import CliRunner

from export.cli import command
from export.quality.gate import RecallTooLow

BARELY = ["quality", "--names", "none", "--each", "4"]


def test_it_shows_a_table_of_what_was_found():
    result = CliRunner().invoke(command, BARELY)

    assert result.exit_code == 0
    assert "GOVERNMENT_ID" in result.output
    assert "Touched" in result.output


def test_it_writes_json():
    result = CliRunner().invoke(command, [*BARELY, "--json"])

    assert json.loads(result.output)["recall"]["EMAIL"]["cases"] == 4


def test_it_fails_below_a_least_recall_and_shows_the_table_nevertheless():
    result = CliRunner().invoke(command, [*BARELY, "--min-recall", "EMAIL=0.5", "--min-recall", "NAME=0.9"])

    assert isinstance(result.exception, RecallTooLow)
    assert "GOVERNMENT_ID" in result.output


@pytest.mark.parametrize("wrong", ["EMAIL", "EMAIL=2", "EMAIL=often", "SHOE=0.5"])
def test_it_says_what_is_wrong_with_a_least_recall(wrong: str):
    result = CliRunner().invoke(command, [*BARELY, "--min-recall", wrong])

    assert result.exception is not None
    assert "min-recall" in str(result.exception)
    assert result.output == ""
