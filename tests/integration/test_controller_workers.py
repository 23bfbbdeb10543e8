"""Workers come and go: who may, from where, how busy, and what they count."""

import socket
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from arena.chat import Ending, Failed, Finished, Queued
from arena.worker import WorkerCard
from tests.arenas import PAGE_KEY, WORKER_KEY, Stage, a_model, a_stage, an_arena, end_of, text_of
from tests.scripted_worker import a_worker
from tests.worker_scripts import (
    an_answer,
    finish,
    hang,
    say,
    think,
)


@contextmanager
def _full_backlog() -> Generator[str]:
    """A port that neither takes nor refuses connections, as a machine that has vanished."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_worker_whose_machine_has_vanished_is_left_alone_too(tmp_path: Path):
    patience: dict[str, Any] = {"connect_seconds": 0.3, "first_word_seconds": 5.0}
    with a_stage(tmp_path, a_model(), **patience) as stage, _full_backlog() as url:
        gone = WorkerCard(id="gone", url=url, models=("model-one",), slots=1000, key=SecretStr(""))
        stage.arena.call("DELETE", "/workers/worker-1")
        stage.arena.call("POST", "/workers", content=gone.model_dump_json())
        stage.arena.take_in(stage.worker)

        events = stage.visitor.say(stage.visitor.new("/conversations", model="model-one"))

        assert text_of(events) == "Hello there"
        assert stage.arena.breaker("gone") == "open"


def test_an_empty_answer_is_a_failure(stage: Stage):
    stage.worker.plays([think("Hm"), finish()])
    chat = stage.visitor.new("/conversations", model="model-one")

    end = end_of(stage.visitor.say(chat))

    assert isinstance(end, Failed)
    assert end.code == "empty_answer"
    (turn,) = stage.arena.turns(chat)
    assert (turn.ending, turn.reasoning, turn.error_code) == (Ending.FAILED, "Hm", "empty_answer")


@pytest.mark.parametrize("count", ["many", -1, 2**31, 10**30, 1.5, True, None, [7]])
def test_a_count_of_tokens_that_no_ledger_could_hold_breaks_nothing(stage: Stage, count: object):
    stage.worker.plays([say("Fine"), finish(prompt=count, completion=3)])
    chat = stage.visitor.new("/conversations", model="model-one")

    assert end_of(stage.visitor.say(chat)) == Finished(reason="stop")
    (turn,) = stage.arena.turns(chat)
    assert (turn.prompt_tokens, turn.completion_tokens) == (None, 3)


def test_an_answer_that_was_cut_at_its_length_says_so_in_a_direct_chat(stage: Stage):
    stage.worker.plays(an_answer("Much", reason="length"))
    chat = stage.visitor.new("/conversations", model="model-one")

    assert end_of(stage.visitor.say(chat)) == Finished(reason="length")
    assert stage.arena.turns(chat)[0].finish_reason == "length"


def test_nothing_is_sent_to_a_worker_that_queues_until_it_says_otherwise(stage: Stage):
    stage.arena.call("POST", "/workers/worker-1/heartbeat", json={"busy": 6, "waiting": 3})
    with stage.visitor.answering(stage.visitor.new("/conversations", model="model-one")) as stream:
        stream.until(Queued)
        assert stage.worker.asked == []

        stage.arena.call("POST", "/workers/worker-1/heartbeat", json={"busy": 7})
        assert text_of(stream.rest()) == "Hello there"


def test_a_silent_worker_leaves_the_pool_and_has_to_register_again(tmp_path: Path):
    with a_stage(tmp_path, silence_seconds=0.2) as stage:
        stage.arena.until(lambda: not stage.arena.workers())

        beat = stage.arena.call("POST", "/workers/worker-1/heartbeat", json={})

        assert (beat.status_code, beat.json()["code"]) == (404, "unknown_worker")
        assert httpx.get(f"{stage.arena.url}/health/ready").status_code == 503
        while not _is_back(stage):
            pass


def _is_back(stage: Stage) -> bool:
    """Register, and beat: on a slow machine it may be silent for too long between the two."""
    stage.arena.take_in(stage.worker)
    return stage.arena.call("POST", "/workers/worker-1/heartbeat", json={}).status_code == 204


def test_a_worker_that_says_goodbye_leaves_and_its_streams_go_on(stage: Stage):
    stage.worker.plays([say("Half", " and", pace=0.2), finish()])
    chat = stage.visitor.new("/conversations", model="model-one")
    with stage.visitor.answering(chat) as stream:
        stage.worker.until(lambda worker: worker.open == 1)
        assert stage.arena.call("DELETE", "/workers/worker-1").status_code == 204
        assert stage.arena.workers() == set()
        assert text_of(stream.rest()) == "Half and"
    assert stage.arena.call("DELETE", "/workers/worker-1").status_code == 204


def test_workers_need_their_key(stage: Stage):
    url, card = f"{stage.arena.url}/workers", stage.worker.card().model_dump_json()
    bare = httpx.post(url, content=card, headers={"content-type": "application/json"})
    assert (bare.status_code, bare.json()["code"]) == (401, "key_required")
    calls = ("POST", "/workers"), ("POST", "/workers/worker-1/heartbeat"), ("DELETE", "/workers/worker-1")
    for method, path in calls:
        for key in ("wrong", PAGE_KEY, WORKER_KEY[:-1]):
            refused = stage.arena.call(method, path, key, content=card)
            assert (refused.status_code, refused.json()["code"]) == (401, "wrong_key")
    assert stage.arena.workers() == {"worker-1"}


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1:8000",
        "http://10.0.0.7/",
        "http://[2001:db8::1]:80/",
        "http://[::ffff:10.0.0.7]/",
        "http://3232235777/",
        "http://10.1/",
        "http://0.0.0.0/",
        "http://[::",
    ],
)
def test_a_worker_outside_the_allowed_networks_is_refused(stage: Stage, url: str):
    card = stage.worker.card().model_dump(mode="json") | {"id": "elsewhere", "url": url}

    refused = stage.arena.call("POST", "/workers", json=card)

    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden_address")
    assert stage.arena.workers() == {"worker-1"}


def test_a_name_that_leads_outside_the_allowed_networks_is_never_connected_to(tmp_path: Path):
    """Here every address is outside but one that nobody has; the name `localhost` is looked up when connecting."""
    with an_arena(tmp_path, a_model(), allowed_networks=("127.9.9.9/32",)) as arena, a_worker() as worker:
        named = worker.card().model_dump(mode="json") | {"url": worker.url.replace("127.0.0.1", "localhost")}
        assert arena.call("POST", "/workers", json=named).status_code == 204
        with arena.visitor() as visitor:
            end = end_of(visitor.say(visitor.new("/conversations", model="model-one")))

        assert isinstance(end, Failed)
        assert end.code == "worker_unreachable"
        assert worker.asked == []


def test_a_worker_that_registers_again_keeps_its_leases(stage: Stage):
    services = stage.arena.services
    assert services is not None
    stage.worker.plays([say("Half"), hang()])
    chat = stage.visitor.new("/conversations", model="model-one")
    with stage.visitor.answering(chat):
        stage.worker.until(lambda worker: worker.open == 1)
        stage.arena.take_in(stage.worker)
        assert services.pool.seats["worker-1"].leased == 1
