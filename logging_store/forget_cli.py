"""`arena store forget` and `sweep`."""

import asyncio
import sys
import time
from getpass import getpass
from pathlib import Path

import typer

from arena.errors import SetupError
from arena.settings import Launch
from logging_store.config import existing_ledger_url
from logging_store.forgetting import forget
from logging_store.ledger import open_ledger
from logging_store.options import Config, Data, Store
from logging_store.sweeping import sweep

OUT_OF_REACH = "backups, dumps, disk snapshots, archived database logs and published releases still hold it"


def forget_command(ctx: typer.Context, data: Data = Path("data"), store: Store = None, config: Config = None) -> None:
    """Forget a visitor. The deletion code is read from standard input, never from the command line."""
    launch: Launch = ctx.obj
    url = existing_ledger_url(launch.read_config(config).store, data, store)
    code = getpass("deletion code: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not code.strip():
        raise SetupError("a deletion code is read from standard input, and there was none")
    is_swept = asyncio.run(_forget(url, code))
    typer.echo(OUT_OF_REACH)
    if not is_swept:
        typer.echo("the database was in use: traces stay in its own files until `arena store sweep`", err=True)
        raise typer.Exit(1)


def sweep_command(ctx: typer.Context, data: Data = Path("data"), store: Store = None, config: Config = None) -> None:
    """Write the database's files anew, without traces of what was forgotten. For a quiet hour: writers wait."""
    launch: Launch = ctx.obj
    is_swept = asyncio.run(_sweep(existing_ledger_url(launch.read_config(config).store, data, store)))
    typer.echo("the database's files are written anew" if is_swept else "the database is in use: nothing was done")
    if not is_swept:
        raise typer.Exit(1)


async def _forget(url: str, code: str) -> bool:
    async with open_ledger(url) as ledger:
        forgotten = await forget(ledger, code, time.time())
        typer.echo(f"forgotten: conversations {forgotten.conversations}")
        return (await sweep(ledger)).is_clean


async def _sweep(url: str) -> bool:
    async with open_ledger(url) as ledger:
        return (await sweep(ledger)).is_clean
