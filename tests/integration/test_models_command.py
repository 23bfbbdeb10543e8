"""`arena models` against a controller that runs."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

import pytest

from arena.command.main import run
from arena.errors import SetupError
from controller.reloading import Reloading
from tests.arenas import GATEWAY_KEY, TWO_MODELS, Stage, a_model, a_stage, settings_for
from tests.unit.arena.command.ports import free_port


class Desk(NamedTuple):
    """An operator's place: a folder with the key, a controller, and what its file says."""

    stage: Stage
    said: pytest.CaptureFixture[str]

    def says(self, *words: str) -> tuple[int, str, str]:
        """Run a command; return its exit code and what it wrote."""
        code = run(["models", *words, "--controller", self.stage.arena.url])
        out, err = self.said.readouterr()
        return code, out, err


File = list[object]


@pytest.fixture
def file(tmp_path: Path) -> File:
    """What reading the configuration again gives, or raises."""
    return [settings_for(tmp_path)]


@pytest.fixture
def desk(
    tmp_path: Path, file: File, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Generator[Desk]:
    def read() -> object:
        if isinstance(file[0], Exception):
            raise file[0]
        return file[0]

    monkeypatch.chdir(tmp_path)
    key = tmp_path / "data" / "keys" / "gateway.key"
    key.parent.mkdir(parents=True)
    key.write_text(GATEWAY_KEY)
    with a_stage(tmp_path, reloading=Reloading(read)) as stage:  # pyright: ignore[reportArgumentType]
        yield Desk(stage, capsys)


def test_models_are_a_table_with_how_many_workers_serve_each(desk: Desk):
    code, out, _ = desk.says("list")

    assert code == 0
    rows = [line.split() for line in out.splitlines()]
    assert rows[0][:4] == ["model", "worker", "workers", "weight"]
    assert [row[:4] for row in rows[1:]] == [["model-one", "attach", "1", "1"], ["model-two", "attach", "1", "1"]]


def test_workers_are_a_table_without_keys(desk: Desk):
    code, out, _ = desk.says("workers")

    assert code == 0
    assert "worker-1" in out
    assert "model-one, model-two" in out
    assert desk.stage.worker.key not in out


@pytest.mark.parametrize("what", ["list", "workers", "reload"])
def test_programs_get_json(desk: Desk, what: str):
    code, out, _ = desk.says(what, "--json")

    assert code == 0
    assert json.loads(out)


def test_a_worker_is_drained_and_comes_back(desk: Desk):
    assert desk.says("drain", "worker-1")[0] == 0
    assert "draining" in desk.says("workers")[1]
    assert desk.says("undrain", "worker-1")[0] == 0
    assert "draining" not in desk.says("workers")[1]


def test_a_reload_says_what_changed(desk: Desk, file: File, tmp_path: Path):
    file[0] = settings_for(tmp_path, TWO_MODELS[0], a_model("model-new"))

    assert desk.says("reload") == (0, "added model-new; removed model-two\n", "")
    assert desk.says("reload") == (0, "nothing changed\n", "")


def test_a_broken_file_is_one_line_and_exit_code_2(desk: Desk, file: File):
    file[0] = SetupError("arena.toml: models.a.slots: Input should be greater than or equal to 1")

    assert desk.says("reload") == (2, "", f"arena: {file[0]}\n")


def test_a_worker_that_is_not_there_is_one_line_and_exit_code_1(desk: Desk):
    code, out, err = desk.says("drain", "nobody/at/all")

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "there is no worker nobody/at/all here: `arena models workers` lists them" in err


def test_a_wrong_key_is_one_line_and_exit_code_2(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARENA_ADMIN_KEY", "the key of some other arena")

    code, out, err = desk.says("list")

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "some other arena" not in err


def test_a_folder_without_a_key_is_told_and_none_is_made(desk: Desk, tmp_path: Path):
    code, _, err = desk.says("list", "--data", "elsewhere")

    assert code == 2
    assert "ARENA_ADMIN_KEY" in err
    assert not (tmp_path / "elsewhere").exists()


def test_a_controller_that_cannot_be_reached_is_told(desk: Desk):
    code = run(["models", "list", "--controller", f"http://127.0.0.1:{free_port()}"])

    err = desk.said.readouterr().err
    assert code == 1
    assert "cannot be reached: " in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("address", ["127.0.0.1:1", "file:///etc/passwd", ""])
def test_what_is_no_address_is_told(desk: Desk, address: str, tmp_path: Path):
    (tmp_path / "arena.toml").write_text("broken")

    assert run(["models", "list", "--controller", address]) == 2
