"""`arena controller`: what it makes of its files, its flags and its keys."""

import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from arena.settings import AsgiApp
from controller.cli import command
from tests.launches import FakeLaunch
from tests.serving import serving


class Serving(FakeLaunch):
    """Serves once, looks at what is served, and stops."""

    def listen(self, host: str, port: int) -> socket.socket:
        seen.append((host, port))
        return socket.socket()

    def serve(
        self,
        app: AsgiApp,
        listener: socket.socket,
        *,
        on_stop: Callable[[], None] | None = None,
        on_reload: Callable[[], None] | None = None,
        drain_seconds: float = 3,
    ) -> None:
        assert on_stop is not None
        listener.close()
        with serving(app, on_stop=on_stop) as url:
            seen.append(httpx.get(f"{url}/health/ready").status_code)
            seen.append(httpx.post(f"{url}/sessions").status_code)
            headers = {"authorization": "Bearer a page key for tests"}
            opened = httpx.post(f"{url}/sessions", headers=headers, json={"cohort": "school-7"})
            seen.append(opened.status_code)
            me = {"x-arena-session": opened.json()["token"]}
            seen.append(httpx.delete(f"{url}/sessions/me", headers=headers | me).json())


seen: list[object] = []


@pytest.mark.parametrize(
    ("flags", "listens"),
    [([], ("127.0.0.1", 21001)), (["--host", "127.0.0.2", "--port", "0"], ("127.0.0.2", 0))],
)
def test_the_command_serves_a_controller_on_loopback_unless_told_otherwise(
    tmp_path: Path, flags: list[str], listens: tuple[str, int]
):
    seen.clear()

    result = CliRunner().invoke(command, ["--data", str(tmp_path), *flags], obj=Serving(), catch_exceptions=False)

    assert result.exit_code == 0
    assert seen == [listens, 503, 201, 201, {"conversations": 0}]
    assert (tmp_path / "ledger.sqlite3").is_file()
    assert len((tmp_path / "tombstones.jsonl").read_text().splitlines()) == 1
