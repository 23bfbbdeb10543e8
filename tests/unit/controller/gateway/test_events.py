"""A stream's events on their way: untouched but for what the client did not ask for, however the bytes are cut."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import ProviderOverloaded, WorkerBroke, WorkerError
from controller.gateway import events as module
from controller.gateway.events import Events, first_told

END = st.sampled_from(["\n\n", "\r\n\r\n", "\r\r"])
CUTS = st.lists(st.integers(min_value=1, max_value=30), max_size=80)
DONE = b"data: [DONE]\n\n"
USAGE = b'data: {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}\n\n'
WORD = b'data: {"choices":[{"index":0,"delta":{"content":"word"}}]}\n\n'


def told(text: str, end: str, **fields: object) -> bytes:
    body: dict[str, object] = {"choices": [{"index": 0, "delta": {"content": text}}], **fields}
    return f"data: {json.dumps(body)}{end}".encode()


def told_without_usage(text: str, end: str) -> bytes:
    return told(text, end, usage=None)


def ping(end: str) -> bytes:
    return f": still here{end}".encode()


WORDS = st.lists(
    st.one_of(
        st.builds(told, st.text(max_size=10), END),
        st.builds(told, st.sampled_from(['"usage"', "data: [DONE]", '{"error": 1}', "\n\n"]), END),
        st.builds(told_without_usage, st.text(max_size=3), END),
        st.builds(ping, END),
    ),
    max_size=6,
)


def passed(events: Events, wire: bytes, cuts: list[int]) -> bytes:
    out = b""
    for cut in [*cuts, len(wire)]:
        if wire[:cut]:
            out += events.feed(wire[:cut])
        wire = wire[cut:]
    return out + events.end()


@given(WORDS, CUTS)
def test_a_stream_passes_untouched_however_it_is_cut(words: list[bytes], cuts: list[int]):
    wire = b"".join(words) + DONE
    events = Events(hides_usage=True)

    assert passed(events, wire, cuts) == wire
    assert events.is_done
    assert events.error() is None


@given(WORDS, CUTS, st.booleans())
def test_usage_that_nobody_asked_for_is_read_and_taken_out(words: list[bytes], cuts: list[int], hides: bool):
    before = b"".join(words)
    events = Events(hides_usage=hides)

    out = passed(events, before + USAGE + DONE, cuts)

    assert out == before + (b"" if hides else USAGE) + DONE
    assert (events.prompt_tokens, events.completion_tokens) == (7, 3)
    assert events.is_done


@given(WORDS, st.integers(min_value=1, max_value=12), CUTS)
def test_a_stream_that_is_cut_off_is_never_done(words: list[bytes], missing: int, cuts: list[int]):
    wire = (b"".join(words) + DONE)[: -missing - 2]
    events = Events(hides_usage=True)

    out = passed(events, wire, cuts)

    assert wire.startswith(out)
    assert not events.is_done


def test_usage_beside_words_is_read_and_left_where_it_is():
    wire = told("word", "\n\n", usage={"prompt_tokens": 1, "completion_tokens": 2})
    events = Events(hides_usage=True)

    assert events.feed(wire) == wire
    assert (events.prompt_tokens, events.completion_tokens) == (1, 2)


def test_the_end_may_lack_its_last_line_end():
    events = Events(hides_usage=True)

    assert events.feed(WORD + b"data: [DONE]\n") + events.end() == WORD + b"data: [DONE]\n"
    assert events.is_done


def test_half_an_event_is_not_passed_on():
    events = Events(hides_usage=True)

    assert events.feed(WORD + WORD[:20]) == WORD
    assert events.end() == b""


@pytest.mark.parametrize(
    "usage", [17, [], "x", {"prompt_tokens": -1}, {"completion_tokens": 1e99}, {"prompt_tokens": True}]
)
def test_usage_that_cannot_be_is_not_believed(usage: object):
    events = Events(hides_usage=True)

    events.feed(f"data: {json.dumps({'choices': [], 'usage': usage})}\n\n".encode())

    assert events.prompt_tokens is None
    assert events.completion_tokens is None


def test_an_event_without_end_is_a_broken_worker(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "LONGEST_EVENT", 100)
    events = Events(hides_usage=True)
    events.feed(b"data: " + b"x" * 90)

    with pytest.raises(WorkerBroke):
        events.feed(b"x" * 10)


def test_an_error_is_told_by_the_first_event_or_by_the_last():
    error = f"data: {json.dumps({'error': {'message': 'no', 'code': ProviderOverloaded.code}})}\n\n".encode()
    events = Events(hides_usage=True)
    events.feed(WORD + error)

    with pytest.raises(ProviderOverloaded):
        first_told(b": ping\n\n" + error + WORD)
    with pytest.raises(WorkerError):
        first_told(b'data: {"error": "foreign"}\n\n')
    assert first_told(WORD + error) == {"choices": [{"index": 0, "delta": {"content": "word"}}]}
    assert isinstance(events.error(), ProviderOverloaded)


@pytest.mark.parametrize("wire", [b"<html>", b"17", b"[]", b'{"choices"', b"\xff", b"[" * 100_000])
def test_a_first_event_that_makes_no_sense_is_a_broken_worker(wire: bytes):
    with pytest.raises(WorkerBroke):
        first_told(b"data: " + wire + b"\n\n")


@pytest.mark.parametrize("wire", [b": ping\n\n", b"event: odd\n\n", b""])
def test_comments_tell_nothing_yet(wire: bytes):
    assert first_told(wire) is None


def test_half_a_character_is_no_garbage():
    assert first_told(b'data: {"id": "\\ud83d"}\n\n') is not None
    assert first_told(DONE) == {}


@pytest.mark.parametrize("done", [[], [b"data: [DONE]\n\n"]])
def test_an_error_stays_one_when_the_worker_says_afterwards_that_it_is_done(done: list[bytes]):
    events = Events(hides_usage=True)
    for read in (WORD, b'data: {"error": {"message": "no"}}\n\n', *done):
        events.feed(read)

    assert isinstance(events.error(), WorkerError)


def test_what_was_read_and_what_was_written_may_be_told_apart():
    events = Events(hides_usage=True)
    for usage in ({"prompt_tokens": 7}, {"completion_tokens": 3}):
        events.feed(f"data: {json.dumps({'choices': [], 'usage': usage})}\n\n".encode())

    assert (events.prompt_tokens, events.completion_tokens) == (7, 3)


@given(st.integers(min_value=1, max_value=len(WORD) - 1))
def test_an_event_with_the_workers_secret_is_never_passed_on(cut: int):
    told = WORD.replace(b"word", b"the secret")
    events = Events(hides_usage=True, secret=b"the secret")

    assert events.feed(WORD + told[:cut]) == WORD
    with pytest.raises(WorkerBroke):
        events.feed(told[cut:])
