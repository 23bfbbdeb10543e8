"""OpenAI's own client at the gateway: a real controller, real workers, and servers that speak the vendors' wires."""

import logging
from collections.abc import Generator
from contextlib import ExitStack

import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionFunctionToolParam, ChatCompletionMessageParam

from arena.model import ModelEntry, ModelKind, WorkerKind
from tests.arenas import GATEWAY_KEY, Arena, an_arena
from tests.wire_anthropic import anthropic_app
from tests.wire_servers import WireServer, openai_app, wire_server
from tests.workers import running

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hi"}]
DATA_URL = "data:image/png;base64,AAAA"
ADD: ChatCompletionFunctionToolParam = {
    "type": "function",
    "function": {"name": "add", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}}},
}
OPENAIS = ("ok", "tools", "reasoning", "filtered", "azures-filter", "error-later", "hang-before")
ANTHROPICS = ("ok", "tools", "thinking", "declined", "poor", "error-later")
FAULTS = {
    # how: the client's exception, its status, code and type
    "refused": (openai.BadRequestError, 400, "provider_refused_request", "invalid_request_error"),
    "content": (openai.BadRequestError, 400, "content_filter", "invalid_request_error"),
    "context": (openai.BadRequestError, 400, "context_length_exceeded", "invalid_request_error"),
    "rate-limit": (openai.RateLimitError, 429, "provider_rate_limited", "rate_limit_error"),
    "used-up": (openai.RateLimitError, 429, "insufficient_quota", "insufficient_quota"),
    "bad-key": (openai.InternalServerError, 502, "provider_refused_key", "server_error"),
    "unknown-model": (openai.InternalServerError, 502, "provider_lacks_model", "server_error"),
    "overloaded": (openai.InternalServerError, 503, "provider_overloaded", "server_error"),
    "server-error": (openai.InternalServerError, 502, "provider_failed", "server_error"),
}


def models_of(vendor: str, worker: WorkerKind, at: str, *upstreams: str) -> list[ModelEntry]:
    """Models by the vendor's name and how they behave; the faulty ones twice, since a fault may close a model."""
    names = [(how, f"{vendor}-{how}") for how in upstreams]
    names += [(how, f"{vendor}-{how}-{stream}") for how in FAULTS for stream in (True, False)]
    return [ModelEntry(name=name, worker=worker, upstream=how, base_url=at) for how, name in names]


class Vendors:
    """The wires behind the gateway, and a client in front of it."""

    def __init__(self, arena: Arena, gpt: WireServer, claude: WireServer) -> None:
        self.arena = arena
        self.wires = {"gpt": gpt, "claude": claude}
        self.client = OpenAI(base_url=f"{arena.url}/v1", api_key=GATEWAY_KEY, max_retries=0)


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Generator[Vendors]:
    with wire_server(openai_app) as gpt, wire_server(anthropic_app) as claude, ExitStack() as stack:
        at = f"{gpt.url}/v1"
        vectors = ModelEntry(
            name="vectors", worker=WorkerKind.OPENAI, base_url=at, upstream="ok", kind=ModelKind.EMBEDDING
        )
        gpts = [*models_of("gpt", WorkerKind.OPENAI, at, *OPENAIS), vectors]
        claudes = models_of("claude", WorkerKind.ANTHROPIC, claude.url, *ANTHROPICS)
        folder = tmp_path_factory.mktemp("gateway")
        arena = stack.enter_context(an_arena(folder, *gpts, *claudes, silence_seconds=1000))
        for models in (gpts, claudes):
            worker = stack.enter_context(running(models, silence_seconds=1))
            card = worker.worker.card.model_copy(update={"url": worker.url})
            assert arena.call("POST", "/workers", content=card.model_dump_json()).status_code == 204
        yield Vendors(arena, gpt, claude)


@pytest.fixture(autouse=True)
def nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> Generator[None]:
    with caplog.at_level(logging.DEBUG):
        yield
    assert "SECRET" not in caplog.text


VENDOR = pytest.mark.parametrize("vendor", ["gpt", "claude"])


@VENDOR
def test_answers_stream_with_their_usage(behind: Vendors, vendor: str):
    asked = behind.client.chat.completions.create(
        model=f"{vendor}-ok", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(asked)

    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "Hello world"
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 2
    assert {chunk.model for chunk in chunks} == {f"{vendor}-ok"}


@VENDOR
def test_tools_are_called_and_their_results_go_back(behind: Vendors, vendor: str):
    choice = behind.client.chat.completions.create(model=f"{vendor}-tools", messages=HELLO, tools=[ADD]).choices[0]
    (call,) = choice.message.tool_calls or []

    assert choice.finish_reason == "tool_calls"
    assert call.type == "function"
    assert (call.function.name, call.function.arguments) == ("add", '{"a":1}')

    result: list[ChatCompletionMessageParam] = [
        *HELLO,
        {
            "role": "assistant",
            "tool_calls": [
                {"id": call.id, "type": "function", "function": {"name": "add", "arguments": call.function.arguments}}
            ],
        },
        {"role": "tool", "tool_call_id": call.id, "content": "2"},
    ]
    behind.client.chat.completions.create(model=f"{vendor}-ok", messages=result, tools=[ADD])
    sent = str(behind.wires[vendor].bodies[-1])

    assert ("tool_result" if vendor == "claude" else "tool_call_id") in sent
    assert "'name': 'add'" in sent


@VENDOR
def test_tool_calls_stream(behind: Vendors, vendor: str):
    chunks = list(
        behind.client.chat.completions.create(model=f"{vendor}-tools", messages=HELLO, tools=[ADD], stream=True)
    )
    parts = [part for chunk in chunks for choice in chunk.choices for part in choice.delta.tool_calls or ()]

    assert "".join(part.function.arguments or "" for part in parts if part.function) == '{"a":1}'
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


@VENDOR
def test_pictures_reach_the_vendor(behind: Vendors, vendor: str):
    seen: list[ChatCompletionMessageParam] = [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is it?"},
                {"type": "image_url", "image_url": {"url": DATA_URL}},
                {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
            ],
        }
    ]
    behind.client.chat.completions.create(model=f"{vendor}-ok", messages=seen)
    content = behind.wires[vendor].bodies[-1]["messages"][0]["content"]

    if vendor == "gpt":
        assert content == seen[0]["content"]  # pyright: ignore[reportTypedDictNotRequiredAccess]
    else:
        assert [part["type"] for part in content] == ["text", "image", "image"]
        assert content[1]["source"] == {"type": "base64", "media_type": "image/png", "data": "AAAA"}


def test_every_other_field_reaches_openai_untouched(behind: Vendors):
    answer = behind.client.chat.completions.create(
        model="gpt-ok",
        messages=HELLO,
        n=2,
        logprobs=True,
        response_format={"type": "json_object"},
        extra_body={"yet_unheard_of": {"x": [1.5]}},
    )

    asked = behind.wires["gpt"].bodies[-1]
    assert len(answer.choices) == 2
    assert (asked["n"], asked["logprobs"], asked["response_format"]) == (2, True, {"type": "json_object"})
    assert asked["yet_unheard_of"] == {"x": [1.5]}


def test_embeddings_come_through(behind: Vendors):
    answer = behind.client.embeddings.create(model="vectors", input=["Hello", "world"], encoding_format="float")

    assert [each.embedding for each in answer.data] == [[0.5, -1], [0.5, -1]]
    assert (answer.model, answer.usage.total_tokens) == ("vectors", 3)
    with pytest.raises(openai.APIStatusError):
        behind.client.chat.completions.create(model="vectors", messages=HELLO)


def test_thoughts_stand_apart(behind: Vendors):
    message = behind.client.chat.completions.create(model="claude-thinking", messages=HELLO).choices[0].message

    assert message.content == "Hello"
    assert message.model_extra is not None
    assert message.model_extra["reasoning_content"] == "Hm."


def test_what_claude_cannot_do_is_refused_by_the_fields_name(behind: Vendors):
    before = len(behind.wires["claude"].bodies)

    with pytest.raises(openai.BadRequestError, match="n: this provider cannot do that"):
        behind.client.chat.completions.create(model="claude-ok", messages=HELLO, n=2)

    assert len(behind.wires["claude"].bodies) == before


@VENDOR
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("how", FAULTS)
def test_every_failure_is_an_exception_of_openais_client(behind: Vendors, vendor: str, stream: bool, how: str):
    kind, status, code, type_ = FAULTS[how]
    with pytest.raises(kind) as caught:
        behind.client.chat.completions.create(model=f"{vendor}-{how}-{stream}", messages=HELLO, stream=stream)
    behind.arena.check_nothing_is_held()

    assert (caught.value.status_code, caught.value.code, caught.value.type) == (status, code, type_)
    assert "SECRET" not in str(caught.value)
    assert "SECRET" not in str(caught.value.response.headers)
    if how == "rate-limit":
        assert caught.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("model", "kind", "code"),
    [
        ("gpt-azures-filter", openai.BadRequestError, "content_filter"),
        ("claude-declined", openai.BadRequestError, "content_filter"),
        ("claude-poor", openai.RateLimitError, "insufficient_quota"),
    ],
)
def test_refusals_and_an_empty_account_are_told_apart(
    behind: Vendors, model: str, kind: type[openai.APIStatusError], code: str
):
    with pytest.raises(kind) as caught:
        behind.client.chat.completions.create(model=model, messages=HELLO)

    assert caught.value.code == code


def test_a_refused_request_is_asked_once_and_closes_nothing(behind: Vendors):
    for _ in range(12):
        before = len(behind.wires["gpt"].bodies)
        with pytest.raises(openai.BadRequestError):
            behind.client.chat.completions.create(model="gpt-azures-filter", messages=HELLO)
        assert len(behind.wires["gpt"].bodies) == before + 1


@pytest.mark.parametrize(
    ("model", "code"),
    [
        ("gpt-error-later", "provider_rate_limited"),
        ("claude-error-later", "provider_overloaded"),
        ("gpt-filtered", "content_filter"),
    ],
)
def test_a_failure_after_the_first_word_is_an_exception_too(behind: Vendors, model: str, code: str):
    stream = behind.client.chat.completions.create(model=model, messages=HELLO, stream=True)

    with pytest.raises(openai.APIError) as caught:
        list(stream)

    assert caught.value.code == code
    assert "SECRET" not in str(caught.value.body)
