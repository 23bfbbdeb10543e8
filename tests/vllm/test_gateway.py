"""OpenAI's own client and curl, at the gateway, before a real vLLM."""

import json
import subprocess
import time
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam

from tests.arenas import GATEWAY_KEY, Arena
from tests.vllm.real_engine import RealEngine

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(700), pytest.mark.usefixtures("engine")]
ASKED: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Go on."}]
FORECAST: dict[str, object] = {
    "type": "object",
    "properties": {"city": {"enum": ["Paris", "Rome"]}, "is_sunny": {"type": "boolean"}},
    "required": ["city", "is_sunny"],
    "additionalProperties": False,
}
WEATHER: ChatCompletionToolParam = {
    "type": "function",
    "function": {"name": "weather", "parameters": FORECAST, "strict": True},
}


def test_streamed_or_not_the_answer_is_the_same_and_so_is_what_it_cost(client: openai.OpenAI):
    whole = client.chat.completions.create(model="tiny", messages=ASKED, max_tokens=50, temperature=0)
    stream = client.chat.completions.create(
        model="tiny", messages=ASKED, max_tokens=50, temperature=0, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    told = "".join(each.choices[0].delta.content or "" for each in chunks if each.choices)

    assert whole.choices[0].message.content == told
    assert [each.choices[0].finish_reason for each in (whole, chunks[-2])] == ["length", "length"]
    assert chunks[-1].usage == whole.usage
    assert whole.usage is not None
    assert whole.usage.completion_tokens == 50


def test_two_answers_with_the_probabilities_of_their_words(client: openai.OpenAI):
    told = client.chat.completions.create(
        model="tiny", messages=ASKED, n=2, seed=1, max_tokens=8, logprobs=True, top_logprobs=3
    )

    assert [each.index for each in told.choices] == [0, 1]
    assert told.choices[0].message.content != told.choices[1].message.content
    for choice in told.choices:
        assert choice.logprobs is not None
        words = choice.logprobs.content or []
        assert len(words) == 8
        assert all(word.logprob <= 0 and len(word.top_logprobs) >= 3 for word in words)


def test_an_answer_ends_before_the_words_it_shall_stop_at(client: openai.OpenAI):
    def answer(**wanted: Any) -> tuple[str, str]:
        told = client.chat.completions.create(model="tiny", messages=ASKED, max_tokens=60, temperature=0, **wanted)
        return told.choices[0].message.content or "", told.choices[0].finish_reason

    whole, _ = answer()
    end = whole[20:24]

    assert answer(stop=[end]) == (whole.partition(end)[0], "stop")


def test_an_answer_in_the_form_that_was_asked_for(client: openai.OpenAI):
    told = client.chat.completions.create(
        model="tiny",
        messages=ASKED,
        max_tokens=200,
        response_format={"type": "json_schema", "json_schema": {"name": "forecast", "schema": FORECAST}},
    )
    forecast = json.loads(told.choices[0].message.content or "")

    assert told.choices[0].finish_reason == "stop"
    assert (set(forecast), forecast["city"] in {"Paris", "Rome"}) == ({"city", "is_sunny"}, True)


@pytest.mark.parametrize("is_stream", [False, True], ids=["whole", "stream"])
def test_a_tool_is_called_as_it_was_described(client: openai.OpenAI, is_stream: bool):
    choice = {"type": "function", "function": {"name": "weather"}}
    wanted: dict[str, Any] = {"tools": [WEATHER], "tool_choice": choice, "max_tokens": 200, "model": "tiny"}
    if is_stream:
        deltas = [
            each.choices[0].delta for each in client.chat.completions.create(messages=ASKED, stream=True, **wanted)
        ]
        calls = [call.function for delta in deltas for call in delta.tool_calls or [] if call.index == 0]
        name = "".join(call.name or "" for call in calls if call)
        arguments = "".join(call.arguments or "" for call in calls if call)
    else:
        told = client.chat.completions.create(messages=ASKED, **wanted)
        assert told.choices[0].message.tool_calls
        call = told.choices[0].message.tool_calls[0]
        assert call.type == "function"
        name, arguments = call.function.name, call.function.arguments

    assert name == "weather"
    assert json.loads(arguments)["city"] in {"Paris", "Rome"}


def test_what_a_tool_said_is_read_by_the_model(client: openai.OpenAI):
    function = {"name": "weather", "arguments": '{"city": "Rome", "is_sunny": true}'}
    called: Any = [
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": "1", "content": "sunny"},
    ]

    def read(messages: list[ChatCompletionMessageParam]) -> int:
        told = client.chat.completions.create(model="tiny", messages=messages, max_tokens=1, tools=[WEATHER])
        assert told.usage is not None
        return told.usage.prompt_tokens

    assert read([*ASKED, *called]) > read(ASKED)


def test_a_field_that_only_vllm_knows_reaches_it(client: openai.OpenAI):
    told = client.chat.completions.create(
        model="tiny", messages=ASKED, max_tokens=3, extra_body={"return_token_ids": True}
    )
    answer: Any = told.model_dump()

    assert len(answer["choices"][0]["token_ids"]) == 3


AN_IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}


@pytest.mark.parametrize(
    "wanted",
    [{"max_tokens": 5000}, {"temperature": -1}, {"messages": [{"role": "user", "content": [AN_IMAGE]}]}],
    ids=["tokens", "temperature", "image"],
)
def test_what_vllm_refuses_is_a_bad_request_and_nobodys_fault_but_the_clients(
    client: openai.OpenAI, engine: RealEngine, wanted: dict[str, Any]
):
    asked: dict[str, Any] = {"model": "tiny", "messages": ASKED}
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(**asked | wanted)

    assert engine.is_known()
    assert client.chat.completions.create(model="tiny", messages=ASKED, max_tokens=1).choices


def test_a_full_context_has_the_code_that_clients_know(client: openai.OpenAI):
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model="tiny", messages=[{"role": "user", "content": "long words " * 4000}])

    assert refused.value.code == "context_length_exceeded"


def test_who_asks_wrongly_is_told_by_type(client: openai.OpenAI):
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="no-such-model", messages=ASKED)
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="wrong").chat.completions.create(model="tiny", messages=ASKED)


def test_a_client_that_leaves_frees_vllm_within_half_a_second(client: openai.OpenAI, engine: RealEngine):
    stream = client.chat.completions.create(model="tiny", messages=ASKED, max_tokens=3000, stream=True)
    next(iter(stream))
    assert engine.requests() == 1
    left_at = time.monotonic()
    stream.close()
    engine.until(lambda: engine.requests() == 0)

    assert time.monotonic() - left_at < 0.5


def test_curl(arena: Arena):
    body = json.dumps({"model": "tiny", "messages": ASKED, "max_tokens": 5, "stream": True})
    options = ["--silent", "--fail", "--no-buffer", "--header", "content-type: application/json", "--config", "-"]
    told = subprocess.run(
        ["curl", *options, "--data", body, f"{arena.url}/v1/chat/completions"],
        input=f'header = "authorization: Bearer {GATEWAY_KEY}"',
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    events = [line.removeprefix("data: ") for line in told.split("\n\n") if line]

    assert events[-1] == "[DONE]"
    assert all(json.loads(event)["object"] == "chat.completion.chunk" for event in events[:-1])
