"""What `arena up` will start, decided and checked before anything is started."""

import sys
from dataclasses import dataclass
from pathlib import Path

from arena.command import config_file, listening
from arena.command.launch import Launcher
from arena.command.supervisor import Child
from arena.errors import SetupError
from arena.settings import ArenaFile

WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 (recognised, not bound)


@dataclass(frozen=True)
class Place:
    """Where a process listens."""

    host: str
    port: int

    @property
    def near(self) -> str:
        """The host under which this machine reaches it."""
        return WILDCARDS.get(self.host, self.host)

    @property
    def url(self) -> str:
        """The address under which this machine reaches it."""
        return f"http://[{self.near}]:{self.port}" if ":" in self.near else f"http://{self.near}:{self.port}"


@dataclass(frozen=True)
class Wishes:
    """What was said on the command line; what was not comes from the configuration."""

    config: Path | None
    data: Path
    host: str | None
    port: int | None
    controller_port: int | None


@dataclass(frozen=True)
class Plan:
    """The processes of one arena, and when it is ready."""

    page_at: Place
    controller_at: Place
    controller: Child
    workers: tuple[Child, ...]
    page: Child
    ratings: Child
    models: int
    battle_models: int

    @property
    def battle_models_needed(self) -> int:
        """A battle can be fought when so many models are served."""
        return min(2, self.battle_models)


def make_plan(launch: Launcher, wishes: Wishes) -> Plan:
    """Check everything that can be checked without starting anything, and say what to start."""
    config = launch.read_config(wishes.config)
    _check_keys(launch, config)
    page_at = _place(wishes.host or config.web.host, wishes.port, config.web.port, "--port")
    controller_at = _place(config.controller.host, wishes.controller_port, config.controller.port, "--controller-port")
    if page_at.port == controller_at.port:
        raise SetupError(f"page and controller cannot both have port {page_at.port}: choose another with --port")
    for name in ("page", "worker", "gateway", "pseudonym"):
        launch.data_key(wishes.data, name)
    for place in (page_at, controller_at):
        launch.refuse_placeholders(place.host)
    return _plan(config, wishes, page_at, controller_at)


def _check_keys(launch: Launcher, config: ArenaFile) -> None:
    for model in config.models:
        if model.api_key_env:
            try:
                launch.api_key(model.api_key_env)
            except SetupError as error:
                raise SetupError(f"model {model.name}: {error}") from error


def _place(host: str, wished: int | None, configured: int, option: str) -> Place:
    """Make sure that the port is free; 0 becomes a free one."""
    port = configured if wished is None else wished
    with listening.listen(host, port, option=option) as listener:
        return Place(host, listener.getsockname()[1])


def _plan(config: ArenaFile, wishes: Wishes, page_at: Place, controller_at: Place) -> Plan:
    file = config_file.config_file(wishes.config)
    shared = ["--data", str(wishes.data), *(["--config", str(file)] if file else [])]

    def child(name: str, stage: int, *arguments: str) -> Child:
        return Child(name, (sys.executable, "-m", "arena.command", *arguments, *shared), stage)

    def listens(place: Place) -> tuple[str, ...]:
        return "--host", place.host, "--port", str(place.port)

    accounts = sorted({model.account for model in config.models})
    return Plan(
        page_at=page_at,
        controller_at=controller_at,
        page=child("page", 0, "web", *listens(page_at), "--controller", controller_at.url),
        controller=child("controller", 1, "controller", *listens(controller_at)),
        workers=tuple(
            child(f"worker {account}", 2, "worker", "--account", account, "--controller", controller_at.url)
            for account in accounts
        ),
        ratings=child("ratings", 2, "ratings", "watch"),
        models=len(config.models),
        battle_models=sum(model.battle_weight > 0 for model in config.models),
    )
