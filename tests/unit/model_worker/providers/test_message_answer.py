from typing import Any

import pytest

from arena.errors import ContentRefused
from model_worker.providers.message_answer import AnswerTranslator


def stopped(reason: str, **usage: Any) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": usage}


@pytest.mark.parametrize(
    ("reason", "openais"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("pause_turn", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("tool_use", "tool_calls"),
        ("yet_unheard_of", "stop"),
    ],
)
def test_every_stop_reason_has_a_name_of_openais(reason: str, openais: str):
    translator = AnswerTranslator()
    assert list(translator.deltas(stopped(reason))) == []

    assert translator.finish_reason == openais


def test_a_refusal_is_a_failure():
    with pytest.raises(ContentRefused):
        list(AnswerTranslator().deltas(stopped("refusal")))


def test_the_latest_counts_hold_and_cached_tokens_were_read_too():
    translator = AnswerTranslator()
    start = {"input_tokens": 3, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 5, "output_tokens": 1}
    list(translator.deltas({"type": "message_start", "message": {"usage": start}}))
    list(translator.deltas(stopped("end_turn", output_tokens=9, output_tokens_details={"thinking_tokens": 2})))

    assert translator.usage() == {
        "prompt_tokens": 12,
        "completion_tokens": 9,
        "total_tokens": 21,
        "prompt_tokens_details": {"cached_tokens": 4},
        "completion_tokens_details": {"reasoning_tokens": 2},
    }


def test_a_thought_is_handed_on_whole_and_signed_once_it_has_ended():
    translator = AnswerTranslator()
    events: list[dict[str, Any]] = [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "H"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "m."}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "abc"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "redacted_thinking", "data": "x"}},
        {"type": "content_block_stop", "index": 1},
    ]

    assert [delta for event in events for delta in translator.deltas(event)] == [
        {"reasoning_content": "H"},
        {"reasoning_content": "m."},
        {"thinking_blocks": [{"type": "thinking", "thinking": "Hm.", "signature": "abc"}]},
        {"thinking_blocks": [{"type": "redacted_thinking", "data": "x"}]},
    ]


def test_what_it_does_not_know_it_passes_over():
    translator = AnswerTranslator()
    events: list[dict[str, Any]] = [
        {"type": "ping"},
        {"type": "yet_unheard_of"},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "redacted_thinking"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "x"}},
        {"type": "content_block_delta", "index": 7, "delta": {"type": "input_json_delta", "partial_json": "x"}},
    ]

    assert [delta for event in events for delta in translator.deltas(event)] == []
    assert not translator.is_complete
