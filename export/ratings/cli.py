"""`arena ratings`: the leaderboard.

numpy reads the number of threads when it is first imported. So nothing here imports it before `use_one_thread`.
"""

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from arena.settings import Launch
from export.ratings.labels.cli import label
from export.ratings.options import Choice, Config, Data, Files, Labels, Store, takes_choice, tell, typed_flags
from export.ratings.publishing_cli import history, publish, reject, rollback
from export.ratings.site_cli import site
from export.ratings.threads import use_one_thread

# ruff: noqa: PLC0415 (see above)

command = typer.Typer(help="Rate the models by their votes.")
command.command("label")(label)
command.command("site")(takes_choice(site))
for each in (publish, reject, rollback, history):
    command.command()(each)


@command.callback(invoke_without_command=True)
@takes_choice
def ratings(  # noqa: PLR0913, PLR0917 (one argument for each option)
    ctx: typer.Context,
    choice: Choice,
    battles: Files = None,
    config: Config = None,
    data: Data = Path("data"),
    store: Store = None,
    out: Annotated[Path | None, typer.Option(help="A folder to write the leaderboard's files into.")] = None,
    labels: Labels = None,
) -> None:
    """Rate the models by their votes: those in the ledger, or those in files (--battles)."""
    use_one_thread()
    if (wanted := ctx.invoked_subcommand) is not None:
        if misplaced := typed_flags(ctx, ctx.params):
            raise typer.BadParameter(f"{misplaced[0]} goes behind {wanted}: arena ratings {wanted} {misplaced[0]} ...")
        return
    from export.ratings.board_run import BoardRun, read_table

    with BoardRun.of(choice.board, labels or data / "labels.sqlite3") as run:
        table = read_table(run, ctx.obj, battles, config=config, data=data, store=store)
        tell(run.rate(table, out, choice.min_battles))


@command.command()
def watch(ctx: typer.Context, config: Config = None, data: Data = Path("data"), store: Store = None) -> None:
    """Keep the leaderboard in the ledger up to date, until stopped."""
    from export.ratings import watch as watching
    from export.ratings.board_ledger import stored_votes
    from export.ratings.live_board import Following, live_board
    from logging_store.config import ledger_url

    launch: Launch = ctx.obj
    settings = launch.read_config(config)
    url = ledger_url(settings.store, data, store)
    following = Following(lambda: launch.read_config(config), config or Path("arena.toml"), settings)
    with live_board(settings, data, following) as keeper:
        stopped = asyncio.run(watching.watch(keeper, lambda: stored_votes(url), settings.export.board_seconds))
    if stopped is signal.SIGINT:
        raise KeyboardInterrupt
