"""`arena export moderate`."""

import asyncio
import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from arena.errors import ArenaError, SetupError
from arena.settings import ArenaFile, Launch
from export.moderation.importing import import_verdicts
from export.moderation.messages import Sought, steps_before
from export.moderation.run import Asked, GuardAsked, Provider, Scope, ask_guard, count_missing, moderate
from export.moderation.store import FILE_NAME
from export.moderation.writing import VerdictWriter, writing
from export.release.config import Moment
from logging_store.config import existing_ledger_url

OPENAI_KEY = "OPENAI_API_KEY"
ROWS_SHOWN = 100
"""Broken rows of an import that are named one by one."""


def moderate_command(  # noqa: PLR0913, PLR0917 (one per option)
    ctx: typer.Context,
    data: Annotated[Path, typer.Option(help="The data folder.")] = Path("data"),
    store: Annotated[
        str | None, typer.Option(envvar="ARENA_STORE_URL", help="A database URL instead of the data folder's file.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--arena-config", "--config", help="The arena.toml that says what is withheld.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="Only conversations whose last turn finished then or later (UTC).")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="And before then.")] = None,
    verdicts: Annotated[
        Path | None, typer.Option(help=f"The file of verdicts; else {FILE_NAME} in the data folder.")
    ] = None,
    model: Annotated[str, typer.Option(help="The moderation model. A dated name never changes.")] = (
        "omni-moderation-latest"
    ),
    base_url: Annotated[str, typer.Option(help="Another server that speaks the moderations API.")] = "",
    api_key_env: Annotated[
        str, typer.Option(help="The variable that holds the key. Another server than OpenAI's gets none by itself.")
    ] = "",
    batch: Annotated[bool, typer.Option("--batch", help="By the Batch API: slower, and not limited by rates.")] = False,
    poll_seconds: Annotated[float, typer.Option(min=0.01, help="How often batches are looked at.")] = 30.0,
    requests_per_minute: Annotated[
        float | None, typer.Option(min=0.01, help="No more than these; the provider's own limits are heeded anyway.")
    ] = None,
    at_once: Annotated[int, typer.Option(min=1, max=256, help="Requests at the same time.")] = 8,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds for one request.")] = 60.0,
    retry_refused: Annotated[
        bool, typer.Option("--retry-refused", help="Ask again about texts that were refused before.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how much is missing. Sends nothing.")] = False,
    import_file: Annotated[
        Path | None, typer.Option("--import", help="Take verdicts from JSON lines or Parquet, and send nothing.")
    ] = None,
    guard: Annotated[
        str | None, typer.Option(help="Ask this guard model instead: Llama Guard, Qwen3Guard, ShieldGemma.")
    ] = None,
    guard_url: Annotated[str, typer.Option(help="The server that serves it (Chat Completions).")] = "",
    guard_family: Annotated[str | None, typer.Option(help="Where its name does not tell.")] = None,
    guard_version: Annotated[str, typer.Option(help="What to write down as its version.")] = "",
    guard_key_env: Annotated[str, typer.Option(help="The variable that holds that server's key.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Lines of JSON instead of a bar and a sentence.")] = False,
) -> None:
    """Have every message judged that a release would hold, and keep the verdicts for releases. Goes on where it was.

    What somebody did not allow to be released is sent nowhere.
    """
    launch: Launch = ctx.obj
    path = verdicts or data / FILE_NAME
    if import_file is not None:
        _import(path, import_file, as_json=as_json)
        return
    arena = launch.read_config(config)
    scope = Scope(existing_ledger_url(arena.store, data, store), _sought(arena, start, end), path, as_json)
    if guard is not None:
        if not guard_url:
            raise SetupError("--guard needs --guard-url: the server that serves it")
        key = launch.api_key(guard_key_env).get_secret_value() if guard_key_env else ""
        provider = Provider(guard_url, key, at_once, timeout, requests_per_minute)
        fetched = asyncio.run(ask_guard(scope, provider, GuardAsked(guard, guard_family, guard_version, retry_refused)))
        _say(guard, fetched, as_json=as_json)
        return
    asked = Asked(model, retry_refused, batch, poll_seconds)
    if dry_run:
        _say_missing(asyncio.run(count_missing(scope, asked)), as_json=as_json)
        return
    variable = api_key_env or ("" if base_url else OPENAI_KEY)
    key = launch.api_key(variable).get_secret_value() if variable else ""
    provider = Provider(base_url, key, at_once, timeout, requests_per_minute)
    _say(model, asyncio.run(moderate(scope, provider, asked)), as_json=as_json)


def _sought(arena: ArenaFile, start: str | None, end: str | None) -> Sought:
    return Sought(
        steps_before(arena),
        frozenset(arena.export.withheld_cohorts),
        _unix("--from", start),
        _unix("--to", end),
    )


def _unix(option: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        moment: datetime = TypeAdapter(Moment).validate_python(text)
    except ValidationError as error:
        raise SetupError(f"{option}: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from error
    return moment.timestamp()


def _import(path: Path, file: Path, *, as_json: bool) -> None:
    problems = Counter[str]()

    def broken(number: int, problem: str) -> None:
        problems["rows"] += 1
        if problems["rows"] <= ROWS_SHOWN:
            typer.echo(f"{file}: row {number} {problem}", err=True)

    with writing(path) as connection:
        taken = import_verdicts(file, lambda model: VerdictWriter(connection, model), broken)
    left_out = problems["rows"]
    typer.echo(
        json.dumps({"taken": taken, "broken": left_out})
        if as_json
        else f"{taken} verdicts taken from {file}" + (f", {left_out} rows left out" if left_out else "")
    )
    if left_out:
        raise ArenaError(f"{file}: {left_out} rows could not be taken")


def _say(model: str, told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"stage": "done", "model": model} | told))
        return
    refused = ", ".join(f"{reason} {number}" for reason, number in told["unmoderated"].items())
    typer.echo(
        f"{model}: {told['messages']} messages in {told['conversations']} conversations looked at, {told['asked']} "
        f"texts asked, {told['moderated']} judged" + (f", not judged: {refused}" if refused else "")
    )
    for line in told["notes"]:
        typer.echo(line)


def _say_missing(told: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"stage": "dry run"} | told))
        return
    typer.echo(
        f"{told['messages']} messages in {told['conversations']} conversations looked at: {told['missing']} texts have "
        f"no verdict ({told['characters']} characters)"
    )
