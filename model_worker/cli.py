"""`arena worker`: serves the models of one account."""

import secrets
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr, ValidationError

from arena.errors import SetupError
from arena.model import ModelEntry, WorkerKind
from arena.settings import Launch
from arena.worker import WorkerCard
from model_worker.accounts import choose_account, served_models
from model_worker.app import Worker, create_app
from model_worker.config import WorkerSettings
from model_worker.engine import cli as engine

command = typer.Typer(help="Serves models: demo models, a provider's, or an engine's, one account per process.")
command.command("vllm")(engine.vllm)
command.command("attach")(engine.attach)

_MOST_SLOTS = 100_000
_ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 (named to be told apart, not to be bound)


@command.callback(invoke_without_command=True)
def worker(
    ctx: typer.Context,
    config: Annotated[Path | None, typer.Option(help="The arena.toml to read.")] = None,
    data: Annotated[Path, typer.Option(help="The data folder; holds the workers' key.")] = Path("data"),
    controller: Annotated[list[str] | None, typer.Option(help="A controller's address; may be given again.")] = None,
    account: Annotated[str, typer.Option(help="Which account to serve; needed when there are several.")] = "",
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0,
) -> None:
    """Serve the models of one account until stopped, known to every controller given."""
    if ctx.invoked_subcommand:
        return
    launch: Launch = ctx.obj
    file = launch.read_config(config)
    chosen = choose_account(file.models, account)
    if chosen[0].worker in (WorkerKind.VLLM, WorkerKind.ATTACH):
        engine.serve_entries(launch, chosen, engine.settings(launch, config, data, controller), host, port)
        return
    settings = WorkerSettings(
        models=chosen,
        controllers=tuple(controller or [f"http://127.0.0.1:{file.controller.port}"]),
        key=launch.data_key(data, "worker"),
        observers=file.controller.allowed_networks,
    )
    models = served_models(settings, launch.api_key)
    listener = launch.listen(host, port)
    card = make_card(settings, host, listener.getsockname()[1])
    serving = Worker(settings, card, models)
    typer.echo(f"worker {card.id} serves {', '.join(card.models)} at {card.url}")
    launch.serve(create_app(serving), listener, on_stop=serving.leave, drain_seconds=settings.drain_seconds)


def read_settings(models: tuple[ModelEntry, ...], controllers: tuple[str, ...], key: SecretStr) -> WorkerSettings:
    """Return the settings, with what the environment says besides. Raises SetupError naming the variable."""
    try:
        return WorkerSettings(models=models, controllers=controllers, key=key)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise SetupError(f"ARENA_WORKER_{str(first['loc'][0]).upper()}: {first['msg']}") from error


def make_card(settings: WorkerSettings, host: str, port: int) -> WorkerCard:
    """Return what the worker says of itself: a fresh name, a fresh key, its address."""
    kind = settings.models[0].worker
    if host in _ANYWHERE and not settings.url:
        raise SetupError(f"--host {host}: say in ARENA_WORKER_URL under which address controllers reach this worker")
    try:
        return WorkerCard(
            id=f"{kind}-{secrets.token_hex(4)}",
            url=settings.url or f"http://{f'[{host}]' if ':' in host else host}:{port}",
            models=tuple(entry.name for entry in settings.models),
            slots=min(_MOST_SLOTS, sum(entry.slots for entry in settings.models)),
            key=SecretStr(secrets.token_urlsafe(32)),
            is_proxy=kind != "demo",
        )
    except ValidationError as error:
        raise SetupError(
            f"ARENA_WORKER_URL: {settings.url!r} is not an address such as http://worker-1:5000"
        ) from error
