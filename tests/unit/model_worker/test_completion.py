from collections.abc import AsyncGenerator
from typing import Any

from model_worker.completion import ChunkForm, gather, says_nothing, token_usage

FORM = ChunkForm("id-1", 7, "m", include_usage=True)


async def each(*chunks: dict[str, Any]) -> AsyncGenerator[dict[str, Any]]:
    for chunk in chunks:
        yield chunk


async def test_chunks_put_together_are_the_whole_answer():
    whole = await gather(
        each(
            FORM.delta({"role": "assistant", "content": ""}),
            FORM.delta({"reasoning_content": "Hm"}),
            FORM.delta({"reasoning_content": "."}),
            FORM.delta({"content": "Hello"}),
            FORM.delta({"content": " world"}),
            FORM.delta({}, "stop"),
            FORM.usage(token_usage(3, 2)),
        )
    )

    message = {"role": "assistant", "content": "Hello world", "reasoning_content": "Hm."}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    assert whole["choices"] == [choice]
    assert whole["usage"] == {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    assert (whole["id"], whole["object"], whole["created"], whole["model"]) == ("id-1", "chat.completion", 7, "m")


async def test_the_pieces_of_tool_calls_are_put_together():
    def call(index: int, arguments: str, **more: Any) -> dict[str, Any]:
        return {"tool_calls": [{"index": index, "function": {"name": "f", "arguments": arguments}, **more}]}

    whole = await gather(
        each(
            FORM.delta(call(0, "", id="a")),
            FORM.delta(call(0, "{}")),
            FORM.delta(call(1, "", id="b")),
            FORM.delta(call(1, "[1")),
            FORM.delta(call(1, "]")),
            FORM.delta({}, "tool_calls"),
        )
    )

    calls = whole["choices"][0]["message"]["tool_calls"]
    assert [(each["id"], each["function"]["arguments"]) for each in calls] == [("a", "{}"), ("b", "[1]")]


def test_only_the_usage_chunk_has_usage_and_no_choice():
    assert FORM.delta({"content": "x"})["usage"] is None
    assert FORM.usage(token_usage(1, 1))["choices"] == []
    assert "usage" not in ChunkForm("i", 7, "m").delta({})


def test_a_role_alone_says_nothing():
    assert says_nothing(FORM.delta({"role": "assistant", "content": ""}))
    assert not says_nothing(FORM.delta({"content": "x"}))
    assert not says_nothing(FORM.delta({"reasoning": "x"}))
    assert not says_nothing(FORM.delta({}, "stop"))
    assert not says_nothing(FORM.usage(token_usage(1, 1)))
