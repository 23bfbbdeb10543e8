"""Anthropic's Messages API, through Anthropic's own SDK, on a local server that speaks its wire."""

import json
import logging
import time
from collections.abc import Generator
from typing import Any

import httpx
import pytest

from arena.model import WorkerKind
from tests.integration.test_providers_openai import FAILURES
from tests.wire_anthropic import ANTHROPIC_REFUSALS, anthropic_app
from tests.wire_servers import FAULTS, WireServer, wire_server
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
        "declined",
        "long",
    ),
    *("thinking", "tools", "stopped", *ANTHROPIC_REFUSALS, *FAULTS),
)


@pytest.fixture(scope="module")
def wire() -> Generator[WireServer]:
    with wire_server(anthropic_app) as server:
        yield server


@pytest.fixture(scope="module")
def worker(wire: WireServer) -> Generator[RunningWorker]:
    with running(entries(WorkerKind.ANTHROPIC, wire.url, *BEHAVIOURS), silence_seconds=1) as worker:
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


def events(answer: httpx.Response) -> list[dict[str, Any]]:
    blocks = [block for block in answer.text.split("\n\n") if block and "[DONE]" not in block]
    return [json.loads(block.removeprefix("data: ")) for block in blocks]


def deltas(answer: httpx.Response) -> list[dict[str, Any]]:
    return [chunk["choices"][0]["delta"] for chunk in events(answer) if chunk["choices"]]


def test_an_answer_streams_in_openais_form_under_our_name(worker: RunningWorker):
    answer = worker.ask("our-ok", stream=True, stream_options={"include_usage": True})
    *_, end, usage = events(answer)

    assert deltas(answer) == [{"role": "assistant", "content": ""}, {"content": "Hello"}, {"content": " world"}, {}]
    assert end["choices"][0]["finish_reason"] == "stop"
    assert (end["object"], end["model"]) == ("chat.completion.chunk", "our-ok")
    assert usage["usage"]["prompt_tokens"] == 7, "cached tokens were read, too"
    assert usage["usage"]["completion_tokens"] == 2
    assert answer.text.endswith("data: [DONE]\n\n")


def test_a_whole_answer_is_put_together(worker: RunningWorker):
    answer = worker.ask("our-ok").json()

    assert answer["choices"][0]["message"] == {"role": "assistant", "content": "Hello world"}
    assert answer["usage"]["total_tokens"] == 9


def test_thinking_is_kept_apart(worker: RunningWorker):
    message = worker.ask("our-thinking").json()["choices"][0]["message"]

    assert message.pop("thinking_blocks") == [{"type": "thinking", "thinking": "Hm.", "signature": "abc"}]
    assert message == {"role": "assistant", "content": "Hello", "reasoning_content": "Hm."}


def test_tool_calls_come_in_openais_form(worker: RunningWorker):
    choice = worker.ask("our-tools").json()["choices"][0]

    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["tool_calls"] == [
        {"id": "toolu_1", "type": "function", "function": {"name": "add", "arguments": '{"a":1}'}}
    ]


@pytest.mark.parametrize(("how", "reason"), [("ok", "stop"), ("stopped", "stop"), ("long", "length")])
def test_stop_reasons_have_openais_names(worker: RunningWorker, how: str, reason: str):
    assert worker.ask(f"our-{how}").json()["choices"][0]["finish_reason"] == reason


def test_the_provider_is_asked_in_its_own_form(worker: RunningWorker, wire: WireServer):
    messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}]
    fields = {"temperature": 0.7, "top_p": 1.0, "stop": "END", "max_tokens": 9, "thinking": {"type": "adaptive"}}
    worker.http.post("/v1/chat/completions", json={"model": "our-ok", "messages": messages, **fields})

    assert wire.bodies[-1] == {
        "model": "ok",
        "system": "Be kind.",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
        "max_tokens": 9,
        "stop_sequences": ["END"],
        "thinking": {"type": "adaptive"},
        "stream": True,
    }


def test_a_server_of_ones_own_gets_a_dummy_key(wire: WireServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-SECRET")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "SECRET")
    with running(entries(WorkerKind.ANTHROPIC, wire.url, "ok")) as worker:
        worker.ask("our-ok")

    assert "SECRET" not in str(dict(wire.headers[-1]))


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        *((how, *expected) for how, expected in FAILURES.items() if how != "azures-filter"),
        ("poor", 429, "insufficient_quota"),
        ("filtered", 400, "content_filter"),
    ],
)
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
        ("declined", 400, "content_filter"),
        ("hang-before", 504, "provider_timeout"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_that_fails_before_its_first_word_has_a_status_too(
    worker: RunningWorker, how: str, status: int, code: str, stream: bool
):
    answer = worker.ask(f"our-{how}", stream=stream)

    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("cut", "provider_broke"),
        ("garbage", "provider_broke"),
        ("unfinished", "provider_broke"),
        ("error-later", "provider_overloaded"),
        ("hang", "provider_timeout"),
    ],
)
def test_a_failure_after_the_first_word_is_the_last_event(worker: RunningWorker, how: str, code: str):
    answer = worker.ask(f"our-{how}", stream=True)
    *_, word, last = events(answer)

    assert word["choices"][0]["delta"] == {"content": "Hello"}
    assert last["error"]["code"] == code
    assert "[DONE]" not in answer.text
    assert "SECRET" not in answer.text


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
    assert worker.ask("our-rate-limit", stream=True).headers["retry-after"] == "7"


def test_what_cannot_be_said_to_the_provider_is_refused_before_it_is_asked(worker: RunningWorker, wire: WireServer):
    before = len(wire.bodies)
    answer = worker.ask("our-ok", n=2)

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_request"
    assert len(wire.bodies) == before


def test_a_provider_that_is_not_there_is_named_so():
    with running(entries(WorkerKind.ANTHROPIC, "http://127.0.0.1:9", "ok")) as nowhere:
        answer = nowhere.ask("our-ok", stream=True)

    assert answer.json()["error"]["code"] == "provider_failed"
    assert "cannot be reached" in answer.json()["error"]["message"]


@pytest.mark.parametrize("how", ["hang", "hang-before"])
def test_when_the_client_leaves_the_provider_is_told_within_half_a_second(wire: WireServer, how: str):
    wire.left.clear()
    with running(entries(WorkerKind.ANTHROPIC, wire.url, how)) as worker:
        leave = worker.http.build_request(
            "POST", "/v1/chat/completions", json=a_request(f"our-{how}", stream=True), timeout=0.5
        )
        with pytest.raises(httpx.ReadTimeout):
            worker.http.send(leave)
        left_at = time.monotonic()

        assert wire.left.wait(2)
        assert wire.left_at - left_at < 0.5
        assert eventually(lambda: worker.worker.slots.busy == 0, within=0.5)
