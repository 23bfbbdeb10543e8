"""Streams through the gateway: what the client sees is what it would have seen, and a cut is never a clean end."""

import asyncio
import json
import socket
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

import httpx
import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam

from arena.errors import ProviderOverloaded
from controller.gateway import outlets
from tests.arenas import GATEWAY_KEY, PATIENCE, Stage, a_model, a_stage
from tests.scripted_worker import a_worker
from tests.worker_scripts import (
    Step,
    an_answer,
    cut,
    drip,
    error_event,
    finish,
    hang,
    hang_up,
    raw,
    reset,
    respond,
    say,
)

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello?"}]
BODY = {"model": "model-one", "messages": HELLO, "stream": True}
KEY = {"authorization": f"Bearer {GATEWAY_KEY}"}
USAGE = b'data: {"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":5}}\n\n'
WORD = b'data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n'
DONE = b"data: [DONE]\n\n"
BIG = b'data: {"choices":[{"index":0,"delta":{"content":"' + b"x" * 100_000 + b'"}}]}\n\n'


@pytest.fixture(params=["direct", "by messages"])
def gateway(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Stage]:
    """A gateway whose server offers the direct way out, or none."""
    if request.param == "by messages":
        monkeypatch.setattr(outlets, "DIRECT", "no.such.extension")
    patience = {"first_word_seconds": 5.0, "between_words_seconds": 1.5}
    with a_stage(tmp_path, a_model(price_in=1.0), **patience) as stage:
        yield stage


def post(stage: Stage, **fields: object) -> httpx.Response:
    url = f"{stage.arena.url}/v1/chat/completions"
    return httpx.post(url, json=BODY | fields, headers=KEY, timeout=PATIENCE)


def a_client(stage: Stage, room: int | None = None) -> socket.socket:
    """Connect; `room`: of the bytes that wait to be read the system keeps about so many."""
    client = socket.socket()
    client.settimeout(PATIENCE)
    if room is not None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    client.connect(("127.0.0.1", int(stage.arena.url.rpartition(":")[2])))
    return client


def request(headers: str = "") -> bytes:
    body = json.dumps(BODY).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {GATEWAY_KEY}\r\n{headers}"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def nobody_is_answered() -> bool:
    """Whether no request is being answered by the controller in whose loop this is called."""
    return not any("run_asgi" in repr(task) for task in asyncio.all_tasks())


def used(stage: Stage) -> tuple[float, float]:
    """Return the tokens read and written, as the metrics count them."""
    text = httpx.get(f"{stage.arena.url}/metrics").text
    counts = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line[:1] != "#"}
    name = 'arena_tokens_total{{kind="{}",model="model-one"}}'
    return counts.get(name.format("prompt"), 0), counts.get(name.format("completion"), 0)


@pytest.mark.parametrize(
    "pieces",
    [
        [WORD, USAGE, DONE],
        [WORD, USAGE + DONE],
        [WORD + USAGE + DONE],
        [WORD, USAGE[:20], USAGE[20:] + DONE[:5], DONE[5:]],
        [WORD[:-1], WORD[-1:] + USAGE[:-1], USAGE[-1:], DONE],
    ],
)
def test_usage_is_counted_and_shown_only_to_who_asked_for_it(gateway: Stage, pieces: list[bytes]):
    gateway.worker.plays([*map(raw, pieces), cut()])

    quiet = post(gateway)
    asked = post(gateway, stream_options={"include_usage": True})

    assert quiet.content == WORD + DONE
    assert asked.content == WORD + USAGE + DONE
    assert [request.body["stream_options"] for request in gateway.worker.asked] == [{"include_usage": True}] * 2
    assert used(gateway) == (22, 10)


def test_what_a_worker_does_not_count_is_estimated(gateway: Stage):
    gateway.worker.plays([raw(WORD), raw(WORD), raw(WORD), raw(DONE), cut()])

    assert post(gateway).status_code == 200

    prompt, completion = used(gateway)
    assert prompt == 2
    assert 3 <= completion <= 4


def test_a_client_that_leaves_pays_for_what_was_written(gateway: Stage):
    gateway.worker.plays([raw(WORD), raw(WORD), hang()])
    url = f"{gateway.arena.url}/v1/chat/completions"
    with httpx.stream("POST", url, json=BODY, headers=KEY) as response:
        next(response.iter_raw())

    gateway.worker.until(lambda worker: len(worker.left_at) == 1)
    gateway.arena.check_nothing_is_held()

    assert used(gateway)[0] == 2
    assert used(gateway)[1] >= 1


def test_an_error_as_the_first_event_is_tried_elsewhere(gateway: Stage):
    gateway.worker.plays([error_event(ProviderOverloaded())])
    with a_worker("second") as second:
        second.plays(an_answer("Hello"))
        gateway.arena.take_in(second)

        for _ in range(3):
            got = post(gateway)
            assert got.content.endswith(DONE)
            assert b"error" not in got.content


def test_an_error_as_the_first_event_is_an_error_status_where_there_is_no_other(gateway: Stage):
    gateway.worker.plays([error_event(ProviderOverloaded())])

    got = post(gateway)

    assert (got.status_code, got.json()["error"]["code"]) == (503, "provider_overloaded")
    assert used(gateway) == (0, 0)


@pytest.mark.parametrize(
    "script",
    [
        [raw(WORD), cut()],
        [raw(WORD), raw(WORD[:20]), cut()],
        [raw(WORD), hang_up()],
        [raw(WORD), reset()],
        [raw(WORD), drip()],
        [raw(WORD), hang()],
    ],
    ids=["no mark", "half an event", "hung up", "reset", "drip", "silence"],
)
def test_a_stream_that_breaks_off_ends_with_an_error_event(gateway: Stage, script: list[Step]):
    gateway.worker.plays(script)

    got = post(gateway)  # httpx raises when the body's own end is missing

    begun, _, last = got.content.removesuffix(b"\n\n").rpartition(b"\n\n")
    assert begun + b"\n\n" == WORD
    error = json.loads(last.removeprefix(b"data: "))["error"]
    assert error["code"] in {"worker_broke", "worker_timeout"}
    assert DONE not in got.content


def test_an_error_that_a_worker_tells_in_the_middle_is_passed_on_once(gateway: Stage):
    gateway.worker.plays([raw(WORD), error_event(ProviderOverloaded())])

    got = post(gateway)

    assert got.content.count(b'"error"') == 1
    assert got.content.count(b"data: ") == 2


def test_tools_stream_through_openais_client(gateway: Stage):
    calls = [
        {"index": 0, "id": "call-1", "type": "function", "function": {"name": "add", "arguments": '{"a"'}},
        {"index": 0, "function": {"arguments": ": 1}"}},
    ]
    chunks = [{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None} for call in calls]
    wire = [b"data: " + json.dumps({"id": "c", "choices": [chunk]}).encode() + b"\n\n" for chunk in chunks]
    gateway.worker.plays([*map(raw, wire), finish("tool_calls")])
    client = OpenAI(base_url=f"{gateway.arena.url}/v1", api_key=GATEWAY_KEY, max_retries=0)

    stream = client.chat.completions.create(
        model="model-one",
        messages=[
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}]}
        ],
        tools=[{"type": "function", "function": {"name": "add"}}],
        stream=True,
    )
    said = [chunk.choices[0].delta.tool_calls for chunk in stream if chunk.choices]

    arguments = [call[0].function.arguments for call in said if call and call[0].function]
    assert "".join(each or "" for each in arguments) == '{"a": 1}'
    assert gateway.worker.asked[0].body["messages"][0]["content"][0]["image_url"]["url"].endswith("AA")


def test_a_break_is_raised_by_openais_client_as_an_error_of_the_api(gateway: Stage):
    gateway.worker.plays([say("Half"), cut()])
    client = OpenAI(base_url=f"{gateway.arena.url}/v1", api_key=GATEWAY_KEY, max_retries=0)

    with pytest.raises(openai.APIError):
        list(client.chat.completions.create(model="model-one", messages=HELLO, stream=True))


def test_a_client_that_does_not_read_holds_the_worker_back_and_loses_nothing(gateway: Stage):
    gateway.worker.plays([*[raw(BIG)] * 300, raw(DONE), cut()])
    with a_client(gateway) as client:
        client.sendall(request("connection: close\r\n"))
        begun = client.recv(10)
        rest = begun + b"".join(iter(lambda: client.recv(1 << 20), b""))

    assert rest.count(b"x" * 100_000) == 300
    assert rest.endswith(b"0\r\n\r\n")
    assert DONE in rest


def test_a_client_that_never_reads_is_cut_off_after_the_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(outlets, "GOODBYE_SECONDS", 0.1)
    with a_stage(tmp_path, deadline_seconds=3.0) as stage, a_client(stage, room=4096) as client:
        stage.worker.plays([*[raw(BIG)] * 300, hang()])
        client.sendall(request())
        stage.worker.until(lambda worker: len(worker.left_at) == 1)
        stage.arena.until(nobody_is_answered)

        with suppress(ConnectionError):
            rest = b"".join(iter(lambda: client.recv(1 << 20), b""))
            assert not rest.endswith(b"0\r\n\r\n")


def test_of_requests_that_came_at_once_the_running_one_ends_when_the_client_leaves(
    gateway: Stage, caplog: pytest.LogCaptureFixture
):
    gateway.worker.plays([raw(WORD), hang()])
    with a_client(gateway) as client:
        client.sendall(request() + request())
        gateway.worker.until(lambda worker: worker.open == 1)
    gateway.worker.until(lambda worker: worker.open == 0)
    gateway.arena.until(nobody_is_answered)

    assert len(gateway.worker.asked) == 1
    assert not caplog.records


def test_a_whole_answer_that_is_cut_is_an_error_status(gateway: Stage):
    gateway.worker.plays([hang_up()])

    got = post(gateway, stream=False)

    assert (got.status_code, got.json()["error"]["code"]) == (502, "worker_broke")


def test_the_usage_of_a_whole_answer_is_counted(gateway: Stage):
    whole = {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}
    gateway.worker.plays([respond(200, whole)])

    assert post(gateway, stream=False).json() == whole
    assert used(gateway) == (3, 4)
