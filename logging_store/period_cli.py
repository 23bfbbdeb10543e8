"""`arena store periods` and `destroy-key`."""

import asyncio
import os
import time
from pathlib import Path
from typing import Annotated

import typer

from arena.errors import SetupError
from arena.periods import period_of
from arena.settings import Launch
from logging_store.config import existing_ledger_url
from logging_store.ledger import open_ledger
from logging_store.options import Config, Data, Store
from logging_store.periods import PeriodCount, destroy, kept_keys, key_file, period_counts

VARIABLE = "ARENA_PSEUDONYM_KEY"
MEANS = (
    "nobody can say any more which address a pseudonym of {period} was, us included; pseudonyms already in the ledger "
    "stay, and can still be counted"
)
ELSEWHERE = "copies are out of reach: other machines' key folders, disk snapshots, backups of the data folder"


def periods_command(ctx: typer.Context, data: Data = Path("data"), store: Store = None, config: Config = None) -> None:
    """List the periods, how many sessions and visitors (by their addresses) are in each, and whose key is left."""
    launch: Launch = ctx.obj
    file = launch.read_config(config)
    counts = asyncio.run(_counts(existing_ledger_url(file.store, data, store)))
    now, kept = period_of(time.time(), file.controller.pseudonym_period), kept_keys(data)
    found = {each.period: each for each in counts}
    typer.echo(f"{'period':<10} {'sessions':>10} {'pseudonyms':>10}  key")
    for period in sorted({*found, *kept, now}):
        count = found.get(period, PeriodCount(period, 0, 0))
        typer.echo(f"{period or '-':<10} {count.sessions:>10} {count.pseudonyms:>10}  {_state(period, now, kept)}")


def destroy_key_command(
    ctx: typer.Context,
    period: Annotated[str, typer.Argument(help="Such as 2026Q3.")],
    even_now: Annotated[bool, typer.Option("--even-now", help="Also if it is the period in force.")] = False,
    data: Data = Path("data"),
    config: Config = None,
) -> None:
    """Destroy the key that hashed the addresses of a period, once that is released. It can't be undone."""
    launch: Launch = ctx.obj
    is_now = period == period_of(time.time(), launch.read_config(config).controller.pseudonym_period)
    file = key_file(data, period)
    if is_now and not even_now:
        raise SetupError(
            f"{period} is not over: visitors who come back would count twice. To destroy it all the same: --even-now"
        )
    was_there = destroy(file)
    was_there = (is_now and destroy(data / "keys" / "pseudonym.key")) or was_there  # one from before there were periods
    typer.echo(f"the key of {period} is destroyed" if was_there else f"there is no key of {period} here any more")
    typer.echo(MEANS.format(period=period))
    typer.echo(ELSEWHERE)
    if is_now:
        typer.echo(
            f"controllers that run hold it until they are restarted; then a new one for {period} is made", err=True
        )
    if os.environ.get(VARIABLE):
        typer.echo(
            f"{VARIABLE} is set, and wins over every file: what it holds is yours to change and destroy", err=True
        )


async def _counts(url: str) -> list[PeriodCount]:
    async with open_ledger(url) as ledger:
        return await period_counts(ledger)


def _state(period: str, now: str, kept: set[str]) -> str:
    if not period:
        return "-"
    if period == now and os.environ.get(VARIABLE):
        return f"in force, from {VARIABLE}"
    state = "is there" if period in kept else "not made yet" if period == now else "destroyed"
    return f"{state}, in force" if period == now else state
