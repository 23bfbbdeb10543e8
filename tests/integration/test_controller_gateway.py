"""The gateway: OpenAI's own client works against it, bytes pass through untouched, and nothing is held for who left."""

import json
import time
from collections.abc import Generator
from pathlib import Path

import httpx
import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam

from arena.errors import (
    ContextTooLong,
    ProviderOverloaded,
    ProviderRateLimited,
    ProviderRefusedKey,
    ProviderRefusedRequest,
    RequestError,
)
from arena.model import WorkerKind
from tests.arenas import GATEWAY_KEY, PAGE_KEY, PATIENCE, Stage, a_model, a_stage
from tests.scripted_worker import a_worker
from tests.worker_scripts import Step, an_answer, cut, drip, error_event, finish, hang, raw, refuse, reset, respond, say

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello?"}]
WHOLE = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "model-one",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    "a_field_of_tomorrow": {"kept": [1.10, "as it is"]},
}


@pytest.fixture
def gateway(tmp_path: Path) -> Generator[Stage]:
    """A model with a key, one without, and one that nobody may know of."""
    models = a_model(), a_model("demo", worker=WorkerKind.DEMO, organisation="Demo"), a_model("hidden", secret=True)
    patience = {"first_word_seconds": 1.5, "between_words_seconds": 1.5}
    with a_stage(tmp_path, *models, **patience) as stage:
        yield stage


def client(stage: Stage, key: str = GATEWAY_KEY, **headers: str) -> OpenAI:
    return OpenAI(base_url=f"{stage.arena.url}/v1", api_key=key, max_retries=0, default_headers=headers)


def post(
    stage: Stage, wire: bytes | dict[str, object], key: str | None = GATEWAY_KEY, **headers: str
) -> httpx.Response:
    content = wire if isinstance(wire, bytes) else json.dumps(wire).encode()
    bearer = {} if key is None else {"authorization": f"Bearer {key}"}
    url = f"{stage.arena.url}/v1/chat/completions"
    return httpx.post(url, content=content, headers=bearer | headers, timeout=PATIENCE)


def test_openais_client_streams_an_answer(gateway: Stage):
    gateway.worker.plays(an_answer("Hello", " there"))

    asked = client(gateway).chat.completions.create(
        model="model-one", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(asked)

    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "Hello there"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.prompt_tokens == 7
    assert gateway.worker.asked[0].headers["authorization"] == f"Bearer {gateway.worker.key}"


def test_openais_client_reads_a_whole_answer(gateway: Stage):
    gateway.worker.plays([respond(200, WHOLE)])

    answer = client(gateway).chat.completions.create(model="model-one", messages=HELLO)

    assert answer.choices[0].message.content == "Hi"
    assert answer.model_extra == {"a_field_of_tomorrow": {"kept": [1.10, "as it is"]}}


def test_what_is_asked_and_what_is_answered_pass_through_byte_for_byte(gateway: Stage):
    question = (
        b'{ "model":"model-one",  "messages":[{"role":"user","content":[{"type":"image_url",'
        b'"image_url":{"url":"data:image/png;base64,AAAA"}}]}],'
        b'"tools":[{"type":"function","function":{"name":"f"}}],"n":2,"logprobs":true,"top_logprobs":3,'
        b'"response_format":{"type":"json_object"},"temperature":1.10,"a_field_of_tomorrow":"\\u00e9" }'
    )
    answer = json.dumps(WHOLE, indent=3).encode()
    gateway.worker.plays([respond(200, answer)])

    got = post(gateway, question)

    assert gateway.worker.asked[0].wire == question
    assert (got.content, got.headers["content-type"]) == (answer, "application/json")


def test_a_stream_passes_through_byte_for_byte(gateway: Stage):
    wire = [
        b'data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"a"}}]}}]}\n\n',
        b": a comment\n\n",
        b'event: odd\r\ndata: {"choices" : [], "logprobs": null}\r\n\r\n',
        b"data: [DONE]\n\n",
    ]
    gateway.worker.plays([*map(raw, wire), cut()])

    got = post(gateway, {"model": "model-one", "messages": HELLO, "stream": True})

    assert got.content == b"".join(wire)
    assert got.headers["content-type"].startswith("text/event-stream")


def test_the_models_are_listed_as_openai_lists_them(gateway: Stage):
    listed = client(gateway).models.list()

    assert [(model.id, model.owned_by) for model in listed] == [("model-one", "arena"), ("demo", "Demo")]
    assert client(gateway).models.retrieve("demo").id == "demo"


@pytest.mark.parametrize("name", ["nothing", "hidden"])
def test_an_unknown_or_secret_model_is_not_found(gateway: Stage, name: str):
    with pytest.raises(openai.NotFoundError) as caught:
        client(gateway).chat.completions.create(model=name, messages=HELLO)
    assert caught.value.code == "unknown_model"
    with pytest.raises(openai.NotFoundError):
        client(gateway).models.retrieve(name)


@pytest.mark.parametrize(
    ("script", "kind", "code"),
    [
        ([refuse(RequestError("messages: a list is needed"))], openai.BadRequestError, "invalid_request"),
        ([refuse(ContextTooLong())], openai.BadRequestError, "context_length_exceeded"),
        ([refuse(ProviderRefusedRequest())], openai.BadRequestError, "provider_refused_request"),
        (
            [respond(400, {"error": {"message": "odd", "code": 400}})],
            openai.BadRequestError,
            "provider_refused_request",
        ),
        ([refuse(ProviderRateLimited(retry_after=7))], openai.RateLimitError, "provider_rate_limited"),
        ([respond(429)], openai.RateLimitError, "provider_rate_limited"),
        ([refuse(ProviderOverloaded())], openai.InternalServerError, "provider_overloaded"),
        ([refuse(ProviderRefusedKey())], openai.InternalServerError, "provider_refused_key"),
        ([respond(500)], openai.InternalServerError, "worker_failed"),
        ([hang()], openai.InternalServerError, "worker_timeout"),
        ([reset()], openai.InternalServerError, "worker_broke"),
    ],
)
def test_errors_before_the_first_chunk_are_those_of_openais_client(
    gateway: Stage, script: list[Step], kind: type[openai.APIStatusError], code: str
):
    gateway.worker.plays(script)

    with pytest.raises(kind) as caught:
        client(gateway).chat.completions.create(model="model-one", messages=HELLO, stream=True)

    assert caught.value.code == code


def test_the_sentence_of_a_refusal_reaches_whoever_can_mend_the_request(gateway: Stage):
    for script in ([respond(400, {"error": {"message": "top_p is odd"}})], [refuse(RequestError("top_p is odd"))]):
        gateway.worker.plays(script)
        assert post(gateway, {"model": "model-one"}).json()["error"]["message"] == "top_p is odd"


def test_a_limit_says_when_to_come_back(gateway: Stage):
    gateway.worker.plays([refuse(ProviderRateLimited(retry_after=6.2))])

    got = post(gateway, {"model": "model-one"})

    assert (got.status_code, got.headers["retry-after"]) == (429, "7")


@pytest.mark.parametrize(
    "script",
    [[say("Half"), reset()], [say("Half"), error_event(ProviderOverloaded())], [say("Half"), hang()]],
    ids=["reset", "error", "hang"],
)
def test_a_break_in_the_middle_of_a_stream_is_raised_by_openais_client(gateway: Stage, script: list[Step]):
    gateway.worker.plays(script)
    stream = client(gateway).chat.completions.create(model="model-one", messages=HELLO, stream=True)
    said: list[str] = []

    with pytest.raises(openai.APIError):
        said.extend(chunk.choices[0].delta.content or "" for chunk in stream)

    assert len(gateway.worker.asked) == 1


def test_before_the_first_chunk_another_worker_is_tried(gateway: Stage):
    gateway.worker.plays([reset()])
    with a_worker("second") as second:
        gateway.arena.take_in(second)

        got = post(gateway, {"model": "model-one", "stream": True})

        assert got.status_code == 200
        assert b"[DONE]" in got.content
        assert len(second.asked) == 1


@pytest.mark.parametrize(
    ("wire", "status", "code"),
    [
        (b"", 400, "malformed_json"),
        (b"{", 400, "malformed_json"),
        (b"\xff", 400, "malformed_json"),
        (b"[" * 50_000, 400, "malformed_json"),
        (b"[]", 400, "invalid_request"),
        (b"17", 400, "invalid_request"),
        (b"{}", 400, "invalid_request"),
        (b'{"model": 17}', 400, "invalid_request"),
        (b'{"model": ""}', 400, "invalid_request"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_in_openais_shape(gateway: Stage, wire: bytes, status: int, code: str):
    got = post(gateway, wire)

    assert (got.status_code, got.json()["error"]["code"]) == (status, code)
    assert set(got.json()["error"]) == {"message", "type", "param", "code"}
    assert gateway.worker.asked == []


@pytest.mark.parametrize(("key", "code"), [(None, "key_required"), ("wrong", "wrong_key"), (PAGE_KEY, "wrong_key")])
def test_without_the_key_this_machine_reaches_demo_models_and_nothing_else(gateway: Stage, key: str | None, code: str):
    assert post(gateway, {"model": "demo", "stream": True}, key).status_code == 200
    refused = post(gateway, {"model": "model-one"}, key)

    assert (refused.status_code, refused.json()["error"]["code"]) == (401, code)
    assert len(gateway.worker.asked) == 1
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    listed = httpx.get(f"{gateway.arena.url}/v1/models", headers=headers).json()
    assert [model["id"] for model in listed["data"]] == ["demo"]


@pytest.mark.parametrize("header", ["forwarded", "x-forwarded-for", "x-real-ip", "x-forwarded-host", "via"])
def test_what_was_forwarded_is_not_from_this_machine(gateway: Stage, header: str):
    for key, code in ((None, "key_required"), ("wrong", "wrong_key")):
        refused = post(gateway, {"model": "demo"}, key, **{header: "127.0.0.1"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, code)
    assert post(gateway, {"model": "demo", "stream": True}, **{header: "127.0.0.1"}).status_code == 200
    assert httpx.get(f"{gateway.arena.url}/metrics", headers={header: "127.0.0.1"}).status_code == 403


def test_a_wrong_key_is_openais_authentication_error(gateway: Stage):
    with pytest.raises(openai.AuthenticationError):
        client(gateway, "wrong").chat.completions.create(model="model-one", messages=HELLO)


@pytest.mark.parametrize(
    ("script", "is_stream"),
    [
        ([hang()], True),
        ([hang()], False),
        ([raw(b"data: {"), hang()], True),
        ([raw(b"{"), hang()], False),
        ([drip()], False),
    ],
    ids=["silent", "silent whole", "begun", "begun whole", "drip whole"],
)
def test_a_client_that_leaves_lets_the_worker_go_also_before_the_first_chunk(
    tmp_path: Path, script: list[Step], is_stream: bool
):
    with a_stage(tmp_path, first_word_seconds=60.0) as stage:
        stage.worker.plays(script)
        key = {"authorization": f"Bearer {GATEWAY_KEY}"}
        body = {"model": "model-one", "stream": is_stream}
        with httpx.Client(timeout=0.3) as leaving, pytest.raises(httpx.ReadTimeout):
            leaving.post(f"{stage.arena.url}/v1/chat/completions", json=body, headers=key).read()
        left_at = time.monotonic()

        stage.worker.until(lambda worker: len(worker.left_at) == 1)

        assert stage.worker.left_at[0] - left_at < 0.5


def test_a_client_that_leaves_in_the_middle_of_a_stream_lets_the_worker_go(gateway: Stage):
    gateway.worker.plays([drip()])
    key = {"authorization": f"Bearer {GATEWAY_KEY}"}
    body = {"model": "model-one", "stream": True}
    with httpx.stream("POST", f"{gateway.arena.url}/v1/chat/completions", json=body, headers=key) as response:
        next(response.iter_raw())

    gateway.worker.until(lambda worker: len(worker.left_at) == 1)


def test_nothing_of_the_gateway_is_written_to_the_ledger(gateway: Stage):
    before = gateway.arena.counts()
    gateway.worker.plays([say("Hello"), finish()])

    post(gateway, {"model": "model-one", "messages": HELLO, "stream": True})

    assert gateway.arena.counts() == before
