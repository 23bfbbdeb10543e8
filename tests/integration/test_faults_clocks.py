"""When the wall clock is set while answers are written: nothing ends, no time is negative, and the last word counts."""

import sqlite3
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from arena.chat import TextDelta
from arena.session import Scope
from arena.terms import TERMS_VERSION
from tests.arenas import PATIENCE, Arena, Stage, Stream, a_stage, text_of
from tests.faults import HELLO
from tests.keys import a_key_at
from tests.worker_scripts import an_answer, finish, say, wait_for
from tests.workers import eventually

HOUR = 3600.0
SetClock = Callable[[float], None]


class Running(NamedTuple):
    """What runs while the clock is set: a visitor's chat and battle, a logged program's stream, and one who waits."""

    stage: Stage
    go_on: threading.Event
    chat: Stream
    battle: Stream
    program: "Future[httpx.Response]"
    paths: tuple[str, str]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """The wall clock of this process, as somebody sets it by so many seconds. Ids and times are read from it."""
    wall, wall_ns = time.time, time.time_ns

    def set_by(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: wall() + seconds)
        monkeypatch.setattr(time, "time_ns", lambda: wall_ns() + int(seconds * 1e9))

    return set_by


@pytest.fixture
def running(tmp_path: Path) -> Generator[Running]:
    go_on = threading.Event()
    key = a_key_at(f"sqlite:///{tmp_path}/ledger.sqlite3", "--log")
    with a_stage(tmp_path) as stage, ExitStack() as stack:
        stage.arena.call("DELETE", "/workers/worker-1")
        stage.worker.slots = 3
        stage.worker.plays([say("Half"), wait_for(go_on), say(" whole"), finish()])
        stage.arena.take_in(stage.worker)
        visitor = stage.visitor
        paths = visitor.new("/conversations", model="model-one"), visitor.new("/battles")
        chat, battle = (stack.enter_context(visitor.answering(path)) for path in paths)
        chat.until(TextDelta)
        while len({event.side for event in battle.seen if isinstance(event, TextDelta)}) < 2:
            battle.until(TextDelta)
        pool = stack.enter_context(ThreadPoolExecutor(1))
        stack.callback(go_on.set)
        program = pool.submit(_ask, stage.arena, key)
        services = stage.arena.services
        assert services is not None
        stage.arena.until(lambda: services.pool.waiting() == {"model-one": 1})
        yield Running(stage, go_on, chat, battle, program, paths)


def _ask(arena: Arena, key: str) -> httpx.Response:
    body = {"model": "model-one", "messages": HELLO, "stream": True}
    headers = {"authorization": f"Bearer {key}"}
    return httpx.post(f"{arena.url}/v1/chat/completions", json=body, headers=headers, timeout=PATIENCE)


def _kept(folder: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "ledger.sqlite3")) as ledger:
        return ledger.execute("SELECT ending, opened_at, first_word_at, finished_at FROM turns").fetchall()


def _sums(arena: Arena) -> dict[str, float]:
    families = text_string_to_metric_families(httpx.get(f"{arena.url}/metrics").text)
    samples = [each for family in families for each in family.samples if each.name.endswith("_seconds_sum")]
    return {f"{each.name} {each.labels}": each.value for each in samples if "heartbeat" not in each.name}


@pytest.mark.parametrize("hours", [-5, 5])
def test_when_the_clock_is_set_while_answers_are_written_nothing_ends_and_all_times_are_true(
    running: Running, set_clock: SetClock, tmp_path: Path, hours: float
):
    arena = running.stage.arena

    set_clock(hours * HOUR)
    assert arena.call("POST", "/workers/worker-1/heartbeat", json={"busy": 3}).status_code == 204
    running.go_on.set()

    assert text_of(running.chat.rest()) == "Half whole"
    assert [text_of(running.battle.rest(), side) for side in "ab"] == ["Half whole"] * 2
    assert "whole" in running.program.result().text
    assert arena.workers() == {"worker-1"}
    assert arena.breaker("worker-1") == "closed"
    assert eventually(lambda: arena.counts()["turns"] == 4, PATIENCE), "what the program was answered is kept too"
    for ending, opened_at, first_word_at, finished_at in _kept(tmp_path):
        assert ending == "completed"
        assert opened_at <= first_word_at <= finished_at < opened_at + PATIENCE
    assert all(0 <= seconds < 10 * PATIENCE for seconds in _sums(arena).values())


@pytest.mark.parametrize("hours", [-5, 5])
def test_after_the_clock_was_set_the_last_answer_stands_and_can_be_voted_for(
    running: Running, set_clock: SetClock, hours: float
):
    running.go_on.set()
    running.battle.rest()
    running.chat.rest()
    stage, (chat, battle) = running.stage, running.paths

    set_clock(hours * HOUR)
    stage.worker.plays(an_answer("Later"))
    stage.visitor.regenerate(battle)
    stage.visitor.say(chat)

    view = stage.visitor.get(battle).json()
    assert [view["turns"][-1][side]["text"] for side in "ab"] == ["Later"] * 2
    assert [turn["answer"]["text"] for turn in stage.visitor.get(chat).json()["turns"]] == ["Half whole", "Later"]
    assert stage.visitor.vote(battle).status_code == 200


@pytest.mark.parametrize("hours", [-5, 5])
def test_after_the_clock_was_set_what_is_taken_back_is_taken_back(stage: Stage, set_clock: SetClock, hours: float):
    chat = stage.visitor.new("/conversations", model="model-one")
    set_clock(hours * HOUR)
    taken_back = {"terms_version": TERMS_VERSION, "scopes": [Scope.SERVE]}
    assert stage.visitor.put("/sessions/me/consent", json=taken_back).status_code == 200

    refused = stage.visitor.post(f"{chat}/turns", json={"text": "Hello?"})

    assert (refused.status_code, refused.json()["code"]) == (403, "consent_required")
    assert stage.worker.asked == []


@pytest.mark.parametrize("hours", [-5, 5])
def test_after_the_clock_was_set_the_latest_choice_about_a_release_counts(
    stage: Stage, set_clock: SetClock, hours: float
):
    chat = stage.visitor.new("/conversations", model="model-one")
    assert stage.visitor.put(f"{chat}/release", json={"allowed": True}).status_code == 204
    set_clock(hours * HOUR)

    assert stage.visitor.put(f"{chat}/release", json={"allowed": False}).status_code == 204

    assert stage.visitor.get(chat).json()["is_withheld"] is True
