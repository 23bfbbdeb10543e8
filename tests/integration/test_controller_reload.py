"""The configuration is read again while people chat: all of it or nothing, and no stream is cut."""

import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from arena.chat import Ending, Failed, Finished, TextDelta
from arena.errors import SetupError
from arena.model import ModelEntry
from controller.config import ControllerSettings
from controller.reloading import Reloading
from tests.arenas import (
    GATEWAY_KEY,
    PAGE_KEY,
    TWO_MODELS,
    WORKER_KEY,
    Arena,
    Stage,
    a_model,
    a_stage,
    end_of,
    settings_for,
    text_of,
)
from tests.worker_scripts import finish, say, wait_for

ONE, TWO = TWO_MODELS


class File:
    """What a test writes into the configuration."""

    def __init__(self, settings: ControllerSettings) -> None:
        self._settings = settings
        self.given: dict[str, Any] = {}
        self.problem = ""

    def write(self, *models: ModelEntry, **given: Any) -> None:
        self.given = ({"models": models} if models else {}) | given

    def read(self) -> ControllerSettings:
        if self.problem:
            raise SetupError(self.problem)
        return self._settings.model_copy(update=self.given)


@pytest.fixture
def file(tmp_path: Path) -> File:
    return File(settings_for(tmp_path))


@pytest.fixture
def stage(tmp_path: Path, file: File) -> Generator[Stage]:
    with a_stage(tmp_path, reloading=Reloading(file.read)) as stage:
        yield stage


def reload(arena: Arena) -> dict[str, Any]:
    response = arena.call("POST", "/admin/reload", GATEWAY_KEY)
    assert response.status_code == 200, response.text
    return response.json()


def complete(arena: Arena, model: str) -> httpx.Response:
    body = {"model": model, "messages": [{"role": "user", "content": "Hi"}], "stream": True}
    return arena.call("POST", "/v1/chat/completions", GATEWAY_KEY, json=body)


def test_what_changed_is_told_by_name(stage: Stage, file: File):
    limits = file.read().limits.model_copy(update={"input_chars": 10})
    file.write(TWO.model_copy(update={"battle_weight": 3.0}), a_model("model-new"), limits=limits, port=1)

    report = reload(stage.arena)

    assert report["added"] == ["model-new"]
    assert report["removed"] == ["model-one"]
    assert report["changed"] == ["model-two"]
    assert report["limits"] == ["input_chars"]
    assert report["needs_restart"] == ["controller.port"]


def test_reading_the_same_again_changes_nothing(stage: Stage, file: File):
    file.write(ONE)
    first = reload(stage.arena)
    again = reload(stage.arena)

    assert again == {name: [] for name in first} | {"revision": first["revision"]}


def test_a_stream_of_a_removed_model_goes_on_to_its_end(stage: Stage, file: File):
    go_on = threading.Event()
    stage.worker.plays([say("Hello"), wait_for(go_on), say(" there"), finish()])
    chat = stage.visitor.new("/conversations", model="model-one")

    with stage.visitor.answering(chat) as stream:
        stream.until(TextDelta)
        file.write(TWO)
        assert reload(stage.arena)["removed"] == ["model-one"]
        go_on.set()
        events = stream.rest()

    assert text_of(events) == "Hello there"
    assert end_of(events) == Finished(reason="stop")
    (turn,) = stage.arena.turns(chat)
    assert turn.ending is Ending.COMPLETED


@pytest.mark.parametrize("what", ["turns", "regenerate"])
def test_a_conversation_with_a_removed_model_says_so_before_anything_is_opened(stage: Stage, file: File, what: str):
    chat = stage.visitor.new("/conversations", model="model-one")
    stage.visitor.say(chat)
    file.write(TWO)
    reload(stage.arena)

    refused = stage.visitor.post(f"{chat}/{what}", json={"text": "More?"} if what == "turns" else {})

    assert (refused.status_code, refused.json()["code"]) == (404, "model_gone")
    assert stage.visitor.get(chat).json()["turns"][0]["answer"]["text"] == "Hello there"
    assert len(stage.arena.turns(chat)) == 1


def test_a_removed_model_can_be_chosen_no_more_also_not_through_the_gateway(stage: Stage, file: File):
    assert complete(stage.arena, "model-one").status_code == 200
    file.write(TWO)
    reload(stage.arena)

    listed = [each["name"] for each in stage.visitor.get("/models").json()["models"]]
    opened = stage.visitor.post("/conversations", json={"model": "model-one"})
    asked = complete(stage.arena, "model-one")

    assert listed == ["model-two"]
    assert (opened.status_code, opened.json()["code"]) == (404, "unknown_model")
    assert (asked.status_code, asked.json()["error"]["code"]) == (404, "unknown_model")


def test_in_a_battle_a_removed_model_fails_like_any_other(stage: Stage, file: File):
    battle = stage.visitor.new("/battles", mode="battle")
    stage.visitor.say(battle)
    record = stage.arena.record(battle)
    gone, stays = ("a", "b") if record.battle.model_a == "model-one" else ("b", "a")
    file.write(TWO)
    reload(stage.arena)

    events = stage.visitor.say(battle, "More?")

    failure = end_of(events, gone)
    assert isinstance(failure, Failed)
    assert failure.code == "answer_failed"
    assert "model" not in failure.message
    assert end_of(events, stays) == Finished(side=stays, reason="stop")


def test_a_new_model_is_served_as_soon_as_its_worker_is_there_whoever_was_first(stage: Stage, file: File):
    stage.worker.models = ("model-one", "model-two", "model-new")
    stage.arena.take_in(stage.worker)
    assert stage.visitor.post("/conversations", json={"model": "model-new"}).status_code == 404
    file.write(ONE, TWO, a_model("model-new"))
    reload(stage.arena)

    events = stage.visitor.say(stage.visitor.new("/conversations", model="model-new"))

    assert text_of(events) == "Hello there"


def test_limits_hold_from_the_next_turn_on(stage: Stage, file: File):
    chat = stage.visitor.new("/conversations", model="model-one")
    stage.visitor.say(chat, "x" * 100)
    file.write(limits=file.read().limits.model_copy(update={"input_chars": 10, "turns_per_minute": 2}))
    reload(stage.arena)

    assert stage.visitor.post(f"{chat}/turns", json={"text": "x" * 100}).json()["code"] == "text_too_long"
    stage.visitor.say(chat, "short")
    assert stage.visitor.post(f"{chat}/turns", json={"text": "short"}).json()["code"] == "too_many_turns"


def test_a_broken_file_changes_nothing_and_its_line_is_the_answer(stage: Stage, file: File):
    before = stage.arena.call("GET", "/admin/models", GATEWAY_KEY).json()
    file.problem = "arena.toml: limits.input_chars: Input should be greater than or equal to 1"

    refused = stage.arena.call("POST", "/admin/reload", GATEWAY_KEY)

    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert (refused.json()["code"], refused.json()["detail"]) == ("broken_configuration", file.problem)
    assert stage.arena.call("GET", "/admin/models", GATEWAY_KEY).json() == before


def test_reloads_at_once_come_one_after_the_other(stage: Stage, file: File):
    file.write(TWO)
    with ThreadPoolExecutor(8) as pool:
        reports = list(pool.map(reload, [stage.arena] * 16))

    assert sorted(report["removed"] for report in reports) == [[]] * 15 + [["model-one"]]
    assert len({report["revision"] for report in reports}) == 1


def test_a_signal_does_the_same(stage: Stage, file: File):
    services = stage.arena.services
    assert services is not None
    before = services.configured.revision
    file.write(TWO)
    services.reloading.ask()

    stage.arena.until(lambda: services.configured.revision != before)

    assert [entry.name for entry in services.catalogue.entries] == ["model-two"]


def test_a_signal_with_a_broken_file_leaves_the_next_one_work_to_do(stage: Stage, file: File):
    services = stage.arena.services
    assert services is not None
    file.problem = "arena.toml: broken"
    services.reloading.ask()
    assert stage.arena.call("POST", "/admin/reload", GATEWAY_KEY).status_code == 422
    file.problem = ""
    file.write(TWO)
    services.reloading.ask()

    stage.arena.until(lambda: len(services.catalogue.entries) == 1)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/admin/workers"),
        ("GET", "/admin/models"),
        ("POST", "/admin/reload"),
        ("POST", "/admin/workers/worker-1/drain"),
        ("POST", "/admin/workers/worker-1/undrain"),
    ],
)
def test_nobody_gets_in_without_the_operators_key_from_this_machine_neither(stage: Stage, method: str, path: str):
    without = httpx.request(method, stage.arena.url + path)
    others = [stage.arena.call(method, path, key).status_code for key in ("wrong", PAGE_KEY, WORKER_KEY)]

    assert (without.status_code, without.json()["code"]) == (401, "key_required")
    assert others == [401, 401, 401]


def test_the_operator_sees_workers_without_their_keys_and_models_with_how_many_serve_them(stage: Stage):
    workers = stage.arena.call("GET", "/admin/workers", GATEWAY_KEY)
    models = stage.arena.call("GET", "/admin/models", GATEWAY_KEY).json()["models"]

    (worker,) = workers.json()["workers"]
    assert (worker["id"], worker["models"], worker["slots"]) == ("worker-1", ["model-one", "model-two"], 8)
    assert (worker["url"], worker["leased"], worker["is_draining"]) == (stage.worker.url, 0, False)
    assert stage.worker.key not in workers.text
    assert [(each["entry"]["name"], each["workers"]) for each in models] == [("model-one", 1), ("model-two", 1)]


def test_a_drained_worker_keeps_its_stream_and_gets_nothing_new_until_it_is_undrained(stage: Stage):
    go_on = threading.Event()
    stage.worker.plays([say("Hello"), wait_for(go_on), say(" there"), finish()], [say("Again"), finish()])
    chat = stage.visitor.new("/conversations", model="model-one")
    with stage.visitor.answering(chat) as stream:
        stream.until(TextDelta)
        assert stage.arena.call("POST", "/admin/workers/worker-1/drain", GATEWAY_KEY).status_code == 204
        (worker,) = stage.arena.call("GET", "/admin/workers", GATEWAY_KEY).json()["workers"]
        go_on.set()
        events = stream.rest()

    assert (worker["is_draining"], worker["leased"]) == (True, 1)
    assert text_of(events) == "Hello there"
    refused = end_of(stage.visitor.say(chat, "More?"))
    assert isinstance(refused, Failed)
    assert refused.code == "no_worker"
    stage.arena.call("POST", "/admin/workers/worker-1/undrain", GATEWAY_KEY)
    assert text_of(stage.visitor.say(chat, "More?")) == "Again"


@pytest.mark.parametrize("what", ["drain", "undrain"])
def test_a_worker_that_is_not_there_cannot_be_drained(stage: Stage, what: str):
    refused = stage.arena.call("POST", f"/admin/workers/nobody/{what}", GATEWAY_KEY)

    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_worker")
