from pathlib import Path

import pytest

from arena.command.config_file import read_config
from arena.errors import SetupError
from arena.model import DEMO_MODELS

ONE_MODEL = '[[models]]\nname = "tiny"\nworker = "openai"\n'


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def complaint(text: str) -> str:
    Path("arena.toml").write_text(text)
    with pytest.raises(SetupError) as refused:
        read_config(None)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_without_any_file_the_demo_models_serve():
    assert read_config(None).models == DEMO_MODELS


def test_a_file_in_this_folder_is_read_without_being_named():
    Path("arena.toml").write_text(ONE_MODEL)

    assert [model.name for model in read_config(None).models] == ["tiny"]


def test_a_named_file_is_read_in_place_of_the_one_in_this_folder():
    Path("arena.toml").write_text(ONE_MODEL)
    Path("other.toml").write_text(ONE_MODEL.replace("tiny", "huge"))

    assert [model.name for model in read_config(Path("other.toml")).models] == ["huge"]


def test_a_named_file_that_is_missing_is_said_to_be():
    with pytest.raises(SetupError, match=r"nowhere\.toml: cannot be read: No such file or directory"):
        read_config(Path("nowhere.toml"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f"[limits]\nturns_per_minute = 0\n{ONE_MODEL}",
            "arena.toml: limits.turns_per_minute: Input should be greater than or equal to 1",
        ),
        (f"[limits]\nturns = 1\n{ONE_MODEL}", "arena.toml: limits.turns: unknown key"),
        (f"[limit]\nturns = 1\n{ONE_MODEL}", "arena.toml: limit: unknown key"),
        (
            f"[controller]\ndeadline_seconds = inf\n{ONE_MODEL}",
            "arena.toml: controller.deadline_seconds: Input should be less than or equal to 1000000000",
        ),
        (
            f"[limits]\nturns_per_minute = {10**30}\n{ONE_MODEL}",
            "arena.toml: limits.turns_per_minute: Input should be less than or equal to 1000000000",
        ),
        (f"{ONE_MODEL}slot = 3\n", "arena.toml: models.tiny.slot: unknown key"),
        (f'{ONE_MODEL}[[models]]\nworker = "demo"\n', "arena.toml: models.2.name: is missing"),
        (f"{ONE_MODEL}{ONE_MODEL}", "arena.toml: models: the name 'tiny' is given twice"),
        ("", "arena.toml: models: at least one [[models]] entry is needed"),
        (ONE_MODEL.replace("openai", "attach"), "arena.toml: models.tiny: base_url is required for worker = 'attach'"),
    ],
)
def test_a_mistake_is_one_line_that_names_file_and_key(text: str, said: str):
    assert complaint(text) == said


def test_a_wrong_kind_of_table_is_named():
    assert complaint(f"limits = 3\n{ONE_MODEL}").startswith("arena.toml: limits: ")


def test_broken_toml_is_reported_with_its_line():
    assert complaint("[limits]\nturns_per_minute = = 3\n").startswith("arena.toml: Invalid value (at line 2, ")


@pytest.mark.parametrize("value", ["1" * 5000, "[" * 3000 + "]" * 3000], ids=["digits", "brackets"])
def test_what_the_parser_cannot_bear_is_a_mistake_in_the_file_too(value: str):
    assert complaint(f"slots = {value}\n{ONE_MODEL}").startswith("arena.toml: ")


def test_a_file_that_is_not_text_is_reported():
    Path("arena.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SetupError, match=r"arena\.toml: is not UTF-8 text"):
        read_config(None)


@pytest.mark.parametrize("text", [ONE_MODEL, f"[limits]\nturns_per_minute = 5\n{ONE_MODEL}"])
def test_a_wrong_variable_is_named_rather_than_the_file(text: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARENA_LIMITS_TURNS_PER_MINUTE", "many")

    assert complaint(text).startswith("ARENA_LIMITS_TURNS_PER_MINUTE: Input should be a valid integer")


def test_a_wrong_list_of_networks_in_a_variable_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARENA_WEB_TRUSTED_PROXIES", "10.0.0.0/8,nonsense")

    assert complaint(ONE_MODEL).startswith("ARENA_WEB_TRUSTED_PROXIES: ")
