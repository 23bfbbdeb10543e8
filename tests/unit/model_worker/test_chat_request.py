import pytest

from arena.errors import ArenaError, MalformedJson, RequestError
from model_worker.chat_request import read_request

GOOD = b'{"model": "m", "messages": [{"role": "user", "content": "hi"}], "tools": [1], "stream": true, "x": null}'


def test_every_field_is_kept_as_it_was_sent():
    request = read_request(GOOD)

    assert (request.model, request.is_stream, request.include_usage) == ("m", True, False)
    assert request.body["tools"] == [1]
    assert "x" in request.body


def test_usage_is_wanted_when_it_is_asked_for():
    request = read_request(GOOD.replace(b'"x": null', b'"stream_options": {"include_usage": true, "new": 1}'))

    assert request.include_usage


@pytest.mark.parametrize(
    ("body", "error", "named"),
    [
        (b"{", MalformedJson, "JSON"),
        (b'{"model": "m", "messages": [{"content": "\\ud800"}]}', MalformedJson, "JSON"),
        (b"[]", RequestError, "body"),
        (b'{"messages": []}', RequestError, "model"),
        (b'{"model": 3, "messages": []}', RequestError, "model"),
        (b'{"model": "m", "messages": []}', RequestError, "messages"),
        (b'{"model": "m", "messages": ["SECRET"]}', RequestError, "messages.0"),
        (b'{"model": "m", "messages": [{}], "stream": "SECRET"}', RequestError, "stream"),
    ],
)
def test_what_is_wrong_is_named_but_not_repeated(body: bytes, error: type[ArenaError], named: str):
    with pytest.raises(error, match=named) as refused:
        read_request(body)

    assert "SECRET" not in str(refused.value)
