"""OpenAI-compatible providers, through OpenAI's own SDK, on a local server that speaks their wire."""

import json
import logging
import time
from collections.abc import Generator
from typing import Any

import httpx
import pytest

from arena.model import WorkerKind
from tests.wire_servers import FAULTS, WireServer, openai_app, wire_server
from tests.workers import RunningWorker, a_request, entries, eventually, running

BEHAVIOURS = (
    *(
        "ok",
        "hang-before",
        "hang",
        "cut",
        "garbage",
        "html",
        "error-first",
        "error-later",
        "unfinished",
        "filtered",
        "long",
    ),
    *("reasoning", "tools", "context", "azures-filter", "thinker", "uncounted", *FAULTS),
)


@pytest.fixture(scope="module")
def wire() -> Generator[WireServer]:
    with wire_server(openai_app) as server:
        yield server


@pytest.fixture(scope="module")
def worker(wire: WireServer) -> Generator[RunningWorker]:
    models = entries(WorkerKind.OPENAI, f"{wire.url}/v1", *BEHAVIOURS)
    with running(models, silence_seconds=1, whole_answer_seconds=1) as worker:
        yield worker


@pytest.fixture(autouse=True)
def no_slot_is_lost(worker: RunningWorker) -> Generator[None]:
    yield
    assert eventually(lambda: worker.worker.slots.busy == 0, within=0.5)


@pytest.fixture(autouse=True)
def nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> Generator[None]:
    with caplog.at_level(logging.DEBUG):
        yield
    assert "SECRET" not in caplog.text
    assert "Hello" not in caplog.text


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(block.removeprefix("data: ")) for block in text.split("\n\n") if block and "[DONE]" not in block]


def test_chunks_pass_untouched_but_for_the_models_name(worker: RunningWorker, wire: WireServer):
    answer = worker.ask("our-reasoning", stream=True, stream_options={"include_usage": True})
    opening, thought, *_, usage = events(answer.text)

    assert (opening["id"], opening["created"], opening["model"]) == ("up-1", 7, "our-reasoning")
    assert thought["choices"][0]["delta"] == {"reasoning_content": "Hm."}
    assert thought["unheard_of"] == {"kept": True}
    assert usage["usage"]["total_tokens"] == 5
    assert answer.text.endswith("data: [DONE]\n\n")


def test_the_provider_is_asked_under_its_own_name_with_every_field_as_it_came(worker: RunningWorker, wire: WireServer):
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA", "detail": "low"}}
    fields: dict[str, Any] = {
        "tools": [{"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}},
        "logprobs": True,
        "n": 2,
        "temperature": 0.5,
        "guided_choice": ["a"],
        "yet_unheard_of": {"x": None},
    }
    messages = [{"role": "user", "content": [{"type": "text", "text": "Hi"}, picture], "name": "somebody"}]
    worker.http.post("/v1/chat/completions", json={"model": "our-ok", "messages": messages, **fields})

    assert wire.bodies[-1] == {"model": "ok", "messages": messages, "stream": False, **fields}


def test_a_whole_answer_passes_untouched(worker: RunningWorker):
    answer = worker.ask("our-ok", n=2).json()

    assert answer["model"] == "our-ok"
    assert len(answer["choices"]) == 2
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": "Hello world", "refusal": None}


def test_tool_calls_pass_untouched(worker: RunningWorker):
    answer = worker.ask("our-tools", stream=True)
    deltas = [chunk["choices"][0]["delta"] for chunk in events(answer.text)]

    assert deltas[1]["tool_calls"][0]["function"] == {"name": "add", "arguments": '{"a":'}
    assert '"finish_reason":"tool_calls"' in answer.text


def test_a_server_of_ones_own_gets_a_dummy_key_and_nobodys_organisation(
    wire: WireServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-SECRET")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-SECRET")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-SECRET")
    with running(entries(WorkerKind.OPENAI, f"{wire.url}/v1", "ok")) as worker:
        worker.ask("our-ok")

    assert wire.headers[-1]["authorization"] == "Bearer none"
    assert "SECRET" not in str(dict(wire.headers[-1]))


FAILURES = {
    "bad-key": (502, "provider_refused_key"),
    "forbidden": (502, "provider_refused_key"),
    "used-up": (429, "insufficient_quota"),
    "payment": (429, "insufficient_quota"),
    "content": (400, "content_filter"),
    "unknown-model": (502, "provider_lacks_model"),
    "refused": (400, "provider_refused_request"),
    "rate-limit": (429, "provider_rate_limited"),
    "overloaded": (503, "provider_overloaded"),
    "overloaded-529": (503, "provider_overloaded"),
    "server-error": (502, "provider_failed"),
    "context": (400, "context_length_exceeded"),
    "too-large": (400, "context_length_exceeded"),
    "azures-filter": (400, "content_filter"),
}


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(("how", "status", "code"), [(how, *expected) for how, expected in FAILURES.items()])
def test_a_failure_before_the_first_word_has_our_code_and_a_status(
    worker: RunningWorker, how: str, status: int, code: str, stream: bool
):
    answer = worker.ask(f"our-{how}", stream=stream)

    assert answer.json()["error"]["code"] == code
    assert answer.status_code == status
    assert "SECRET" not in answer.text


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("html", 502, "provider_broke"),
        ("error-first", 503, "provider_overloaded"),
        ("hang-before", 504, "provider_timeout"),
    ],
)
def test_a_stream_that_fails_before_its_first_word_has_a_status_too(
    worker: RunningWorker, how: str, status: int, code: str
):
    answer = worker.ask(f"our-{how}", stream=True)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("cut", "provider_broke"),
        ("garbage", "provider_broke"),
        ("unfinished", "provider_broke"),
        ("error-later", "provider_rate_limited"),
        ("hang", "provider_timeout"),
        ("filtered", "content_filter"),
    ],
)
def test_a_failure_after_the_first_word_is_the_last_event(worker: RunningWorker, how: str, code: str):
    answer = worker.ask(f"our-{how}", stream=True)
    *_, word, last = events(answer.text)

    assert answer.status_code == 200
    assert word["choices"][0]["delta"] == {"content": "Hello"}
    assert last["error"]["code"] == code
    assert "[DONE]" not in answer.text
    assert "SECRET" not in answer.text


@pytest.mark.parametrize(("how", "code"), [("garbage", "provider_broke"), ("hang", "provider_timeout")])
def test_a_whole_answer_that_does_not_come_is_a_failure(worker: RunningWorker, how: str, code: str):
    assert worker.ask(f"our-{how}").json()["error"]["code"] == code


@pytest.mark.parametrize("how", ["server-error", "overloaded", "rate-limit", "hang-before"])
def test_the_provider_is_asked_once_since_the_router_tries_again_elsewhere(
    worker: RunningWorker, wire: WireServer, how: str
):
    before = len(wire.bodies)
    worker.ask(f"our-{how}", stream=True)

    assert len(wire.bodies) == before + 1


def test_what_is_counted_holds_no_key(worker: RunningWorker):
    for how in FAULTS:
        worker.ask(f"our-{how}", stream=True)
    counted = worker.http.get("/metrics")

    assert 'code="provider_refused_key"' in counted.text
    assert "SECRET" not in counted.text


def test_a_rate_limit_says_when_to_come_back(worker: RunningWorker):
    answer = worker.ask("our-rate-limit", stream=True)

    assert answer.headers["retry-after"] == "7"
    assert answer.json()["error"]["retry_after"] == 7


def test_a_provider_that_is_not_there_is_named_so():
    with running(entries(WorkerKind.OPENAI, "http://127.0.0.1:9/v1", "ok")) as nowhere:
        answer = nowhere.ask("our-ok", stream=True)

    assert answer.json()["error"]["code"] == "provider_failed"
    assert "cannot be reached" in answer.json()["error"]["message"]
    assert "127.0.0.1" not in answer.text


def test_a_model_that_takes_no_temperature_is_asked_without_from_then_on(worker: RunningWorker, wire: WireServer):
    before = len(wire.bodies)
    for _ in range(2):
        assert worker.ask("our-thinker", temperature=0.7, max_tokens=5).status_code == 200

    *_, learned, known = wire.bodies
    assert len(wire.bodies) - before == 4, "two refusals, then never again"
    assert learned == known
    assert "temperature" not in known
    assert known["max_completion_tokens"] == 5


def test_a_server_that_knows_no_stream_options_is_asked_without(worker: RunningWorker, wire: WireServer):
    answer = worker.ask("our-uncounted", stream=True, stream_options={"include_usage": True})

    assert answer.text.endswith("data: [DONE]\n\n")
    assert "stream_options" not in wire.bodies[-1]


@pytest.mark.parametrize("how", ["hang", "hang-before"])
def test_when_the_client_leaves_the_provider_is_told_within_half_a_second(wire: WireServer, how: str):
    wire.left.clear()
    with running(entries(WorkerKind.OPENAI, f"{wire.url}/v1", how)) as worker:
        body = a_request(f"our-{how}", stream=True)
        leave = worker.http.build_request("POST", "/v1/chat/completions", json=body, timeout=0.5)
        with pytest.raises(httpx.ReadTimeout):
            worker.http.send(leave)
        left_at = time.monotonic()

        assert wire.left.wait(2)
        assert wire.left_at - left_at < 0.5
        assert eventually(lambda: worker.worker.slots.busy == 0, within=0.5)
