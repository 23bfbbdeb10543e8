import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.accounts.api_answer import Said, said_in

SURROGATES: Any = ("Cs",)
TEXT = st.text(st.characters(exclude_categories=SURROGATES))


def an_event(index: int = 0, reason: str | None = None, **delta: str) -> bytes:
    choice = {"index": index, "delta": delta, "finish_reason": reason}
    return b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"


@given(st.lists(st.tuples(TEXT, TEXT)))
def test_a_stream_says_what_its_deltas_say(pieces: list[tuple[str, str]]):
    wire = b"".join(an_event(content=text, reasoning_content=thought) for text, thought in pieces)
    wire += an_event(1, content="another choice") + an_event(reason="length") + b"data: [DONE]\n\n"

    assert said_in(wire, is_stream=True) == Said(
        "".join(text for text, _ in pieces), "".join(thought for _, thought in pieces), "length"
    )


def test_a_whole_answer_says_what_its_message_says():
    message = {"role": "assistant", "content": "Hi", "reasoning_content": "Hm"}
    wire = json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).encode()

    assert said_in(wire, is_stream=False) == Said("Hi", "Hm", "stop")


@pytest.mark.parametrize(
    "wire",
    [b"", b"{", b"[]", b'{"choices":7}', b'{"choices":[7]}', b'{"choices":[{"message":{"content":null}}]}', b"\xff"],
)
def test_what_cannot_be_read_says_nothing(wire: bytes):
    assert said_in(wire, is_stream=False) == Said()
    assert said_in(b"data: " + wire + b"\r\n\r\nevent: odd\n\n", is_stream=True) == Said()


@given(st.binary())
def test_any_bytes_can_be_read(wire: bytes):
    for is_stream in (True, False):
        assert isinstance(said_in(wire, is_stream=is_stream), Said)
