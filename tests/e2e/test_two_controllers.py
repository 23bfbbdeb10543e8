"""Two controllers on one ledger, with one worker between them, each its own process."""

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from arena.terms import TERMS_VERSION
from tests.e2e.arena_up import ARENA
from tests.unit.arena.command.ports import free_port

PATIENCE = 60.0


@contextmanager
def running(folder: Path, *words: str, **env: str) -> Generator[psutil.Popen]:
    """Run a command of the arena while inside."""
    with (folder / "log").open("ab") as log:
        process = psutil.Popen([*ARENA, *words], cwd=folder, env=os.environ | env, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait(15)


class Arena:
    """Two controllers, one worker for both, and the page of the second."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.ports = {"first": free_port(), "second": free_port()}
        self.processes = {name: stack.enter_context(self.controller(name)) for name in self.ports}
        told = [word for name in self.ports for word in ("--controller", self.url(name))]
        stack.enter_context(running(folder, "worker", *told, ARENA_WORKER_WORDS_PER_SECOND="15"))
        self.page = f"http://127.0.0.1:{(port := free_port())}"
        stack.enter_context(running(folder, "web", "--port", str(port), "--controller", self.url("second")))

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def controller(self, name: str) -> AbstractContextManager[psutil.Popen]:
        return running(self.folder, "controller", "--port", str(self.ports[name]), ARENA_CONTROLLER_NAME=name)

    def until_up(self, url: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_well(url):
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.1)

    @contextmanager
    def visitor(self, name: str) -> Generator[httpx.Client]:
        key = (self.folder / "data" / "keys" / "page.key").read_text()
        headers = {"authorization": f"Bearer {key}", "x-arena-visitor": "127.0.0.1"}
        with httpx.Client(base_url=self.url(name), headers=headers, timeout=30) as client:
            client.headers["x-arena-session"] = client.post("/sessions").json()["token"]
            client.put("/sessions/me/consent", json={"terms_version": TERMS_VERSION, "scopes": ["serve", "log"]})
            yield client

    def endings(self) -> dict[str, str | None]:
        """How the turns ended, by what was said."""
        with sqlite3.connect(self.folder / "data" / "ledger.sqlite3") as ledger:
            return dict(ledger.execute("select text, ending from turns").fetchall())


def is_well(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def arena(tmp_path: Path) -> Generator[Arena]:
    with ExitStack() as stack:
        arena = Arena(tmp_path, stack)
        for url in (arena.url("first") + "/health/ready", arena.url("second") + "/health/ready", arena.page):
            arena.until_up(url)
        yield arena


def chat(visitor: httpx.Client) -> str:
    return f"/conversations/{visitor.post('/conversations', json={'model': 'demo-echo'}).json()['id']}"


def test_a_visitor_goes_from_one_to_the_other_and_a_dead_one_comes_back(arena: Arena):
    with arena.visitor("first") as visitor:
        conversation = chat(visitor)
        assert '"finished"' in visitor.post(f"{conversation}/turns", json={"text": "one"}).text
        with visitor.stream("POST", f"{conversation}/turns", json={"text": "[repeat 200] two"}) as stream:
            lines = stream.iter_lines()
            assert any('"delta"' in line for line in lines)
            arena.processes["first"].send_signal(signal.SIGKILL)
            with pytest.raises(httpx.TransportError):
                list(lines)

        visitor.base_url = arena.url("second")
        seen = visitor.get(conversation).json()
        assert [turn["text"] for turn in seen["turns"]] == ["one", "[repeat 200] two"]

    with arena.visitor("second") as visitor:
        assert '"finished"' in visitor.post(f"{chat(visitor)}/turns", json={"text": "three"}).text

    assert arena.endings() == {"one": "completed", "[repeat 200] two": None, "three": "completed"}
    with arena.controller("first"):
        arena.until_up(arena.url("first") + "/health/live")
        assert arena.endings()["[repeat 200] two"] == "lost"


def test_a_name_that_is_taken_stops_the_start_in_one_line(arena: Arena):
    third = subprocess.run(
        [*ARENA, "controller", "--port", "0"],
        cwd=arena.folder,
        env=os.environ | {"ARENA_CONTROLLER_NAME": "second"},
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )

    assert third.returncode == 2
    assert third.stderr.startswith("arena: another controller named 'second' runs on this ledger: ")
    assert third.stderr.count("\n") == 1
    assert is_well(arena.url("second") + "/health/ready")
