"""`arena store retain`."""

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from arena.errors import SetupError
from arena.settings import Launch
from logging_store.config import existing_ledger_url
from logging_store.ledger import open_ledger
from logging_store.options import Config, Data, Store
from logging_store.retention import Limit, Retained, conversation_count, retain
from logging_store.sweeping import tidy
from logging_store.tombstone_file import FILE_NAME

DAY = 86_400.0


def retain_command(
    ctx: typer.Context,
    days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Instead of [store] retention_days.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    data: Data = Path("data"),
    store: Store = None,
    config: Config = None,
) -> None:
    """Remove text that is older than so many days and may not be released. Killed, it goes on when called again.

    Votes and sessions stay. The arena may run meanwhile.
    """
    launch: Launch = ctx.obj
    file = launch.read_config(config)
    kept_days = days or file.store.retention_days
    if not kept_days:
        raise SetupError("nothing says how long text is kept: set [store] retention_days in arena.toml, or give --days")
    url = existing_ledger_url(file.store, data, store)
    now = time.time()
    limit = Limit(now - kept_days * DAY, frozenset(file.export.withheld_cohorts), data / FILE_NAME, dry_run)
    removed = asyncio.run(_retain(url, launch.data_key(data, "chain").get_secret_value().encode(), limit, now))
    verb = "would be removed" if dry_run else "removed"
    typer.echo(
        f"text of more than {kept_days} days {verb}: turns {removed.turns}, conversations {removed.conversations}"
    )
    if removed.turns and not dry_run:
        typer.echo("traces stay in the database's own files until `arena store sweep`")


async def _retain(url: str, key: bytes, limit: Limit, now: float) -> Retained:
    console = Console(stderr=True)
    async with open_ledger(url, key=key, writer="retain") as ledger:
        with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
            bar = progress.add_task("conversations", total=await conversation_count(ledger))
            removed = await retain(ledger, limit, now, lambda seen: progress.update(bar, completed=seen))
        if removed.turns:
            await tidy(ledger)
    return removed
