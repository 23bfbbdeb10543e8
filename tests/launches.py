"""What the `arena` command hands to its subcommands, for tests of one subcommand alone."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from arena.model import ModelEntry, WorkerKind
from arena.settings import ArenaFile, AsgiApp

ECHO = ModelEntry(name="echo", worker=WorkerKind.DEMO)


@dataclass(frozen=True)
class FakeLaunch:
    """Satisfies `arena.settings.Launch`. Commands that listen or call vendors do not belong here."""

    models: tuple[ModelEntry, ...] = (ECHO,)

    def read_config(self, path: Path | None) -> ArenaFile:
        return ArenaFile(models=self.models)

    def data_key(self, data: Path, name: str) -> SecretStr:
        return SecretStr(f"a {name} key for tests")

    def period_key(self, data: Path, name: str, period: str) -> SecretStr:
        return SecretStr(f"a {name} key of {period} for tests")

    def api_key(self, variable: str) -> SecretStr:
        raise AssertionError

    def listen(self, host: str, port: int) -> socket.socket:
        raise AssertionError

    def serve(
        self,
        app: AsgiApp,
        listener: socket.socket,
        *,
        on_stop: Callable[[], None] | None = None,
        on_reload: Callable[[], None] | None = None,
        drain_seconds: float = 3,
    ) -> None:
        raise AssertionError
