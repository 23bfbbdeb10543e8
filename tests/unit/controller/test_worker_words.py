import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.error_wire import openai_status, to_openai
from arena.errors import (
    ArenaError,
    ContextTooLong,
    LedgerError,
    ProviderRateLimited,
    ProviderRefusedKey,
    ProviderRefusedRequest,
    ShuttingDown,
    UnknownModel,
    WorkerBroke,
    WorkerError,
    WorkerLacksModel,
    WorkersBusy,
    WorkerUnreachable,
    WrongKey,
    error_classes,
)
from controller.worker_words import MOST_TOKENS, Piece, meaning, read_piece


def a_chunk(reason: str | None = None, **delta: Any) -> bytes:
    return json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}).encode()


@given(st.text(), st.text())
def test_text_and_thoughts_are_read_apart(text: str, thought: str):
    assert read_piece(a_chunk(content=text, reasoning_content=thought)) == Piece(text=text, reasoning=thought)


def test_thoughts_have_two_names():
    assert read_piece(a_chunk(reasoning="Hm")).reasoning == "Hm"


@pytest.mark.parametrize(
    ("told", "read"), [("stop", "stop"), ("length", "length"), ("content_filter", "stop"), (None, None)]
)
def test_the_reason_is_one_of_two(told: str | None, read: str | None):
    assert read_piece(a_chunk(told)).finish_reason == read


def test_usage_is_read_wherever_it_comes():
    wire = b'{"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}}'
    assert read_piece(wire) == Piece(prompt_tokens=3, completion_tokens=4)


@given(st.integers() | st.floats() | st.booleans() | st.text() | st.none())
def test_a_count_is_whole_and_fits_a_column_or_is_left_out(count: object):
    wire = json.dumps({"usage": {"prompt_tokens": count}}).encode()
    read = read_piece(wire).prompt_tokens

    assert read is None or (type(read) is int and 0 <= read <= MOST_TOKENS)
    if type(count) is int and 0 <= count <= MOST_TOKENS:
        assert read == count


@pytest.mark.parametrize(
    "chunk",
    [{}, {"choices": []}, {"choices": None}, {"choices": [{}]}, {"choices": [{"delta": None}]}, {"usage": None}],
)
def test_a_chunk_that_says_nothing_is_no_mistake(chunk: dict[str, object]):
    assert read_piece(json.dumps(chunk).encode()) == Piece()


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"{",
        b"[1]",
        b"17",
        b"null",
        b'"text"',
        b"\xff",
        b'{"choices": 1}',
        b'{"choices": [1]}',
        b'{"choices": [{"delta": 1}]}',
        b'{"choices": [{"delta": {"content": ["a"]}}]}',
        b'{"choices": [{"delta": {"content": 1}}]}',
        b'{"usage": [1]}',
        b"[" * 100_000,
        b'{"a": ' * 100_000,
    ],
)
def test_garbage_is_a_broken_worker(wire: bytes):
    with pytest.raises(WorkerBroke):
        read_piece(wire)


@given(
    st.binary()
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda each: json.dumps(each).encode())
)
def test_whatever_a_worker_sends_is_a_piece_or_an_error_of_ours(wire: bytes):
    try:
        read_piece(wire)
    except ArenaError:
        return


def test_a_character_that_was_cut_in_two_is_replaced_and_the_rest_is_kept():
    assert read_piece(rb'{"choices": [{"delta": {"content": "a \ud83d b"}}]}').text == "a \ufffd b"
    assert read_piece(rb'{"choices": [{"delta": {"content": "\ud83d\ude00"}}]}').text == "\N{GRINNING FACE}"


def test_an_error_in_our_words_is_raised_as_what_it_is():
    with pytest.raises(ProviderRateLimited) as raised:
        read_piece(json.dumps(to_openai(ProviderRateLimited(retry_after=9))).encode())
    assert raised.value.retry_after == 9


@pytest.mark.parametrize("error", ["oops", {"code": 500}, {"code": "internal"}, {"code": "setup"}, {"code": []}, True])
def test_a_foreign_error_in_a_stream_is_a_worker_that_failed_and_not_a_broken_one(error: object):
    with pytest.raises(WorkerError) as raised:
        read_piece(json.dumps({"error": error}).encode())
    assert type(raised.value) is WorkerError


@given(st.sampled_from(sorted(error_classes())))
def test_what_workers_of_ours_say_keeps_its_meaning_as_far_as_a_worker_can_mean_it(code: str):
    error = error_classes()[code]("a sentence", retry_after=3)
    meant = meaning(openai_status(error), json.dumps(to_openai(error)).encode())

    if isinstance(error, WorkerError | ContextTooLong | ShuttingDown):
        assert (type(meant), meant.retry_after) == (type(error), 3)
    if isinstance(error, WrongKey):
        assert isinstance(meant, WorkerUnreachable)
    if isinstance(error, UnknownModel):
        assert isinstance(meant, WorkerLacksModel)
    assert not isinstance(meant, LedgerError)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, b'{"error": {"message": "This model\'s maximum context length is 8"}}', ContextTooLong),
        (400, b'{"error": {"code": "context_length_exceeded"}}', ContextTooLong),
        (400, b'{"error": {"type": "exceed_context_size_error"}}', ContextTooLong),
        (422, b'{"error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8"}', ContextTooLong),
        (400, b"odd", ProviderRefusedRequest),
        (401, b"", ProviderRefusedKey),
        (403, b"", ProviderRefusedKey),
        (404, b"", WorkerLacksModel),
        (413, b"", ProviderRefusedRequest),
        (422, b"[[[", ProviderRefusedRequest),
        (429, b"\xff", ProviderRateLimited),
        (500, b"null", WorkerError),
        (502, b"[" * 100_000, WorkerError),
        (503, b"", WorkersBusy),
        (302, b"", WorkerError),
    ],
)
def test_a_foreign_status_is_read_as_what_it_means(status: int, body: bytes, expected: type[ArenaError]):
    assert type(meaning(status, body)) is expected


def test_a_foreign_refusal_keeps_its_sentence_but_not_a_novel():
    assert str(meaning(400, b'{"error": {"message": "top_p is odd"}}')) == "top_p is odd"
    assert str(meaning(400, b'{"message": "top_p is odd"}')) == "top_p is odd"
    assert len(str(meaning(400, json.dumps({"error": {"message": "x" * 99_999}}).encode()))) == 2_000
    assert str(meaning(400, b'{"error": {"message": 7}}')) == str(ProviderRefusedRequest())


def test_who_repeats_the_key_that_it_was_called_with_is_not_quoted():
    body = b'{"error": {"message": "no such thing, sk-SECRET"}}'

    assert "SECRET" in str(meaning(400, body))
    assert isinstance(meaning(400, body, "sk-SECRET"), ProviderRefusedRequest)
    assert "SECRET" not in str(meaning(400, body, "sk-SECRET"))


@pytest.mark.parametrize(
    ("told", "seconds"), [("7", 7), ("", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None), ("9" * 30, None)]
)
def test_how_long_a_limit_lasts_is_read_where_a_server_says_it_in_seconds(told: str, seconds: float | None):
    error = meaning(429, b"", headers={"retry-after": told})

    assert isinstance(error, ProviderRateLimited)
    assert error.retry_after == seconds
