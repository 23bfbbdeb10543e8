"""`arena store backup` and `restore`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from arena.settings import Launch
from logging_store.backups import Restored, back_up, restore
from logging_store.config import existing_ledger_url, ledger_url
from logging_store.options import Config, Data, Store, Tombstones
from logging_store.tombstone_file import tombstone_files


def backup_command(
    ctx: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    data: Data = Path("data"),
    store: Store = None,
    config: Config = None,
) -> None:
    """Copy the ledger into one file while it is in use: SQLite as a database, PostgreSQL as a dump. No keys."""
    launch: Launch = ctx.obj
    asyncio.run(back_up(existing_ledger_url(launch.read_config(config).store, data, store), out))
    typer.echo(f"the ledger is copied into {out}")


def restore_command(
    ctx: typer.Context,
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A backup, or a dump.")],
    data: Data = Path("data"),
    store: Store = None,
    tombstones: Tombstones = None,
    config: Config = None,
) -> None:
    """Make a ledger from a backup, where there is none, without what was forgotten since the backup was made."""
    launch: Launch = ctx.obj
    url = ledger_url(launch.read_config(config).store, data, store)
    key = launch.data_key(data, "chain").get_secret_value().encode()
    restored = asyncio.run(restore(source, url, tombstones=tombstone_files(data, tombstones), key=key))
    tell_restored(restored)
    typer.echo("the ledger is restored")


def tell_restored(restored: Restored) -> None:
    """Say on standard error what was taken out again, and what could not be cleared."""
    if not restored.applied.is_nothing:
        gone = f"sessions {restored.applied.sessions}, conversations {restored.applied.conversations}"
        typer.echo(f"forgotten again: {gone}", err=True)
    if not restored.swept.is_clean:
        typer.echo(f"traces may be left until `arena store sweep`: {restored.swept.said}", err=True)
