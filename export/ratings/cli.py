"""`arena ratings`: the leaderboard."""

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from arena.settings import Launch
from export.ratings.threads import use_one_thread

Config = Annotated[Path | None, typer.Option(help="The arena.toml to read.")]
Data = Annotated[Path, typer.Option(help="The data folder.")]
Store = Annotated[
    str | None, typer.Option(envvar="ARENA_STORE_URL", help="A database URL instead of the data folder's file.")
]

command = typer.Typer(help="Rate the models by their votes.", no_args_is_help=True)


@command.callback()
def ratings() -> None:
    """Rate the models by their votes."""
    use_one_thread()


@command.command()
def watch(ctx: typer.Context, config: Config = None, data: Data = Path("data"), store: Store = None) -> None:
    """Keep the leaderboard in the ledger up to date, until stopped."""
    # numpy reads the number of threads when it is first imported, so not before `use_one_thread`
    from export.ratings import watch as watching  # noqa: PLC0415
    from export.ratings.board import listing  # noqa: PLC0415
    from logging_store.config import ledger_url  # noqa: PLC0415
    from logging_store.ledger import open_ledger  # noqa: PLC0415

    launch: Launch = ctx.obj
    settings = launch.read_config(config)
    url = ledger_url(settings.store, data, store)
    keeper = watching.BoardKeeper(listing(settings.models))
    if asyncio.run(watching.watch(keeper, lambda: open_ledger(url), settings.export.board_seconds)) is signal.SIGINT:
        raise KeyboardInterrupt
