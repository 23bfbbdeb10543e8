"""`arena store verify-forgotten`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from arena.errors import SetupError
from arena.settings import Launch
from logging_store.config import existing_ledger_url
from logging_store.forget_cli import tell_searched
from logging_store.ledger import open_ledger
from logging_store.options import Config, Data, Store
from logging_store.sweeping import unswept_in
from logging_store.traces import ForgottenIds, Sought
from logging_store.verifying import OUT_OF_REACH, UNSWEPT, Searched, forgotten_ids, places, search

SHORTEST = 4
"""Bytes. Anything shorter is in every file."""


def verify_command(
    ctx: typer.Context,
    log: Annotated[list[Path] | None, typer.Option(help="A log file or a folder to search too. Repeatable.")] = None,
    pgdata: Annotated[Path | None, typer.Option(help="PostgreSQL's data directory, where it can be read.")] = None,
    data: Data = Path("data"),
    store: Store = None,
    config: Config = None,
) -> None:
    """Search the raw files of ledger and spool for traces of what was forgotten; also for words from standard input.

    Words are given one phrase a line. Exit with 0: nothing found; 1: traces; 2: something could not be searched.
    """
    launch: Launch = ctx.obj
    url = existing_ledger_url(launch.read_config(config).store, data, store)
    if pgdata is not None and not pgdata.is_dir():
        raise SetupError(f"--pgdata: there is no folder {pgdata}")
    phrases = _phrases()
    files, missing = places(url, data, pgdata, log or ())
    ids, is_swept = asyncio.run(_ids(url))
    searched = _searched(files, Sought(ids, phrases))
    searched.unread += missing if is_swept else [UNSWEPT, *missing]
    tell_searched(searched)
    looked_for = f"forgotten turns {len(ids)}, phrases {len(phrases)}"
    typer.echo(f"searched: files {len(files)}, bytes {searched.size}, for {looked_for}: traces {len(searched.traces)}")
    typer.echo(OUT_OF_REACH)
    if searched.traces:
        raise typer.Exit(1)
    if searched.unread:
        raise typer.Exit(2)


def _phrases() -> list[str]:
    if sys.stdin.isatty():
        return []
    phrases = [line.strip("\r\n") for line in sys.stdin]
    phrases = [each for each in phrases if each.strip()]
    if any(len(each.encode("utf-8", "replace")) < SHORTEST for each in phrases):
        raise SetupError(f"standard input: a phrase needs at least {SHORTEST} bytes; shorter ones are everywhere")
    return phrases


async def _ids(url: str) -> tuple[ForgottenIds, bool]:
    """Return the ids of forgotten turns, and whether the files were swept since the last of them."""
    async with open_ledger(url) as ledger:
        return await forgotten_ids(ledger), not await ledger.database.read(unswept_in)


def _searched(files: list[Path], sought: Sought) -> Searched:
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task("searching", total=sum(each.stat().st_size for each in files if each.exists()))
        return search(files, sought, lambda read: progress.advance(bar, read))
