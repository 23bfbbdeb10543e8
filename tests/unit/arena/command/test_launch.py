"""One process reads the configuration again and again."""

import logging
from pathlib import Path

import pytest

from arena.command.launch import Launcher
from arena.command.logs import JsonLines
from arena.errors import SetupError
from arena.model import DEMO_MODELS

MINE = '[[models]]\nname = "mine"\nworker = "demo"\n'


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "arena.toml"


def test_a_file_that_was_read_once_is_missed_when_it_is_gone(file: Path):
    launch = Launcher()
    assert launch.read_config(None).models == DEMO_MODELS
    file.write_text(MINE)
    assert [model.name for model in launch.read_config(None).models] == ["mine"]

    file.rename(file.with_name("arena.toml~"))
    with pytest.raises(SetupError, match=r"arena\.toml: cannot be read"):
        launch.read_config(None)


def test_how_logs_are_written_changes_with_a_restart_only(file: Path):
    launch = Launcher()
    file.write_text(MINE)
    launch.read_config(None)
    file.write_text(MINE + '[telemetry]\nlog_format = "json"\n')
    launch.read_config(None)

    assert not any(isinstance(each.formatter, JsonLines) for each in logging.getLogger().handlers)
