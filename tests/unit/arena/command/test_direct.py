"""The shorter ways: what is sent together is written together, what may be taken at once has no task of its own."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from contextlib import suppress
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from arena.asgi import AT_ONCE, DIRECT, DirectBody
from arena.command.direct import DirectHttp

HEAD = {"type": "http.response.start", "status": 200, "headers": [(b"x-one", b"1")]}
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Wire(asyncio.Transport):
    """Remembers each write."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.is_closed = False

    def write(self, data: Any) -> None:
        self.written.append(data)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def pause_reading(self) -> None:
        """Nothing is read here."""

    def resume_reading(self) -> None:
        """Nothing is read here."""


def words(body: bytes) -> MutableMapping[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": True}


async def answered(answer: Callable[[DirectBody, Send], Awaitable[None]]) -> list[bytes]:
    """Return what was written for one request."""
    has_ended = asyncio.Event()

    async def app(scope: Any, _receive: Any, send: Send) -> None:
        try:
            await answer(scope["extensions"][DIRECT], send)
        finally:
            has_ended.set()

    config = Config(app, http=DirectHttp, lifespan="off", log_config=None)
    protocol, wire = DirectHttp(config, ServerState(), {}), Wire()
    protocol.connection_made(wire)
    protocol.data_received(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n")
    await has_ended.wait()
    return wire.written


async def test_a_head_and_what_comes_first_are_one_write():
    async def answer(direct: DirectBody, send: Send) -> None:
        with direct.gathered():
            await send(dict(HEAD))
            await send(words(b"first"))
        direct.write(b"second")
        await send({"type": "http.response.body", "body": b"last"})

    begun, *rest = await answered(answer)

    assert begun.startswith(b"HTTP/1.1 200 OK\r\n")
    assert begun.endswith(b"\r\n\r\n5\r\nfirst\r\n")
    assert rest == [b"6\r\nsecond\r\n", b"4\r\nlast\r\n0\r\n\r\n"]


async def test_what_was_sent_before_something_broke_is_written_all_the_same():
    async def answer(direct: DirectBody, send: Send) -> None:
        with suppress(ValueError), direct.gathered():
            await send(dict(HEAD))
            raise ValueError
        await send({"type": "http.response.body", "body": b""})

    begun, *rest = await answered(answer)

    assert begun.startswith(b"HTTP/1.1 200 OK\r\n")
    assert rest == [b"0\r\n\r\n"]


class Counter:
    """Takes bodies of digits sent to `/count`."""

    longest = 20

    def __init__(self) -> None:
        self.total = 0

    def may_take(self, method: bytes, target: bytes) -> bool:
        return (method, target) == (b"POST", b"/count")

    def is_taken(self, _target: bytes, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> bool:
        if (b"x-may", b"yes") not in headers or not body.isdigit():
            return False
        self.total += int(body)
        return True


def count(body: bytes, *more: bytes, may: bytes = b"yes") -> bytes:
    fields = (b"host: h", b"x-may: " + may, b"content-length: %d" % len(body), *more)
    return b"POST /count HTTP/1.1\r\n" + b"\r\n".join(fields) + b"\r\n\r\n" + body


class Counted:
    """A connection to a server that counts, in front of an application that keeps what reaches it."""

    def __init__(self) -> None:
        self.counter = Counter()
        self.bodies: list[bytes] = []
        self._reached = asyncio.Condition()
        config = Config(self._app, http=DirectHttp, lifespan="off", log_config=None, interface="asgi3")
        self.protocol, self.wire = DirectHttp(config, ServerState(), {AT_ONCE: self.counter}), Wire()
        self.protocol.connection_made(self.wire)

    async def _app(self, _scope: Any, receive: Any, send: Send) -> None:
        body, is_more = b"", True
        while is_more:
            message = await receive()
            body += message.get("body", b"")
            is_more = message.get("more_body", False)
        await send({"type": "http.response.start", "status": 418, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
        async with self._reached:
            self.bodies.append(body)
            self._reached.notify_all()

    async def reached(self, bodies: list[bytes]) -> bool:
        async with self._reached, asyncio.timeout(5):
            return await self._reached.wait_for(lambda: self.bodies == bodies)

    @property
    def statuses(self) -> list[bytes]:
        return [line.split()[1] for line in b"".join(self.wire.written).split(b"\r\n") if line.startswith(b"HTTP/")]


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_what_may_be_taken_at_once_is_however_it_comes_in_pieces(size: int):
    counted = Counted()
    said = count(b"40") + count(b"2")

    for at in range(0, len(said), size):
        counted.protocol.data_received(said[at : at + size])

    assert counted.counter.total == 42
    assert counted.statuses == [b"204", b"204"]
    assert counted.bodies == []


@pytest.mark.parametrize(
    "request_", [count(b"4x"), count(b"42", may=b"no"), count(b"1" * 21), count(b"1" * 70_000), count(b"")]
)
async def test_what_is_not_taken_reaches_the_application_as_it_came(request_: bytes):
    counted = Counted()

    for at in range(0, len(request_), 30_000):
        counted.protocol.data_received(request_[at : at + 30_000])

    assert await counted.reached([request_.partition(b"\r\n\r\n")[2]])
    assert counted.statuses == [b"418"]
    assert counted.counter.total == 0


@pytest.mark.parametrize("more", [b"connection: close", b"expect: 100-continue"])
async def test_a_request_that_wants_something_special_is_not_taken_at_once(more: bytes):
    counted = Counted()

    counted.protocol.data_received(count(b"42", more))

    assert await counted.reached([b"42"])
    assert counted.counter.total == 0


async def test_a_request_behind_one_that_is_being_answered_waits_its_turn():
    counted = Counted()

    counted.protocol.data_received(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n" + count(b"42"))

    assert await counted.reached([b"", b"42"])
    assert counted.statuses == [b"418", b"418"]
    counted.protocol.data_received(count(b"42"))
    assert counted.statuses[2:] == [b"204"]
