"""The `arena` command: finds its subcommands through entry points and turns errors into exit codes."""

import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, entry_points, version
from typing import Annotated

import typer

from arena.command import logs
from arena.command.launch import Launcher
from arena.command.logs import OUR_PACKAGES
from arena.command.tracing import OF_LIBRARIES
from arena.command.up import up
from arena.errors import ArenaError, SetupError

DONE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130
EXTRAS = {"ratings": "export", "keys": "store"}
"""The extra that a command needs, where it is not called like the command."""


def main() -> None:
    """Run the command line of this process and exit."""
    is_json = os.environ.get("ARENA_TELEMETRY_LOG_FORMAT") == "json"  # until arena.toml is read
    logs.set_up("json" if is_json else "text", _process(sys.argv[1:]))
    os.environ |= OF_LIBRARIES
    sys.exit(run(sys.argv[1:]))


def _process(arguments: Sequence[str]) -> str:
    """Return what this process is called in its logs and traces: its subcommand."""
    return arguments[0] if arguments and arguments[0].isalpha() else "arena"


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. Errors we foresee become one line on stderr."""
    try:
        code = build(arguments)(
            args=list(arguments), prog_name="arena", standalone_mode=False, obj=Launcher(_process(arguments))
        )
    except typer.TyperException as error:
        return _say(error.format_message().replace("Value error, ", ""), MISUSED)
    except ModuleNotFoundError as error:
        return _say(_needed(arguments[0], error), MISUSED)
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except SetupError as error:
        return _say(str(error), MISUSED)
    except ArenaError as error:
        return _say(str(error), FAILED)
    return code if isinstance(code, int) else DONE


def _say(problem: str, code: int) -> int:
    is_help = "\n" in problem  # of a command that was given no subcommand
    print(problem if is_help else f"arena: {problem}", file=sys.stderr, flush=True)
    return code


def build(arguments: Sequence[str]) -> typer.Typer:
    """Build the command. Only the subcommand that is asked for is imported; for the help, all are."""
    app = typer.Typer(name="arena", rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
    app.callback(invoke_without_command=True)(_arena)
    app.command("up")(up)
    points = {point.name: point for point in entry_points(group="arena.commands")}
    wanted = arguments[0] if arguments else ""
    chosen = [points[wanted]] if wanted in points else [] if wanted == "up" else points.values()
    for point in chosen:
        _add(app, point)
    return app


def _add(app: typer.Typer, point: EntryPoint) -> None:
    try:
        app.add_typer(point.load(), name=point.name)
    except ModuleNotFoundError as error:
        options = {"allow_extra_args": True, "ignore_unknown_options": True}
        app.command(point.name, context_settings=options)(_explaining(_needed(point.name, error)))


def _needed(command: str, error: ModuleNotFoundError) -> str:
    """Say which extra a command needs. A missing module of ours is no extra but a mistake, and raised again."""
    if (error.name or "").partition(".")[0] in OUR_PACKAGES:
        raise error
    return f"arena {command} needs more packages: pip install 'chat-arena[{EXTRAS.get(command, command)}]' ({error})"


def _explaining(sentence: str) -> Callable[[], None]:
    def explain() -> None:
        raise SetupError(sentence)

    explain.__doc__ = sentence
    return explain


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"arena {version('chat-arena')}")
        raise typer.Exit


def _arena(
    ctx: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """A chat arena: chat with models, let them fight blind battles, vote."""
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())
