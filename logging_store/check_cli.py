"""`arena store check` and `stats`."""

import asyncio
import time
from contextlib import aclosing
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from arena.settings import Launch
from logging_store.checking import faults
from logging_store.config import existing_ledger_url
from logging_store.ledger import open_ledger
from logging_store.options import Config, Data, Store
from logging_store.statistics import numbers_of


def check_command(ctx: typer.Context, data: Data = Path("data"), store: Store = None, config: Config = None) -> None:
    """Look for damage, for records that contradict each other, and for any that is missing, changed, doubled or added.

    Name each; exit with 1 if there is any.
    """
    launch: Launch = ctx.obj
    url = existing_ledger_url(launch.read_config(config).store, data, store)
    key = launch.data_key(data, "chain").get_secret_value().encode()
    found = asyncio.run(_check(url, key))
    typer.echo(f"faults: {found}" if found else "the ledger is in good order")
    if found:
        raise typer.Exit(1)


async def _check(url: str, key: bytes) -> int:
    found = 0
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task("checking links", total=None)

        def moved(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        async with aclosing(faults(url, time.time(), key, moved)) as faulty:
            async for fault in faulty:
                typer.echo(str(fault))
                found += 1
    return found


def stats_command(ctx: typer.Context, config: Config = None, data: Data = Path("data"), store: Store = None) -> None:
    """Print what is in the ledger: rows, how turns ended, what was consented to, what was forgotten, its size."""
    launch: Launch = ctx.obj
    url = existing_ledger_url(launch.read_config(config).store, data, store)
    for what, number in asyncio.run(_numbers(url)).items():
        typer.echo(f"{what:<24} {number:>14}")


async def _numbers(url: str) -> dict[str, int]:
    async with open_ledger(url) as ledger:
        return await numbers_of(ledger)
