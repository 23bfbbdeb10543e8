import importlib
import importlib.metadata
from enum import StrEnum
from importlib.metadata import EntryPoint, EntryPoints

import pytest
import typer

from arena.command import main
from arena.errors import LedgerError, SetupError

boxes = typer.Typer()


@boxes.command()
def setup_is_wrong() -> None:
    raise SetupError("the cupboard is locked")


@boxes.command()
def work_fails() -> None:
    raise LedgerError


@boxes.command()
def interrupted() -> None:
    raise KeyboardInterrupt


@boxes.command()
def works(ctx: typer.Context, times: int = 1) -> None:
    print(f"works {times} with {type(ctx.obj).__name__}")


class Colour(StrEnum):
    RED = "red"


@boxes.command()
def paints(colour: Colour) -> None:
    print(colour)


@boxes.command()
def imports_late() -> None:
    importlib.import_module("a_package_that_is_not_installed")


@boxes.command()
def found_something() -> None:
    raise typer.Exit(1)


def register(monkeypatch: pytest.MonkeyPatch, **targets: str) -> None:
    points = EntryPoints(EntryPoint(name, target, "arena.commands") for name, target in targets.items())

    def entry_points(group: str) -> EntryPoints:
        return points.select(group=group)

    monkeypatch.setattr(main, "entry_points", entry_points)


@pytest.fixture(autouse=True)
def commands(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch, boxes=f"{__name__}:boxes", ratings="a_package_that_is_not_installed.cli:command")


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err.strip()


@pytest.mark.parametrize(
    ("command", "code"), [("works", 0), ("found-something", 1), ("interrupted", 130), ("works --help", 0)]
)
def test_every_way_to_end_has_its_exit_code(command: str, code: int):
    assert main.run(["boxes", *command.split()]) == code


def test_a_command_is_handed_the_launcher(capsys: pytest.CaptureFixture[str]):
    assert main.run(["boxes", "works", "--times", "3"]) == 0
    assert capsys.readouterr().out == "works 3 with Launcher\n"


def test_a_wrong_setup_is_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str]):
    assert main.run(["boxes", "setup-is-wrong"]) == 2
    assert one_line(capsys) == "arena: the cupboard is locked"


def test_failed_work_is_one_line_and_exit_code_1(capsys: pytest.CaptureFixture[str]):
    assert main.run(["boxes", "work-fails"]) == 1
    assert one_line(capsys) == f"arena: {LedgerError()}"


@pytest.mark.parametrize(
    "arguments", [["no-such-command"], ["boxes", "works", "--colour"], ["boxes", "works", "--times", "x"], ["--no"]]
)
def test_wrong_usage_is_one_line_and_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    assert main.run(arguments) == 2
    assert one_line(capsys).startswith("arena: ")


def test_a_wrong_choice_is_told_in_our_words_not_the_parsers(capsys: pytest.CaptureFixture[str]):
    assert main.run(["boxes", "paints", "blue"]) == 2
    assert one_line(capsys) == "arena: Invalid value for 'colour': 'blue' is not one of 'red'."


def test_a_command_whose_packages_are_missing_says_what_to_install(capsys: pytest.CaptureFixture[str]):
    assert main.run(["ratings", "watch", "--data", "here"]) == 2
    assert one_line(capsys).startswith("arena: arena ratings needs more packages: pip install 'chat-arena[export]'")


def test_packages_that_a_command_misses_only_when_it_runs_are_named_too(capsys: pytest.CaptureFixture[str]):
    assert main.run(["boxes", "imports-late"]) == 2
    assert one_line(capsys).startswith("arena: arena boxes needs more packages: pip install 'chat-arena[boxes]'")


def test_a_mistake_of_ours_is_not_taken_for_a_missing_package(monkeypatch: pytest.MonkeyPatch):
    register(monkeypatch, boxes=f"{__name__}:boxes", broken="arena.no_such_module:command")

    with pytest.raises(ModuleNotFoundError):
        main.run(["broken"])
    assert main.run(["boxes", "works"]) == 0


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_the_help_names_every_command_also_those_that_cannot_run(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
):
    assert main.run(arguments) == 0

    shown = capsys.readouterr().out
    assert all(f"\n  {name}" in shown for name in ("up", "boxes", "ratings"))


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]):
    assert main.run(["--version"]) == 0
    assert capsys.readouterr().out == f"arena {importlib.metadata.version('chat-arena')}\n"
