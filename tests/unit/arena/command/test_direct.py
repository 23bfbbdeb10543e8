"""The shorter way out: what is sent together is written together."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from arena.asgi import DIRECT, DirectBody
from arena.command.direct import DirectHttp

HEAD = {"type": "http.response.start", "status": 200, "headers": [(b"x-one", b"1")]}
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Wire(asyncio.Transport):
    """Remembers each write."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    def write(self, data: Any) -> None:
        self.written.append(data)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def is_closing(self) -> bool:
        return False


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
