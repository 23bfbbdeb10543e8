"""`arena controller`."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import SecretStr

from arena.periods import period_of
from arena.settings import ArenaFile, Launch, check_vendor_keys
from controller.app import create_app
from controller.config import ControllerSettings
from controller.reloading import Reloading
from controller.running import RunningTurns
from logging_store.config import ledger_url
from logging_store.spool_file import spool_of
from logging_store.tombstone_file import FILE_NAME as TOMBSTONES

command = typer.Typer(help="Route chats and battles, and write the ledger.")


@command.callback(invoke_without_command=True)
def run(
    ctx: typer.Context,
    config: Annotated[Path | None, typer.Option(help="arena.toml")] = None,
    data: Annotated[Path, typer.Option(help="The data folder; made when missing.")] = Path("data"),
    host: Annotated[str | None, typer.Option(help="Where to listen; loopback unless configured.")] = None,
    port: Annotated[int | None, typer.Option(help="21001 unless configured.")] = None,
    store: Annotated[str | None, typer.Option(help="The ledger's database URL.")] = None,
    check_keys: Annotated[bool, typer.Option("--check-keys", hidden=True)] = False,
) -> None:
    """Start the controller."""
    launch: Launch = ctx.obj
    given = {name: each for name, each in {"host": host, "port": port}.items() if each is not None}

    def read() -> ControllerSettings:
        file = launch.read_config(config)
        if check_keys:
            check_vendor_keys(launch, file.models)
        return _settings(launch, file, data, store, given)

    settings = read()
    settings.pseudonym_key_of(period_of(time.time(), settings.pseudonym_period))  # a mistake stops the start
    listener = launch.listen(settings.host, settings.port)
    running, reloading = RunningTurns(), Reloading(read)
    app = create_app(settings, running=running, reloading=reloading)
    launch.serve(app, listener, on_stop=running.shut_down, on_reload=reloading.ask)


@dataclass(frozen=True)
class _PseudonymKeys:
    """Reads the key of a period. Two are equal if they read the same: a reload reports no change."""

    launch: Launch
    data: Path

    def __call__(self, period: str) -> SecretStr:
        return self.launch.period_key(self.data, "pseudonym", period)


def _settings(
    launch: Launch, file: ArenaFile, data: Path, store: str | None, given: dict[str, Any]
) -> ControllerSettings:
    """Put together what file, environment and flags say."""
    # what comes through the page's proxy may reach the gateway through it as well
    proxies = tuple(dict.fromkeys(file.controller.trusted_proxies + file.web.trusted_proxies))
    values: dict[str, Any] = {**file.controller.model_dump(), **given, "trusted_proxies": proxies}
    return ControllerSettings(
        **values,
        page_key=launch.data_key(data, "page"),
        worker_key=launch.data_key(data, "worker"),
        gateway_key=launch.data_key(data, "gateway"),
        chain_key=launch.data_key(data, "chain"),
        pseudonym_key_of=_PseudonymKeys(launch, data),
        tombstones=data / TOMBSTONES,
        spool=spool_of(data, file.controller.name),
        store_url=ledger_url(file.store, data, store),
        models=file.models,
        limits=file.limits,
    )
