"""`arena models`: what a running arena serves, and taking up changes of `arena.toml`."""

from pathlib import Path
from typing import Annotated

import typer

from arena.admin import ModelState, WorkerState
from arena.command.operator import Operator, operator_key
from arena.command.plan import Place
from arena.command.tables import table
from arena.settings import Launch

command = typer.Typer(help="Models and workers of a running arena; take up changes of arena.toml.")

Config = Annotated[Path | None, typer.Option(help="The arena.toml to read the controller's port from.")]
Data = Annotated[Path, typer.Option(help="The data folder: the operator's key is there, unless in ARENA_ADMIN_KEY.")]
Controller = Annotated[str, typer.Option(help="The controller's address; default: as configured.")]
Json = Annotated[bool, typer.Option("--json", help="For programs.")]
WorkerId = Annotated[str, typer.Argument(help="As `arena models workers` lists it.", metavar="WORKER")]


def _operator(ctx: typer.Context, config: Path | None, data: Path, controller: str) -> Operator:
    launch: Launch = ctx.obj
    if not controller:
        section = launch.read_config(config).controller
        controller = Place(section.host, section.port).url
    return Operator(controller, operator_key(data))


@command.command("list")
def list_models(
    ctx: typer.Context,
    config: Config = None,
    data: Data = Path("data"),
    controller: Controller = "",
    as_json: Json = False,
) -> None:
    """List the models, and how many workers serve each."""
    states = _operator(ctx, config, data, controller).models()
    head = ("model", "worker", "workers", "weight", "price in", "price out", "release", "secret")
    print(states.model_dump_json() if as_json else table(head, [_model(each) for each in states.models]))


@command.command("workers")
def list_workers(
    ctx: typer.Context,
    config: Config = None,
    data: Data = Path("data"),
    controller: Controller = "",
    as_json: Json = False,
) -> None:
    """List the workers that the controller knows."""
    states = _operator(ctx, config, data, controller).workers()
    head = ("worker", "models", "slots", "leased", "busy", "waiting", "breaker", "heard", "address")
    print(states.model_dump_json() if as_json else table(head, [_worker(each) for each in states.workers]))


@command.command("reload")
def reload(
    ctx: typer.Context,
    config: Config = None,
    data: Data = Path("data"),
    controller: Controller = "",
    as_json: Json = False,
) -> None:
    """Let the arena read arena.toml again. A broken file changes nothing, and the exit code is 2."""
    report = _operator(ctx, config, data, controller).reload()
    print(report.model_dump_json() if as_json else report.sentence())


@command.command("drain")
def drain(
    ctx: typer.Context,
    worker: WorkerId,
    config: Config = None,
    data: Data = Path("data"),
    controller: Controller = "",
) -> None:
    """Send nothing new to a worker; its streams go on to their end."""
    _operator(ctx, config, data, controller).drain(worker)
    print(f"{worker} gets nothing new")


@command.command("undrain")
def undrain(
    ctx: typer.Context,
    worker: WorkerId,
    config: Config = None,
    data: Data = Path("data"),
    controller: Controller = "",
) -> None:
    """Send to a drained worker again."""
    _operator(ctx, config, data, controller).drain(worker, undrain=True)
    print(f"{worker} is back")


def _model(state: ModelState) -> tuple[str, ...]:
    entry = state.entry
    prices = ("" if each is None else f"{each:g}" for each in (entry.price_in, entry.price_out))
    marks = (_yes(entry.release), _yes(entry.secret))
    return entry.name, entry.worker, str(state.workers), f"{entry.battle_weight:g}", *prices, *marks


def _worker(state: WorkerState) -> tuple[str, ...]:
    breaker = ", ".join(
        (state.breaker, *(["draining"] if state.is_draining else []), *(f"without {name}" for name in state.left_alone))
    )
    counts = (str(each) for each in (state.slots, state.leased, state.busy, state.waiting))
    return state.id, ", ".join(state.models), *counts, breaker, f"{state.heard_seconds:.1f} s ago", state.url


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
