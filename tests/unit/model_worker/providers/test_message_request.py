from typing import Any

import pytest

from arena.errors import RequestError
from model_worker.chat_request import ChatRequest
from model_worker.providers.message_request import Dialect, to_message_request

HI = {"role": "user", "content": "Hi"}


def text(words: str) -> dict[str, str]:
    return {"type": "text", "text": words}


def asked(*messages: dict[str, Any], version: str = "", **fields: Any) -> dict[str, Any]:
    body = {"model": "m", "messages": list(messages) or [HI], **fields}
    return to_message_request(ChatRequest(body, "m"), Dialect(99, version))


def test_the_system_prompt_stands_apart():
    parts = {"role": "developer", "content": [text("And brief.")]}
    request = asked({"role": "system", "content": "Be kind."}, HI, parts)

    assert request["system"] == "Be kind.\n\nAnd brief."
    assert [message["role"] for message in request["messages"]] == ["user"]


def test_what_one_says_in_several_messages_becomes_one():
    request = asked(HI, HI, {"role": "assistant", "content": "Yes?"}, {"role": "assistant", "content": ""}, HI)

    assert request["messages"] == [
        {"role": "user", "content": [text("Hi"), text("Hi")]},
        {"role": "assistant", "content": [text("Yes?")]},
        {"role": "user", "content": [text("Hi")]},
    ]


def test_a_limit_is_always_sent():
    assert asked()["max_tokens"] == 99
    assert asked(max_tokens=5)["max_tokens"] == 5
    assert asked(max_tokens=5, max_completion_tokens=6)["max_tokens"] == 6


def test_pictures_travel_inside_or_by_address():
    inside = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    outside = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}

    assert asked({"role": "user", "content": [inside, outside]})["messages"][0]["content"] == [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
        {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
    ]


def test_tools_and_their_results_are_translated():
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    function = {"name": "add", "description": "Adds.", "parameters": schema}
    call = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}
    request = asked(
        HI,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "2"},
        tools=[{"type": "function", "function": function}],
        tool_choice="required",
        parallel_tool_calls=False,
    )

    assert request["tools"] == [{"name": "add", "description": "Adds.", "input_schema": schema}]
    assert request["tool_choice"] == {"type": "any", "disable_parallel_tool_use": True}
    assert request["messages"][1:] == [
        {"role": "assistant", "content": [{"type": "tool_use", "id": "c1", "name": "add", "input": {"a": 1}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": [text("2")]}]},
    ]


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        ("auto", {"type": "auto"}),
        ("none", {"type": "none"}),
        ({"type": "function", "function": {"name": "add"}}, {"type": "tool", "name": "add"}),
    ],
)
def test_a_tool_may_be_chosen(choice: object, sent: dict[str, str]):
    tool = {"type": "function", "function": {"name": "add"}}

    assert asked(tools=[tool], tool_choice=choice)["tool_choice"] == sent


def test_stop_strings_of_white_space_are_left_out():
    assert asked(stop=["END", "\n"])["stop_sequences"] == ["END"]
    assert "stop_sequences" not in asked(stop="\n")


def test_a_schema_and_an_effort_go_into_the_output_config():
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}}

    assert asked(response_format=form, reasoning_effort="low")["output_config"] == {
        "effort": "low",
        "format": {"type": "json_schema", "schema": {"type": "object"}},
    }


def test_sampling_parameters_are_not_sent_because_the_api_refuses_them():
    request = asked(temperature=0.7, top_p=1.0, top_k=5, seed=3, n=1, stream_options={"include_usage": True})

    assert set(request) == {"max_tokens", "messages", "extra_body"}
    assert request["extra_body"] == {}


def test_fields_of_the_messages_api_itself_pass_as_they_came():
    assert asked(thinking={"type": "adaptive"})["extra_body"] == {"thinking": {"type": "adaptive"}}


def test_an_older_version_of_the_api_is_told_how_to_draw_words():
    def drawn(**fields: Any) -> dict[str, Any]:
        return asked(version="bedrock-2023-05-31", **fields)["extra_body"]

    assert drawn(temperature=0.0, top_p=0.5, top_k=5) == {"temperature": 0.0, "top_k": 5}, "newer models refuse both"
    assert drawn(temperature=1.7) == {"temperature": 1.0}
    assert drawn(top_p=0.5) == {"top_p": 0.5}


def test_who_asks_is_told_by_one_name():
    assert asked(user="u", safety_identifier="s")["metadata"] == {"user_id": "s"}
    assert asked(metadata={"user_id": "m", "note": "x"}, user="u")["metadata"] == {"user_id": "m"}
    assert "metadata" not in asked(metadata={"note": "x"})


@pytest.mark.parametrize(("effort", "sent"), [("minimal", "low"), ("high", "high"), ("max", "max")])
def test_an_effort_has_its_counterpart(effort: str, sent: str):
    assert asked(reasoning_effort=effort)["output_config"] == {"effort": sent}


def test_no_effort_at_all_means_no_thinking():
    request = asked(reasoning_effort="none")

    assert "output_config" not in request
    assert request["extra_body"] == {"thinking": {"type": "disabled"}}


def test_thoughts_travel_back_before_the_call_that_they_led_to():
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "abc"}
    call = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": ""}}
    said = {"role": "assistant", "content": "Adding.", "thinking_blocks": [thought], "tool_calls": [call]}

    _, answer = asked(HI, said)["messages"]

    assert [block["type"] for block in answer["content"]] == ["thinking", "text", "tool_use"]
    assert answer["content"][0] == thought


def test_a_mark_for_the_cache_stays_where_it_was():
    mark = {"type": "ephemeral"}
    request = asked({"role": "system", "content": [text("Be kind.") | {"cache_control": mark}]}, HI)  # pyright: ignore[reportOperatorIssue]

    assert request["system"] == [{"type": "text", "text": "Be kind.", "cache_control": mark}]


def test_a_pdf_travels_inside():
    file = {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"}}

    assert asked({"role": "user", "content": [file]})["messages"][0]["content"] == [
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "AAAA"}}
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n", 2),
        ("logprobs", True),
        ("top_logprobs", 3),
        ("logit_bias", {"5": 1}),
        ("functions", [{"name": "f"}]),
        ("function_call", "auto"),
        ("modalities", ["text", "audio"]),
        ("audio", {"voice": "x"}),
        ("web_search_options", {}),
        ("response_format", {"type": "json_object"}),
        ("reasoning_effort", "endless"),
        ("service_tier", "flex"),
    ],
)
def test_a_field_that_cannot_be_done_is_refused_by_its_name(field: str, value: Any):
    with pytest.raises(RequestError, match=f"^{field}: "):
        asked(**{field: value})


def test_a_field_that_asks_for_nothing_is_no_obstacle():
    nothing: dict[str, Any] = {
        "n": 1,
        "logprobs": False,
        "logit_bias": None,
        "modalities": ["text"],
        "service_tier": None,
    }

    assert asked(**nothing) == asked()


@pytest.mark.parametrize(
    "fields",
    [
        {"tools": [{"type": "custom"}]},
        {"tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": "SECRET"},
        {"tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": {"type": "allowed_tools"}},
        {"messages": [{"role": "system", "content": "alone"}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://SECRET"}}]}]},
        {"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": "SECRET"}}]}]},
        {"tools": [{"type": "function"}]},
        {"tools": "SECRET"},
        {"messages": [{"role": "stranger", "content": "x"}]},
        {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
        {"messages": [{"role": "user", "content": 5}]},
        {
            "messages": [
                {"role": "assistant", "tool_calls": [{"id": "x", "function": {"name": "f", "arguments": "{SECRET"}}]}
            ]
        },
    ],
)
def test_what_cannot_be_translated_is_refused_without_being_repeated(fields: dict[str, Any]):
    with pytest.raises(RequestError) as refused:
        asked(**fields)

    assert "SECRET" not in str(refused.value)
