"""Heads: what is written is one head and no more, and what could be read in two ways is refused."""

import pytest

from controller.upstream.framing import Chunked, Sized, UntilClosed
from controller.upstream.heads import BrokenHead, Head, request_head


def head(*lines: str, status: str = "HTTP/1.1 200 OK") -> Head:
    return Head("\r\n".join([status, *lines, "", ""]).encode())


def test_a_request_is_written_as_http_says():
    wire = request_head("POST", "/v1/x", "host:1", {"accept": "a"}, 7)

    assert wire == b"POST /v1/x HTTP/1.1\r\nhost: host:1\r\naccept: a\r\ncontent-length: 7\r\n\r\n"


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\nb", "a\rb", "a\0b"])
def test_no_value_can_add_a_header(value: str):
    with pytest.raises(ValueError, match="line end"):
        request_head("POST", "/", "host", {"authorization": value}, 0)


def test_how_the_body_is_framed_is_read_from_the_head():
    assert isinstance(head("Transfer-Encoding: Chunked").framing(), Chunked)
    assert isinstance(head("Content-Length: 3").framing(), Sized)
    assert isinstance(head("content-type: a/b").framing(), UntilClosed)
    assert head(status="HTTP/1.1 204 No Content").framing().is_whole


@pytest.mark.parametrize(
    "lines",
    [
        ("content-length: 3", "transfer-encoding: chunked"),
        ("transfer-encoding: gzip, chunked",),
        ("transfer-encoding: chunked", "transfer-encoding: chunked"),
        ("transfer-encoding: identity",),
        ("content-length: 3", "content-length: 4"),
        ("content-length: -1",),
        ("content-length: 3, 3",),
        ("content-length: 1e3",),
        ("no colon",),
        ("a\0b: c",),
    ],
)
def test_a_head_that_leaves_doubt_is_refused(lines: tuple[str, ...]):
    with pytest.raises(BrokenHead):
        head(*lines).framing()


@pytest.mark.parametrize(
    "status",
    ["HTTP/1.1 two", "HTTP/9.9 200 OK", "200 OK", "GET / HTTP/1.1", "", "\x16\x03\x01", "HTTP/1.1 099 Low"],
)
def test_what_is_no_head_is_refused(status: str):
    with pytest.raises(BrokenHead):
        head("content-length: 0", status=status)


def test_another_protocol_is_refused_for_nobody_asked_for_it():
    with pytest.raises(BrokenHead):
        head("connection: upgrade", "upgrade: websocket", status="HTTP/1.1 101 Switching Protocols")


def test_whether_the_connection_stays_is_read_as_http_says():
    assert head("content-length: 0").keeps_alive
    assert not head("content-length: 0", "connection: close").keeps_alive
    assert not head("content-length: 0", status="HTTP/1.0 200 OK").keeps_alive
