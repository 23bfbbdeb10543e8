"""A request's body: read for what routing and accounts need, and passed on as it came."""

import json
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import MalformedJson, RequestError
from arena.model import ModelKind
from arena.worker import WorkerCard
from controller.gateway.asked import WRITTEN_TOKENS, Asked, read_asked, read_fields

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=8),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=5), each, max_size=3),
    max_leaves=8,
)


def asked(kind: ModelKind = ModelKind.CHAT, **fields: Any) -> Asked:
    body = json.dumps({"model": "m", **fields}).encode()
    return read_asked(body, read_fields(body), kind)


@given(st.dictionaries(st.text(max_size=12), JSON, max_size=6))
def test_whatever_a_client_asks_is_read_and_passed_on(fields: dict[str, Any]):
    body = json.dumps(fields | {"stream": bool(fields.get("stream"))}).encode()

    read = read_asked(body, read_fields(body), ModelKind.CHAT)

    assert read.body == body or read.is_stream
    assert read.prompt_tokens >= 0
    assert read.completion_tokens > 0


@pytest.mark.parametrize("opening", [b'{"model":"m"', b' \n{ "model" : "m"'])
def test_a_stream_is_asked_to_end_with_its_usage_and_nothing_else_changes(opening: bytes):
    body = opening + b', "stream": true, "temperature": 1.10, "odd": "\\u00e9"}'

    read = read_asked(body, read_fields(body), ModelKind.CHAT)

    assert read.body.replace(b'"stream_options":{"include_usage":true},', b"") == body
    assert orjson.loads(read.body)["stream_options"] == {"include_usage": True}
    assert not read.shows_usage


def test_a_client_that_asks_for_usage_itself_is_left_alone():
    body = b'{"model":"m","stream":true,"stream_options":{"include_usage":true,"x":1}}'

    read = read_asked(body, read_fields(body), ModelKind.CHAT)

    assert read.body == body
    assert read.shows_usage


@pytest.mark.parametrize("options", [None, {}, {"include_usage": False}, {"x": 1}])
def test_other_options_of_a_stream_are_kept(options: dict[str, Any] | None):
    read = asked(stream=True, stream_options=options)

    assert orjson.loads(read.body)["stream_options"] == {**(options or {}), "include_usage": True}


def test_what_may_be_written_is_what_the_client_says():
    assert asked().completion_tokens == WRITTEN_TOKENS
    assert asked(max_tokens=5).completion_tokens == 5
    assert asked(max_tokens=5, max_completion_tokens=6, n=2).completion_tokens == 12
    assert asked(max_tokens=10**12).completion_tokens == 100_000_000
    assert asked(ModelKind.EMBEDDING, input="x").completion_tokens == 0


@pytest.mark.parametrize("given", [5, 5.0, "5", 5.9])
def test_numbers_are_read_as_engines_read_them(given: object):
    assert asked(max_tokens=given).completion_tokens == 5
    assert asked(max_tokens=10, n=given).completion_tokens == 50


@pytest.mark.parametrize("given", [None, 0, -1, "many", "nan", [], {}])
def test_what_is_no_number_of_tokens_counts_as_if_nobody_had_said_any(given: object):
    assert asked(max_tokens=given, n=given).completion_tokens == WRITTEN_TOKENS


@pytest.mark.parametrize("stream", ["false", "true", 1, 0, []])
def test_whether_to_stream_is_said_so_that_everybody_reads_the_same(stream: object):
    with pytest.raises(RequestError):
        asked(stream=stream)


@pytest.mark.parametrize("name", ["Model", "MODEL"])
def test_one_model_is_asked_for_and_no_other(name: str):
    with pytest.raises(RequestError):
        read_fields(json.dumps({"model": "m", name: "another"}).encode())


@pytest.mark.parametrize("depth", [8, 200, 300, 900, 1000])
@pytest.mark.parametrize("field", ["messages", "input", "tools"])
@pytest.mark.parametrize("kind", ModelKind)
def test_what_is_nested_is_read_or_refused(field: str, depth: int, kind: ModelKind):
    wire = b'{"model":"m","stream":true,"stream_options":{},"%b":%b1%b}'
    body = wire % (field.encode(), b"[" * depth, b"]" * depth)
    card = WorkerCard(id="w", url="http://h", models=("m",), slots=1, upstreams={"m": "theirs"})

    with suppress(RequestError):
        read_asked(body, read_fields(body), kind).in_words_of(card)


def test_what_is_read_is_estimated_by_its_text():
    text = "x" * 40
    parts = [{"type": "text", "text": text}, {"type": "image_url", "image_url": {"url": "data:" + "A" * 1000}}]

    assert asked(messages=[{"role": "user", "content": text}]).prompt_tokens == 10
    assert asked(messages=[{"role": "user", "content": parts}]).prompt_tokens == 10
    assert asked(ModelKind.EMBEDDING, input=[text, text]).prompt_tokens == 20
    assert asked(ModelKind.EMBEDDING, input=[[1, 2, 3], [4]]).prompt_tokens == 4


def test_requests_that_begin_alike_have_one_prefix():
    system, user = {"role": "system", "content": "s"}, {"role": "user", "content": "u"}
    other = {"role": "user", "content": "v"}

    assert asked(messages=[system, user]).prefix == asked(messages=[system, user, other]).prefix
    assert asked(messages=[system, user]).prefix != asked(messages=[system, other]).prefix
    assert asked(messages="odd").prefix == ""


def test_a_worker_is_asked_in_its_own_words():
    card = WorkerCard(id="w", url="http://h", models=("m",), slots=1, upstreams={"m": "theirs"})
    other = WorkerCard(id="w", url="http://h", models=("m",), slots=1)
    read = asked(stream=True)

    assert orjson.loads(read.in_words_of(card))["model"] == "theirs"
    assert orjson.loads(read.in_words_of(card))["stream_options"] == {"include_usage": True}
    assert read.in_words_of(other) is read.body


@pytest.mark.parametrize(("body", "error"), [(b"", MalformedJson), (b"[", MalformedJson), (b"[]", RequestError)])
def test_what_is_no_object_is_refused(body: bytes, error: type[RequestError]):
    with pytest.raises(error):
        read_fields(body)
