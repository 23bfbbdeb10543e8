"""Flags that mean the same are called the same."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arena.errors import SetupError
from arena.settings import ArenaFile
from export.cli import command
from tests.launches import FakeLaunch
from tests.written import a_release


@dataclass(frozen=True)
class Reads(FakeLaunch):
    """Says which arena.toml was asked for."""

    def read_config(self, path: Path | None) -> ArenaFile:
        raise SetupError(f"read {path}")


@pytest.mark.parametrize("flag", ["--arena-config", "--config"])
@pytest.mark.parametrize("name", ["check", "moderate"])
def test_the_arenas_configuration_is_called_as_in_a_release(tmp_path: Path, name: str, flag: str):
    given = [str(a_release(tmp_path / "out"))] if name == "check" else []
    said = CliRunner().invoke(command, [name, *given, "--data", str(tmp_path), flag, "my.toml"], obj=Reads())

    assert str(said.exception) == "read my.toml"


def test_a_release_has_its_own_file_and_names_the_arenas(tmp_path: Path):
    arguments = ["release", "--out", str(tmp_path / "out"), "--arena-config", "my.toml"]

    assert str(CliRunner().invoke(command, arguments, obj=Reads()).exception) == "read my.toml"
