"""`arena ratings label`."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from arena.settings import Launch
from export.ratings.threads import use_one_thread

# ruff: noqa: PLC0415 (numpy reads the number of threads when it is first imported)


def label(  # noqa: PLR0913, PLR0917 (one argument for each option)
    ctx: typer.Context,
    endpoint: Annotated[
        str, typer.Option(help="A server that speaks Chat Completions: this arena's /v1, for example.")
    ],
    model: Annotated[str, typer.Option(help="The model that labels.")],
    battles: Annotated[
        list[Path] | None, typer.Option(help="Label the prompts in files instead of the ledger's.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="The arena.toml to read.")] = None,
    data: Annotated[Path, typer.Option(help="The data folder.")] = Path("data"),
    store: Annotated[
        str | None, typer.Option(envvar="ARENA_STORE_URL", help="A database URL instead of the data folder's file.")
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(help="The file of labels; else labels.sqlite3 in the data folder.")
    ] = None,
    api_key_env: Annotated[str, typer.Option(help="The variable that holds the server's key.")] = "",
    at_once: Annotated[int, typer.Option(min=1, max=256, help="Requests at the same time.")] = 8,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds for one request.")] = 60.0,
    requests_per_minute: Annotated[
        float | None, typer.Option(min=0.01, help="No more than these; the server's own limits are heeded anyway.")
    ] = None,
    refusals: Annotated[
        bool, typer.Option("--refusals", help="Also ask of each side's answers whether they refuse: two more requests.")
    ] = False,
    retry_unreadable: Annotated[
        bool, typer.Option("--retry-unreadable", help="Ask again about prompts whose answers could not be read.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Lines of JSON instead of a bar and a sentence.")] = False,
) -> None:
    """Have a model label the prompts of voted battles, for categories that no rule can tell. Goes on where it was."""
    use_one_thread()
    from export.moderation.run import Provider
    from export.ratings.labels.run import Source, ask_for_labels
    from export.ratings.labels.store import FILE_NAME
    from logging_store.config import existing_ledger_url

    launch: Launch = ctx.obj
    settings = launch.read_config(config)
    ledger_url = "" if battles else existing_ledger_url(settings.store, data, store)
    source = Source(ledger_url, tuple(battles or ()), frozenset(settings.export.withheld_cohorts), refusals)
    key = launch.api_key(api_key_env).get_secret_value() if api_key_env else ""
    provider = Provider(endpoint, key, at_once, timeout, requests_per_minute)
    path = labels or data / FILE_NAME
    told = asyncio.run(ask_for_labels(source, provider, model, path, retry=retry_unreadable, as_json=as_json))
    typer.echo(json.dumps({"stage": "done", "model": model} | told) if as_json else _sentence(model, told))


def _sentence(model: str, told: dict[str, Any]) -> str:
    refused = ", ".join(f"{reason} {number}" for reason, number in told["unlabelled"].items())
    return (
        f"{model}: {told['prompts']} texts looked at, {told['asked']} asked about, {told['labelled']} labelled, "
        f"{told['asked_again']} asked about twice" + (f", left without labels: {refused}" if refused else "")
    )
