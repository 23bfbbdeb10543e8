"""`arena export`: what the ledger holds, for others."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from arena.settings import Launch
from export.release import chat_1m
from export.release.figures import Figures
from export.release.folder import new_folder
from export.release.making import Recipe, chat_1m_recipe, make_release
from logging_store.config import existing_ledger_url
from logging_store.ledger import open_ledger


class Format(StrEnum):
    """The formats of a release."""

    CHAT_1M = chat_1m.NAME


command = typer.Typer(no_args_is_help=True)


@command.callback()
def export() -> None:
    """Write what the ledger holds for others to read."""


@command.command()
def release(
    ctx: typer.Context,
    form: Annotated[Format, typer.Option("--format", help="The columns of the release.")],
    out: Annotated[Path, typer.Option(help="The folder to write; it must be empty or absent.")],
    data: Annotated[Path, typer.Option(help="The data folder.")] = Path("data"),
    config: Annotated[Path | None, typer.Option(help="The arena.toml to read.")] = None,
    store: Annotated[str | None, typer.Option(help="A database URL instead of the data folder's file.")] = None,
) -> None:
    """Write the conversations whose visitors allowed it. Not redacted yet: do not publish the result."""
    launch: Launch = ctx.obj
    settings = launch.read_config(config)
    url = existing_ledger_url(settings.store, data, store)
    with new_folder(out):
        key = launch.data_key(data, "release").get_secret_value().encode()
        recipe = chat_1m_recipe(settings.models, settings.export.withheld_cohorts)
        figures = asyncio.run(_release(url, recipe, key, out))
    typer.echo(_said(form, figures, out))


async def _release(url: str, recipe: Recipe, key: bytes, out: Path) -> Figures:
    console = Console(stderr=True)
    async with open_ledger(url) as ledger:
        total = (await ledger.row_counts())["conversations"]
        with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
            bar = progress.add_task("conversations", total=total)
            return await make_release(ledger, recipe, key, out, lambda read: progress.update(bar, completed=read))


def _said(form: Format, figures: Figures, out: Path) -> str:
    dropped = ", ".join(f"{reason} {number}" for reason, number in sorted(figures.dropped.items()))
    left_out = f" (left out: {dropped})" if dropped else ""
    return f"{form}: released {figures.released} of {figures.read} conversations{left_out} into {out}; not redacted yet"
