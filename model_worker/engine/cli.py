"""`arena worker vllm` and `arena worker attach`, and the same for entries of `arena.toml`."""

import logging
import os
import shlex
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from arena.errors import SetupError
from arena.model import ModelEntry, ModelKind, WorkerKind
from arena.settings import Launch
from model_worker.engine.attach import attach_card, keep_attached, named_models
from model_worker.engine.command_line import Wanted, find_program
from model_worker.engine.config import EngineSettings
from model_worker.engine.running import run
from model_worker.engine.vllm import Seat, Vllm

log = logging.getLogger(__name__)

_ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 (named to be told apart, not to be bound)

Config = Annotated[Path | None, typer.Option(help="The arena.toml to read the controller's port from.")]
Data = Annotated[Path, typer.Option(help="The data folder; holds the workers' key.")]
Controllers = Annotated[list[str] | None, typer.Option("--controller", help="A controller's address; may be repeated.")]
Slots = Annotated[int, typer.Option(help="Answers at once.", min=1, max=100_000)]


def vllm(  # noqa: PLR0913, PLR0917 (an argument for each option)
    ctx: typer.Context,
    model: Annotated[str, typer.Option(help="A name on the Hugging Face hub, or a folder.")],
    flags: Annotated[list[str] | None, typer.Argument(help="After --: vLLM's own flags.", show_default=False)] = None,
    name: Annotated[str, typer.Option(help="The catalogue's name; default: the last part of --model.")] = "",
    slots: Slots = 32,
    devices: Annotated[str, typer.Option(help="The GPUs it sees, such as 0,1; default: all.")] = "",
    kind: Annotated[ModelKind, typer.Option(help="What the model is asked for.")] = ModelKind.CHAT,
    host: Annotated[str, typer.Option(help="Where vLLM listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = 0,
    url: Annotated[str, typer.Option(help="Where controllers reach it, if not there.")] = "",
    engine_log: Annotated[
        Path | None, typer.Option(help="Append all that vLLM writes; may hold visitors' text.")
    ] = None,
    config: Config = None,
    data: Data = Path("data"),
    controller: Controllers = None,
) -> None:
    """Start vLLM for one model, keep it running, and register it: answers stream straight from it."""
    launch: Launch = ctx.obj
    if host in _ANYWHERE and not url:
        raise SetupError(f"--host {host}: say with --url under which address controllers reach vLLM")
    wanted = Wanted(model, name or Path(model).name, slots, tuple(flags or ()), devices, kind)
    seat = Seat(host, lambda: _free_port(launch, host, port), url)
    _run_vllm(settings(launch, config, data, controller), wanted, seat, engine_log)


def attach(  # noqa: PLR0913, PLR0917 (an argument for each option)
    ctx: typer.Context,
    url: Annotated[str, typer.Option(help="The server's address, such as http://127.0.0.1:8000.")],
    model: Annotated[list[str], typer.Option(help="NAME, or NAME=what the server calls it; may be repeated.")],
    slots: Slots = 32,
    api_key_env: Annotated[str, typer.Option(help="The environment variable that holds the server's key.")] = "",
    config: Config = None,
    data: Data = Path("data"),
    controller: Controllers = None,
) -> None:
    """Register a server that already runs, for as long as it is well: answers stream straight from it."""
    launch: Launch = ctx.obj
    card = attach_card(url, named_models(model), slots, _key(launch, api_key_env))
    run(settings(launch, config, data, controller), lambda station: keep_attached(station, card))


def settings(launch: Launch, config: Path | None, data: Path, controllers: list[str] | None) -> EngineSettings:
    """Return what a station needs to know; without a controller's address, the one of this machine."""
    return EngineSettings(
        controllers=tuple(controllers or [f"http://127.0.0.1:{launch.read_config(config).controller.port}"]),
        key=launch.data_key(data, "worker"),
    )


def serve_entries(launch: Launch, entries: tuple[ModelEntry, ...], told: EngineSettings, host: str, port: int) -> None:
    """Serve what `arena.toml` lists under one account with `worker = "vllm"` or `"attach"`."""
    first = entries[0]
    if first.worker is WorkerKind.ATTACH:
        names = {entry.name: entry.upstream_name for entry in entries}
        slots = sum(entry.slots for entry in entries)
        card = attach_card(first.base_url, names, slots, _key(launch, first.api_key_env))
        run(told, lambda station: keep_attached(station, card))
        return
    wanted = Wanted(first.upstream_name, first.name, first.slots, _words(first), first.devices, first.kind)
    _run_vllm(told, wanted, Seat(host, lambda: _free_port(launch, host, port)), None)


def _run_vllm(told: EngineSettings, wanted: Wanted, seat: Seat, engine_log: Path | None) -> None:
    program = find_program(os.environ)
    seat.free_port()  # a port in use is told before anything is started
    with _hearing(engine_log) as hear:
        run(told, lambda station: Vllm(station, wanted, seat, program, hear).keep())


@contextmanager
def _hearing(file: Path | None) -> Generator[Callable[[bytes], object]]:
    if file is None:
        yield len
        return
    try:
        opened = file.open("ab", buffering=0)
    except OSError as error:
        raise SetupError(f"--engine-log {file}: {error.strerror}") from error
    is_well = True

    def write(chunk: bytes) -> None:
        nonlocal is_well
        try:
            if is_well:
                opened.write(chunk)
        except OSError as error:  # a full disk is no reason to stop serving
            is_well = False
            log.warning("--engine-log %s: %s; nothing more is written there", file, error.strerror)

    with opened:
        yield write


def _free_port(launch: Launch, host: str, port: int) -> int:
    with launch.listen(host, port) as listener:
        number: int = listener.getsockname()[1]
        return number


def _words(entry: ModelEntry) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(entry.flags))
    except ValueError as error:
        raise SetupError(f"model {entry.name}: flags: {error}") from error


def _key(launch: Launch, variable: str) -> SecretStr:
    return launch.api_key(variable) if variable else SecretStr("")
