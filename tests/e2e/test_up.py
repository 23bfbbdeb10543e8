"""`arena up` with the real processes: it becomes ready, mends itself, and leaves nothing behind."""

import re
import signal
import sqlite3
import time
from collections.abc import Generator
from pathlib import Path

import httpx
import pytest

from arena.terms import TERMS_VERSION
from tests.e2e.arena_up import NAMES, ArenaUp, arena_up, left, until_mended

SOON = 30.0
"""Seconds: a machine that does much else besides takes most of them."""


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Generator[ArenaUp]:
    """One arena for the tests that leave it running."""
    with arena_up(tmp_path_factory.mktemp("arena")) as arena:
        yield arena


def test_when_it_says_ready_a_battle_can_be_fought(arena: ArenaUp):
    url = arena.url()

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    assert httpx.get(url).status_code == 200
    assert httpx.get(f"{arena.controller()}/health/ready").json()["battle_models"] >= 2


def test_each_step_is_one_line(arena: ArenaUp):
    arena.url()

    told = [line for line in arena.lines if " | " not in line and not line.startswith("not ready yet")]
    patterns = [
        r"controller: starting at http://127\.0\.0\.1:\d+",
        r"controller: up",
        r"worker demo: starting",
        r"page: starting at http://127\.0\.0\.1:\d+",
        r"ratings: starting",
        r"workers: 4 of 4 models served, 3 of them in battles",
        r"page: up",
        r"ready: http://127\.0\.0\.1:\d+",
    ]
    assert len(told) >= len(patterns)
    assert [line for line, pattern in zip(told, patterns, strict=False) if not re.fullmatch(pattern, line)] == []


def test_ledger_and_keys_are_in_the_data_folder(arena: ArenaUp):
    arena.url()

    data = arena.folder / "data"
    assert {"page.key", "worker.key"} <= {key.name for key in (data / "keys").iterdir()}
    with sqlite3.connect(data / "ledger.sqlite3") as ledger:
        tables = {row[0] for row in ledger.execute("select name from sqlite_master")}
    assert {"sessions", "consents", "conversations", "turns", "battles", "votes", "reactions"} <= tables


@pytest.mark.parametrize("command", NAMES)
def test_a_killed_process_comes_back_and_that_is_said(arena: ArenaUp, command: str):
    arena.url()
    arena.kill(command)
    until_mended(arena, command)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_soon_and_leaves_no_process(number: signal.Signals, code: int, tmp_path: Path):
    with arena_up(tmp_path) as arena:
        arena.url()
        family = arena.process.children(recursive=True)
        started = time.monotonic()

        assert arena.end(number) == code

    assert time.monotonic() - started < SOON
    assert len(family) >= 4
    assert left(family, timeout=0) == []
    assert arena.lines[-1] == "stopped"


def long_answer(arena: ArenaUp, client: httpx.Client) -> str:
    """Open a conversation as the page would, and return where a turn can be asked for."""
    key = (arena.folder / "data" / "keys" / "page.key").read_text()
    client.headers = {"authorization": f"Bearer {key}", "x-arena-visitor": "127.0.0.1"}
    client.headers["x-arena-session"] = client.post("/sessions").json()["token"]
    client.put("/sessions/me/consent", json={"terms_version": TERMS_VERSION, "scopes": ["serve", "log"]})
    conversation = client.post("/conversations", json={"model": "demo-echo"}).json()["id"]
    return f"/conversations/{conversation}/turns"


def test_a_stream_ends_and_its_turn_is_finished_in_the_ledger_when_the_arena_is_stopped(tmp_path: Path):
    with arena_up(tmp_path) as arena:
        arena.url()
        with httpx.Client(base_url=arena.controller(), timeout=30) as client:
            turns = long_answer(arena, client)
            with client.stream("POST", turns, json={"text": "word " * 2000}) as stream:
                events = stream.iter_lines()
                assert any('"delta"' in line for line in events)
                assert arena.end(signal.SIGTERM) == 0
                assert '"done"' in [line for line in events if line][-1]

        with sqlite3.connect(tmp_path / "data" / "ledger.sqlite3") as ledger:
            endings = ledger.execute("select ending from turns").fetchall()
    assert len(endings) == 1
    assert endings[0][0] in {"failed", "cancelled"}


def test_a_process_that_hangs_is_killed_in_time_and_at_once_when_asked_twice(tmp_path: Path):
    with arena_up(tmp_path) as arena:
        arena.url()
        family = arena.process.children(recursive=True)
        child = arena.child("web")
        assert child is not None
        child.suspend()
        arena.process.send_signal(signal.SIGINT)
        arena.wait_for("stopping")
        started = time.monotonic()

        assert arena.end(signal.SIGINT) == 130

    assert time.monotonic() - started < 3  # what hangs is given as long when it is asked once
    assert left(family, timeout=0) == []


def test_a_killed_supervisor_takes_everything_with_it(tmp_path: Path):
    with arena_up(tmp_path) as arena:
        arena.url()
        family = arena.process.children(recursive=True)

        arena.end(signal.SIGKILL)

        assert len(family) >= 4
        assert left(family, timeout=SOON) == []
