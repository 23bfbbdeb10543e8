"""`arena controller`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from arena.settings import Launch
from controller.app import create_app
from controller.config import ControllerSettings
from controller.running import RunningTurns
from logging_store.config import ledger_url

command = typer.Typer(help="Route chats and battles, and write the ledger.")


@command.callback(invoke_without_command=True)
def run(
    ctx: typer.Context,
    config: Annotated[Path | None, typer.Option(help="arena.toml")] = None,
    data: Annotated[Path, typer.Option(help="The data folder; made when missing.")] = Path("data"),
    host: Annotated[str | None, typer.Option(help="Where to listen; loopback unless configured.")] = None,
    port: Annotated[int | None, typer.Option(help="21001 unless configured.")] = None,
    store: Annotated[str | None, typer.Option(help="The ledger's database URL.")] = None,
) -> None:
    """Start the controller."""
    launch: Launch = ctx.obj
    file = launch.read_config(config)
    values: dict[str, Any] = file.controller.model_dump()
    values |= {name: given for name, given in {"host": host, "port": port}.items() if given is not None}
    settings = ControllerSettings(
        **values,
        page_key=launch.data_key(data, "page"),
        worker_key=launch.data_key(data, "worker"),
        gateway_key=launch.data_key(data, "gateway"),
        pseudonym_key=launch.data_key(data, "pseudonym"),
        store_url=ledger_url(file.store, data, store),
        models=file.models,
        limits=file.limits,
    )
    listener = launch.listen(settings.host, settings.port)
    running = RunningTurns()
    launch.serve(create_app(settings, running=running), listener, on_stop=running.shut_down)
