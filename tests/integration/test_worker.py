"""The worker over real HTTP."""

import json
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any

import httpx
import pytest

from arena.model import ModelEntry, WorkerKind
from tests.workers import RunningWorker, a_request, eventually, running

LONG = "[repeat 5000] word"


@pytest.fixture(scope="module")
def demo() -> Generator[RunningWorker]:
    with running() as worker:
        yield worker


def payloads(answer: httpx.Response) -> list[str]:
    return [block.removeprefix("data: ") for block in answer.text.split("\n\n") if block]


def chunks(answer: httpx.Response) -> list[dict[str, Any]]:
    assert payloads(answer)[-1] == "[DONE]"
    return [json.loads(payload) for payload in payloads(answer)[:-1]]


def first_lines(answer: httpx.Response) -> Iterator[str]:
    return (line for line in answer.iter_lines() if line)


def test_a_stream_has_openais_form(demo: RunningWorker):
    answer = demo.ask(text="Hello world", stream=True)
    seen = chunks(answer)

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert {chunk["object"] for chunk in seen} == {"chat.completion.chunk"}
    assert {chunk["model"] for chunk in seen} == {"demo-echo"}
    assert len({(chunk["id"], chunk["created"]) for chunk in seen}) == 1
    assert [chunk["choices"][0]["delta"] for chunk in seen] == [
        {"role": "assistant", "content": ""},
        {"content": "Hello"},
        {"content": " world"},
        {},
    ]
    assert [chunk["choices"][0]["finish_reason"] for chunk in seen] == [None, None, None, "stop"]
    assert not any("usage" in chunk for chunk in seen)


def test_usage_comes_last_when_it_is_asked_for(demo: RunningWorker):
    *others, last = chunks(demo.ask(text="Hello, world", stream=True, stream_options={"include_usage": True}))

    assert all(chunk["usage"] is None for chunk in others)
    assert last["choices"] == []
    assert last["usage"] == {"prompt_tokens": 3, "completion_tokens": 3, "total_tokens": 6}


def test_a_whole_answer_has_openais_form(demo: RunningWorker):
    answer = demo.ask(text="Hello world", max_tokens=1).json()

    assert answer["object"] == "chat.completion"
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": "Hello"}
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens"] == 1


def test_stop_strings_and_limits_reach_the_model(demo: RunningWorker):
    answer = demo.ask(text="one two three", stop=["two"]).json()

    assert answer["choices"][0]["message"]["content"] == "one "


@pytest.mark.parametrize("model", ["demo-doctor", "demo-helper", "demo-poet"])
def test_the_same_seed_gives_the_same_answer(demo: RunningWorker, model: str):
    one, other = (demo.ask(model, "Sing of the sea", seed=11).json()["choices"] for _ in range(2))

    assert one == other


def test_the_models_are_listed(demo: RunningWorker):
    listed = demo.http.get("/v1/models").json()

    assert listed["object"] == "list"
    assert [model["id"] for model in listed["data"]] == ["demo-doctor", "demo-helper", "demo-poet", "demo-echo"]


def test_health_needs_no_key_and_counts_slots(demo: RunningWorker):
    assert httpx.get(f"{demo.url}/health").json() == {"status": "ok", "busy": 0, "slots": 256}


@pytest.mark.parametrize(
    ("header", "code"),
    [("", "key_required"), ("Basic x", "key_required"), ("Bearer wrong", "wrong_key"), ("Bearer é", "wrong_key")],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/chat/completions"), ("GET", "/v1/models")])
def test_without_the_right_key_nothing_is_served(demo: RunningWorker, header: str, code: str, method: str, path: str):
    answer = httpx.request(method, demo.url + path, headers=[(b"authorization", header.encode())], content=b"{}")

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed_json"),
        (b"[1]", 400, "invalid_request"),
        (b'{"model": "demo-echo", "messages": []}', 400, "invalid_request"),
        (json.dumps(a_request("nobody")).encode(), 404, "unknown_model"),
        (json.dumps(a_request(n=2)).encode(), 400, "invalid_request"),
        (json.dumps(a_request(temperature=9)).encode(), 400, "invalid_request"),
        (json.dumps(a_request(stream=True, max_tokens=0)).encode(), 400, "invalid_request"),
        (b'{"model": "demo-echo", "messages": [{"role": "user", "content": "\\ud800"}]}', 400, "malformed_json"),
    ],
)
def test_a_wrong_request_is_refused_in_openais_shape(demo: RunningWorker, body: bytes, status: int, code: str):
    answer = demo.http.post("/v1/chat/completions", content=body)

    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code
    assert set(answer.json()["error"]) >= {"message", "type", "param", "code"}
    assert demo.worker.slots.busy == 0


def test_a_body_above_the_limit_is_refused_before_it_is_read_to_its_end():
    with running(body_limit=1000) as worker:
        assert worker.ask(text="x" * 1001).json()["error"]["code"] == "body_too_large"


@pytest.mark.parametrize(
    ("path", "method", "code"), [("/nowhere", "GET", "not_found"), ("/health", "POST", "method_not_allowed")]
)
def test_wrong_addresses_are_answered_in_openais_shape(demo: RunningWorker, path: str, method: str, code: str):
    assert demo.http.request(method, path).json()["error"]["code"] == code


def test_above_its_slots_the_worker_is_busy_at_once_and_never_queues():
    models = (
        ModelEntry(name="demo-echo", worker=WorkerKind.DEMO, slots=2),
        ModelEntry(name="demo-poet", worker=WorkerKind.DEMO),
    )
    with running(models, words_per_second=50) as worker:
        body = a_request(text=LONG, stream=True)
        with (
            worker.http.stream("POST", "/v1/chat/completions", json=body) as one,
            worker.http.stream("POST", "/v1/chat/completions", json=body) as other,
        ):
            # Kept, because httpx closes a response whose lines nobody holds any more.
            lines = [first_lines(one), first_lines(other)]
            for each in lines:
                next(each)
            began = time.monotonic()
            refused = worker.ask(stream=True)

            assert time.monotonic() - began < 10
            assert refused.status_code == 503
            assert refused.headers["retry-after"] == "1"
            assert refused.json()["error"]["code"] == "busy"
            assert worker.ask("demo-poet").status_code == 200, "another model has its own slots"
        assert eventually(lambda: worker.worker.slots.busy == 0, within=10)
        assert worker.ask().status_code == 200


def test_a_client_who_leaves_a_stream_gives_the_slot_back():
    with running(words_per_second=20) as worker:
        with worker.http.stream("POST", "/v1/chat/completions", json=a_request(text=LONG, stream=True)) as answer:
            lines = first_lines(answer)
            next(lines)
            assert worker.worker.slots.busy == 1

        assert eventually(lambda: worker.worker.slots.busy == 0, within=10)


def test_a_client_who_does_not_wait_for_a_whole_answer_gives_the_slot_back():
    with running(words_per_second=20) as worker:
        with pytest.raises(httpx.ReadTimeout):
            worker.http.post("/v1/chat/completions", json=a_request(text=LONG), timeout=0.3)

        assert eventually(lambda: worker.worker.slots.busy == 0, within=10)


def test_many_who_come_and_go_leave_no_slot_behind():
    with running(words_per_second=200) as worker:

        def come_and_go(words: int) -> None:
            body = a_request(text=LONG, stream=True)
            with httpx.stream(
                "POST", f"{worker.url}/v1/chat/completions", json=body, headers=worker.headers()
            ) as answer:
                lines = first_lines(answer)
                for _ in range(words):
                    next(lines)

        threads = [threading.Thread(target=come_and_go, args=(1 + number % 5,)) for number in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert eventually(lambda: worker.worker.slots.busy == 0, within=10)


def test_demo_models_speak_at_the_pace_that_is_set():
    with running(words_per_second=50) as worker:
        began = time.monotonic()
        worker.ask(text="[repeat 26] word", stream=True)

        assert 0.45 < time.monotonic() - began < 5


def test_a_draining_worker_refuses_new_answers_and_ends_those_it_writes():
    with running(words_per_second=50) as worker:
        body = a_request(text="[repeat 40] word", stream=True)
        with worker.http.stream("POST", "/v1/chat/completions", json=body) as answer:
            lines = first_lines(answer)
            next(lines)
            worker.worker.leave()
            refused = worker.ask()

            assert refused.status_code == 503
            assert refused.json()["error"]["code"] == "shutting_down"
            assert httpx.get(f"{worker.url}/health").json()["status"] == "draining"
            assert list(lines)[-1] == "data: [DONE]"
