"""`arena store`: the ledger's own commands."""

import asyncio
from pathlib import Path

import typer

from arena.settings import Launch
from logging_store.backup_cli import backup_command, restore_command
from logging_store.check_cli import check_command, stats_command
from logging_store.config import ledger_url
from logging_store.dump_cli import dump_command, load_command
from logging_store.forget_cli import forget_command, sweep_command
from logging_store.import_cli import import_command
from logging_store.ledger import open_ledger
from logging_store.options import Config, Data, Store
from logging_store.period_cli import destroy_key_command, periods_command
from logging_store.retain_cli import retain_command
from logging_store.verify_cli import verify_command

command = typer.Typer(help="Look after the ledger.", no_args_is_help=True)
command.command("import-fastchat")(import_command)
command.command("dump")(dump_command)
command.command("load")(load_command)
command.command("backup")(backup_command)
command.command("restore")(restore_command)
command.command("check")(check_command)
command.command("stats")(stats_command)
command.command("forget")(forget_command)
command.command("sweep")(sweep_command)
command.command("verify-forgotten")(verify_command)
command.command("retain")(retain_command)
command.command("periods")(periods_command)
command.command("destroy-key")(destroy_key_command)


@command.command()
def migrate(ctx: typer.Context, config: Config = None, data: Data = Path("data"), store: Store = None) -> None:
    """Bring the ledger's tables up to date; make the ledger if there is none."""
    launch: Launch = ctx.obj
    asyncio.run(_migrate(ledger_url(launch.read_config(config).store, data, store)))
    typer.echo("the ledger is up to date")


async def _migrate(url: str) -> None:
    async with open_ledger(url):
        pass
