"""What `arena up` will start, decided and checked before anything is started."""

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import SecretStr

from arena.admin import Reloaded, changed_keys, compare, revision_of
from arena.command import config_file, listening
from arena.command.changes import Served, accounts
from arena.command.launch import Launcher
from arena.command.supervisor import Child
from arena.errors import SetupError
from arena.periods import period_of
from arena.settings import ArenaFile, check_vendor_keys

NEED_RESTART = ("controller", "web", "store", "export", "telemetry")
"""The tables of `arena.toml` that each process reads once."""
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
class Post:
    """A worker of the arena: which account it is for, and what it serves."""

    account: str
    served: Served
    child: Child


@dataclass(frozen=True)
class Plan:
    """The processes of one arena, and when it is ready."""

    config: ArenaFile
    key: SecretStr
    """The operator's."""
    page_at: Place
    controller_at: Place
    controller: Child
    workers: tuple[Post, ...]
    page: Child
    ratings: Child

    @property
    def models(self) -> int:
        """How many models are listed."""
        return len(self.config.models)

    @property
    def battle_models_needed(self) -> int:
        """A battle can be fought when so many models are served."""
        return min(2, sum(model.battle_weight > 0 for model in self.config.models))

    @property
    def revision(self) -> str:
        """A digest of the configuration, as far as it can be taken up without a restart."""
        return revision_of(self.config.models, self.config.limits)

    def changes(self, then: "Plan", started: "Plan") -> Reloaded:
        """Return what is other in a later plan, and what of that waits for a restart of what was `started`."""
        added, removed, changed = compare(self.config.models, then.config.models)
        return Reloaded(
            revision=then.revision,
            added=added,
            removed=removed,
            changed=changed,
            limits=changed_keys(self.config.limits, then.config.limits),
            needs_restart=tuple(
                f"{section}.{key}"
                for section in NEED_RESTART
                for key in changed_keys(getattr(started.config, section), getattr(then.config, section))
            ),
        )


def make_plan(launch: Launcher, wishes: Wishes) -> Plan:
    """Check everything that can be checked without starting anything, and say what to start."""
    config = _read(launch, wishes)
    page_at = _place(wishes.host or config.web.host, wishes.port, config.web.port, "--port")
    controller_at = _place(config.controller.host, wishes.controller_port, config.controller.port, "--controller-port")
    if page_at.port == controller_at.port:
        raise SetupError(f"page and controller cannot both have port {page_at.port}: choose another with --port")
    for name in ("page", "worker", "gateway"):
        launch.data_key(wishes.data, name)
    launch.period_key(wishes.data, "pseudonym", period_of(time.time(), config.controller.pseudonym_period))
    for place in (page_at, controller_at):
        launch.refuse_placeholders(place.host)
    return _plan(config, wishes, page_at, controller_at, launch.data_key(wishes.data, "gateway"))


def plan_again(launch: Launcher, wishes: Wishes, running: Plan) -> Plan:
    """Check the configuration as it is now, for an arena that runs: it stays where it listens."""
    return _plan(_read(launch, wishes), wishes, running.page_at, running.controller_at, running.key)


def _read(launch: Launcher, wishes: Wishes) -> ArenaFile:
    config = launch.read_config(wishes.config)
    check_vendor_keys(launch, config.models)
    return config


def _place(host: str, wished: int | None, configured: int, option: str) -> Place:
    """Make sure that the port is free; 0 becomes a free one."""
    port = configured if wished is None else wished
    with listening.listen(host, port, option=option) as listener:
        return Place(host, listener.getsockname()[1])


def _plan(config: ArenaFile, wishes: Wishes, page_at: Place, controller_at: Place, key: SecretStr) -> Plan:
    file = config_file.config_file(wishes.config)
    shared = ["--data", str(wishes.data), *(["--config", str(file)] if file else [])]

    def child(name: str, stage: int, *arguments: str) -> Child:
        return Child(name, (sys.executable, "-m", "arena.command", *arguments, *shared), stage)

    def listens(place: Place) -> tuple[str, ...]:
        return "--host", place.host, "--port", str(place.port)

    def worker(account: str) -> Child:
        name, told = f"worker {account}", ("worker", "--account", account, "--controller", controller_at.url)
        return replace(child(name, 2, *told), defaults=_drain_seconds(config))

    return Plan(
        config=config,
        key=key,
        page_at=page_at,
        controller_at=controller_at,
        page=child("page", 0, "web", *listens(page_at), "--controller", controller_at.url),
        controller=child("controller", 1, "controller", "--check-keys", *listens(controller_at)),
        workers=tuple(Post(account, served, worker(account)) for account, served in accounts(config.models).items()),
        ratings=child("ratings", 2, "ratings", "watch"),
    )


def _drain_seconds(config: ArenaFile) -> tuple[tuple[str, str], ...]:
    """Let a worker that is taken away end its streams, however long: at the arena's own end it is killed in time."""
    seconds = f"{config.controller.deadline_seconds:g}"
    return ("ARENA_WORKER_DRAIN_SECONDS", seconds), ("ARENA_ENGINE_DRAIN_SECONDS", seconds)
