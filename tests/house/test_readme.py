"""What the README tells people to do, they can do."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from arena.command import main
from arena.command.config_file import read_config
from arena.settings import ArenaFile
from export.release.config import ReleaseSettings, read_settings
from tests.house.repository import ROOT, code_blocks, files

DOCUMENTS = [name for name in files() if name.suffix == ".md"]
NONE_BY_DEFAULT = {"price_in", "price_out", "concurrency", "tokens_per_minute", "dollars_per_day"}
EXAMPLE = ROOT / "deploy" / "arena.example.toml"
ONE_MODEL = '[[models]]\nname = "one"\nworker = "demo"\n'
TOOLS = {"curl", "cd", "git", "export", "docker", "apt-get", ".venv/bin/pre-commit", "pytest", ".venv/bin/pytest"}


def commands() -> list[str]:
    blocks = [block for name in DOCUMENTS for block in code_blocks(ROOT / name, "sh")]
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line for line in lines if shlex.split(line, comments=True)]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def extras() -> set[str]:
    return set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])


@pytest.mark.parametrize("line", commands())
def test_a_command_in_the_documents_exists(line: str, capsys: pytest.CaptureFixture[str]):
    words = [word for word in shlex.split(line, comments=True) if not re.match(r"^[A-Z_]+=", word)]
    match words:
        case ["arena" | ".venv/bin/arena", *arguments]:
            # What follows two dashes is another program's.
            arguments = arguments[: (*arguments, "--").index("--")]
            options = [word.partition("=")[0] for word in arguments if word.startswith("--")]
            path = arguments[: next((at for at, word in enumerate(arguments) if word.startswith("-")), None)]
            assert main.run([*path, "--help"]) == 0
            shown = capsys.readouterr().out
            assert "needs more packages" not in shown
            assert [option for option in options if option not in shown.split()] == []
        case ["make", *asked]:
            assert {word for word in asked if "=" not in word} <= targets()
        case ["pip", "install", what]:
            assert set(re.findall(r"[a-z]+", "".join(re.findall(r"\[(.*)\]", what)))) <= extras()
        case [program, *_]:
            assert program in TOOLS
        case _:
            pytest.fail(f"not a command: {line}")


@pytest.mark.parametrize("target", ["setup", "demo", "test", "torture", "check", "bench", "lock", "clean"])
def test_make_knows(target: str):
    assert target in targets()


def test_the_readme_shows_the_two_commands_first():
    shown = "\n".join(code_blocks(ROOT / "README.md", "sh")[:1])

    assert {"make demo", "make test"} <= {line.split("#")[0].strip() for line in shown.splitlines()}


CONFIGURATIONS = [block for name in DOCUMENTS for block in code_blocks(ROOT / name, "toml")]


def is_of_a_release(text: str) -> bool:
    told = tomllib.loads(text)
    sections = set(ArenaFile.model_fields) & {name for name, value in told.items() if isinstance(value, dict)}
    return not sections and told.keys() <= {field.alias for field in ReleaseSettings.model_fields.values()}


@pytest.mark.parametrize("text", [text for text in CONFIGURATIONS if not is_of_a_release(text)])
def test_a_configuration_in_the_documents_is_right(text: str, tmp_path: Path):
    file = tmp_path / "arena.toml"
    file.write_text(text if "[[models]]" in text else text + ONE_MODEL)

    assert read_config(file).models


@pytest.mark.parametrize("text", [text for text in CONFIGURATIONS if is_of_a_release(text)])
def test_a_release_in_the_documents_is_right(text: str, tmp_path: Path):
    file = tmp_path / "release.toml"
    file.write_text(text)

    assert read_settings(file, {}).model_fields_set


@pytest.mark.parametrize("name", [name for name in files("deploy") if name.match("arena*.toml")])
def test_an_example_in_deploy_is_right(name: Path):
    assert read_config(ROOT / name).models


def test_the_example_shows_every_setting_with_its_default():
    shown = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    read, defaults = read_config(EXAMPLE), ArenaFile.model_validate(tomllib.loads(ONE_MODEL))

    for section in ("controller", "web", "store", "export", "limits", "telemetry"):
        expected = getattr(defaults, section)
        assert set(shown[section]) == set(type(expected).model_fields)
        assert getattr(read, section) == expected
    first = {name: value for name, value in shown["models"][0].items() if name not in {"name", "worker"}}
    assert first.items() <= defaults.models[0].model_dump().items()
    assert set(type(defaults.models[0]).model_fields) - set(shown["models"][0]) == NONE_BY_DEFAULT


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_between_documents_lead_somewhere(name: Path):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", (ROOT / name).read_text(encoding="utf-8"))

    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []
