"""`arena web`: what is said on the command line wins over the file."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from arena.model import ModelEntry, WorkerKind
from arena.settings import ArenaFile, AsgiApp, WebSection
from web_ui.cli import command


@dataclass
class Launch:
    """Satisfies `arena.settings.Launch`; serves nothing, and remembers what it was asked for."""

    web: WebSection
    asked: list[object] = field(default_factory=list[object])

    def read_config(self, path: Path | None) -> ArenaFile:
        return ArenaFile(web=self.web, models=(ModelEntry(name="echo", worker=WorkerKind.DEMO),))

    def data_key(self, data: Path, name: str) -> SecretStr:
        self.asked.append((str(data), name))
        return SecretStr("the page's key")

    def period_key(self, data: Path, name: str, period: str) -> SecretStr:
        raise AssertionError

    def api_key(self, variable: str) -> SecretStr:
        raise AssertionError

    def listen(self, host: str, port: int) -> socket.socket:
        self.asked.append((host, port))
        return socket.socket()

    def serve(self, app: AsgiApp, listener: socket.socket, *, on_stop: Callable[[], None] | None = None) -> None:
        listener.close()
        self.asked.append("serve")


@pytest.mark.parametrize(
    ("options", "listens"),
    [([], ("127.0.0.1", 7000)), (["--port", "0"], ("127.0.0.1", 0)), (["--host", "::1"], ("::1", 7000))],
)
def test_it_listens_where_it_was_told(options: list[str], listens: tuple[str, int]):
    launch = Launch(WebSection(port=7000))
    result = CliRunner().invoke(command, options, obj=launch)

    assert result.exit_code == 0, result.output
    assert launch.asked == [("data", "page"), listens, "serve"]
