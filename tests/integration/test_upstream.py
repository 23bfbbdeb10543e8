"""The raw HTTP client against servers that do whatever servers do: what is cut is never taken for what is whole."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from arena.errors import WorkerBroke, WorkerUnreachable
from arena.settings import LOOPBACK
from controller.upstream.client import Upstream, open_upstream
from controller.upstream.connection import HIGH_WATER

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PATIENCE = 10.0
OK = b"HTTP/1.1 200 OK\r\n"
HI = OK + b"content-length: 2\r\n\r\nhi"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"


class Server:
    """Counts its connections and requests; `serve` answers the requests of one connection."""

    def __init__(self) -> None:
        self.url = ""
        self.connections = 0
        self.requests: list[bytes] = []
        self.gone = asyncio.Event()
        """Set when a client has closed a connection, or reset it."""

    async def request(self, reader: asyncio.StreamReader) -> bool:
        """Read a request; return False when there is none."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            self.requests.append(head + await reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError):
            self.gone.set()
            return False
        return True


@asynccontextmanager
async def a_server(*answers: bytes, then: str = "stay") -> AsyncGenerator[Server]:
    """Answer the requests of each connection with these, one after the other; after the last one `then`."""
    server = Server()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        for answer in answers:
            if not await server.request(reader):
                break
            writer.write(answer)
        else:
            if then == "reset":
                linger = struct.pack("ii", 1, 0)
                connection: socket.socket = writer.get_extra_info("socket")
                await writer.drain()
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()
            elif then == "stay":
                await server.request(reader)
        writer.close()

    async with listening(serve) as server.url:
        yield server


@asynccontextmanager
async def listening(serve: Serve) -> AsyncGenerator[str]:
    tasks: set[asyncio.Task[None]] = set()

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            tasks.add(task)
        await serve(reader, writer)

    listener = await asyncio.start_server(served, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def an_upstream() -> AsyncGenerator[Upstream]:
    async with asyncio.timeout(PATIENCE), open_upstream(LOOPBACK, 2.0) as upstream:
        yield upstream


async def ask(upstream: Upstream, url: str, path: str = "/x", body: bytes = b"{}", *, gather: bool = False) -> bytes:
    """Return the whole body of an answer."""
    async with upstream.post(url, path, body, {"a": "b"}, gather=gather) as answer:
        assert answer.status == 200
        pieces: list[bytes] = []
        while piece := await answer.read_some():
            pieces.append(piece)
        return b"".join(pieces)


async def test_a_request_is_sent_as_it_is_and_its_answer_read():
    async with a_server(HI) as server, an_upstream() as upstream:
        async with upstream.post(server.url + "/base/", "/v1/x", b"body", {"a": "b"}) as answer:
            assert (answer.status, answer.headers["content-length"]) == (200, "2")
            assert await answer.read_some() == b"hi"
            assert await answer.read_some() == b""

        host = server.url.removeprefix("http://")
        sent = f"POST /base/v1/x HTTP/1.1\r\nhost: {host}\r\na: b\r\ncontent-length: 4\r\n\r\nbody"
        assert server.requests == [sent.encode()]


@pytest.mark.parametrize(
    "answer",
    [HI, CHUNKED + b"1\r\nh\r\n1\r\ni\r\n0\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" + HI],
    ids=["sized", "chunked", "interim"],
)
async def test_a_connection_is_used_again_after_an_answer_that_ended_as_it_should(answer: bytes):
    async with a_server(answer, answer, answer) as server, an_upstream() as upstream:
        for _ in range(3):
            assert await ask(upstream, server.url) == b"hi"

        assert server.connections == 1


@pytest.mark.parametrize(
    ("answer", "then"),
    [
        (OK + b"connection: close\r\ncontent-length: 2\r\n\r\nhi", "stay"),
        (b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi", "stay"),
        (HI + b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil", "stay"),
        (OK + b"\r\nhi", "close"),
    ],
    ids=["close", "http 1.0", "more than asked", "until closed"],
)
async def test_a_connection_is_not_used_again_after_anything_else(answer: bytes, then: str):
    async with a_server(answer, then=then) as server, an_upstream() as upstream:
        for _ in range(2):
            assert await ask(upstream, server.url) == b"hi"

        assert server.connections == 2


@pytest.mark.parametrize("then", ["close", "reset"])
async def test_a_connection_that_was_closed_meanwhile_is_replaced(then: str):
    async with a_server(HI, then=then) as server, an_upstream() as upstream:
        for _ in range(3):
            assert await ask(upstream, server.url) == b"hi"

        assert server.connections == 3


async def test_a_request_into_a_connection_that_just_closes_is_sent_once_more():
    async with a_server(HI, b"", then="close") as server, an_upstream() as upstream:
        assert await ask(upstream, server.url) == b"hi"

        assert await ask(upstream, server.url) == b"hi"

        assert (server.connections, len(server.requests)) == (2, 3)


async def test_a_request_into_a_fresh_connection_is_sent_once():
    async with a_server(b"", then="close") as server, an_upstream() as upstream:
        with pytest.raises(WorkerBroke):
            await ask(upstream, server.url)

        assert server.connections == 1


async def test_once_any_byte_of_the_answer_has_come_nothing_is_sent_again():
    async with a_server(HI, b"HTTP/1.1 2", then="close") as server, an_upstream() as upstream:
        await ask(upstream, server.url)

        with pytest.raises(WorkerBroke):
            await ask(upstream, server.url)

        assert len(server.requests) == 2


@pytest.mark.parametrize("then", ["close", "reset"])
@pytest.mark.parametrize(
    "answer",
    [
        OK + b"content-length: 3\r\n\r\nhi",
        CHUNKED + b"5\r\nhi",
        CHUNKED + b"2\r\nhi\r\n",
        CHUNKED + b"2\r\nhi\r\n0\r\n",
        CHUNKED,
        OK,
    ],
    ids=["short", "half a chunk", "no last chunk", "no last line", "no body", "half a head"],
)
async def test_an_answer_that_is_cut_is_never_taken_for_a_whole_one(answer: bytes, then: str):
    async with a_server(answer, then=then) as server, an_upstream() as upstream:
        with pytest.raises(WorkerBroke):
            await ask(upstream, server.url)


@pytest.mark.parametrize(
    "answer",
    [
        b"\x16\x03\x01 not http",
        b"garbage\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n" * 10_000,
        OK + b"x: " + b"y" * 100_000,
        OK + b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\nhi",
        CHUNKED + b"zz\r\nhi\r\n",
        CHUNKED + b"2\r\nhiii0\r\n\r\n",
    ],
    ids=["binary", "text", "no end", "huge head", "two framings", "no size", "no line end"],
)
async def test_garbage_is_a_broken_worker_and_its_connection_is_closed(answer: bytes):
    async with a_server(answer, b"") as server, an_upstream() as upstream:
        with pytest.raises(WorkerBroke):
            await ask(upstream, server.url)

        async with asyncio.timeout(PATIENCE):
            await server.gone.wait()


async def test_an_answer_that_nobody_asked_for_is_mistaken_for_none():
    is_read, is_refused = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(HI)
        await is_read.wait()
        writer.write(OK + b"content-length: 4\r\n\r\nevil")
        with contextlib.suppress(ConnectionError):
            await reader.read()
        is_refused.set()
        writer.close()

    async with listening(serve) as url, an_upstream() as upstream:
        assert await ask(upstream, url) == b"hi"
        is_read.set()
        await is_refused.wait()

        assert await ask(upstream, url) == b"hi"


async def test_who_leaves_in_the_middle_closes_the_connection():
    async with a_server(CHUNKED + b"2\r\nhi\r\n", b"") as server, an_upstream() as upstream:
        async with upstream.post(server.url, "/x", b"{}", {}) as answer:
            assert await answer.read_some() == b"hi"

        await server.gone.wait()


async def test_a_slow_body_comes_byte_by_byte_and_whole():
    wire = CHUNKED + b"".join(b"1\r\n%c\r\n" % each for each in b"a slow body") + b"0\r\n\r\n"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        for each in wire:
            writer.write(bytes([each]))
            await writer.drain()
            await asyncio.sleep(0)
        await reader.read()
        writer.close()

    async with listening(serve) as url, an_upstream() as upstream:
        assert await ask(upstream, url) == b"a slow body"


@pytest.mark.parametrize("is_poured", [True, False])
async def test_a_quick_body_is_gathered_and_loses_nothing(is_poured: bool):
    words = [b"word %d " % number for number in range(300)]
    got: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(CHUNKED)
        for word in words:
            writer.write(b"%x\r\n%b\r\n" % (len(word), word))
            await writer.drain()
            await asyncio.sleep(0.001)
        writer.write(b"0\r\n\r\n")
        await reader.read()
        writer.close()

    async with (
        listening(serve) as url,
        an_upstream() as upstream,
        upstream.post(url, "/x", b"{}", {}, gather=True) as answer,
    ):
        if is_poured:
            answer.pour(got.append)
            got.append(await answer.poured())
        else:
            while piece := await answer.read_some():
                got.append(piece)

    assert b"".join(got) == b"".join(words)
    assert len(got) < len(words) / 2


@pytest.mark.parametrize("then", ["close", "reset"])
async def test_a_quick_body_that_is_cut_is_noticed(then: str):
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(CHUNKED)
        for _ in range(100):
            writer.write(b"2\r\nhi\r\n")
            await writer.drain()
            await asyncio.sleep(0.001)
        if then == "reset":
            connection: socket.socket = writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with listening(serve) as url, an_upstream() as upstream:
        with pytest.raises(WorkerBroke):
            await ask(upstream, url, gather=True)


async def test_a_reader_that_is_slow_holds_the_worker_back():
    sent = 0
    stopped = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"{}")
        writer.write(CHUNKED)
        writer.transport.set_write_buffer_limits(high=1)
        piece = b"10000\r\n" + bytes(65_536) + b"\r\n"
        for _ in range(1000):
            writer.write(piece)
            try:
                await asyncio.wait_for(writer.drain(), 0.5)
            except TimeoutError:
                stopped.set()
                await writer.drain()
            sent += 1
        writer.write(b"0\r\n\r\n")
        await reader.read()
        writer.close()

    async with listening(serve) as url, an_upstream() as upstream, upstream.post(url, "/x", b"{}", {}) as answer:
        await stopped.wait()
        length = 0
        while piece := await answer.read_some():
            assert len(piece) <= 2 * HIGH_WATER
            length += len(piece)

    assert length == 1000 * 65_536


async def test_a_sink_that_finds_no_sense_breaks_the_answer_off():
    def refuse(_: bytes) -> None:
        raise WorkerBroke

    async with a_server(CHUNKED + b"2\r\nhi\r\n", b"") as server, an_upstream() as upstream:
        async with upstream.post(server.url, "/x", b"{}", {}) as answer:
            answer.pour(refuse)
            with pytest.raises(WorkerBroke):
                await answer.poured()

        await server.gone.wait()


@pytest.mark.parametrize("url", ["http://192.0.2.1:9", "http://[2001:db8::1]:9", "http://0.0.0.0:9", "http://:80"])
async def test_no_address_outside_the_allowed_networks_is_called(url: str):
    async with an_upstream() as upstream:
        with pytest.raises(WorkerUnreachable):
            await ask(upstream, url)


async def test_a_name_is_called_only_where_it_leads_into_the_allowed_networks(monkeypatch: pytest.MonkeyPatch):
    loop = asyncio.get_running_loop()

    async def elsewhere(*_: object, **__: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 80))]

    monkeypatch.setattr(loop, "getaddrinfo", elsewhere)
    async with an_upstream() as upstream:
        with pytest.raises(WorkerUnreachable):
            await ask(upstream, "http://localhost")


async def test_nobody_there_is_an_unreachable_worker():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    async with an_upstream() as upstream:
        with pytest.raises(WorkerUnreachable):
            await ask(upstream, f"http://127.0.0.1:{port}")


async def test_a_server_whose_certificate_nobody_vouches_for_is_unreachable():
    async with a_server(HI) as server, an_upstream() as upstream:
        with pytest.raises(WorkerUnreachable):
            await ask(upstream, server.url.replace("http://", "https://"))

    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED


async def test_at_the_end_all_connections_are_closed():
    async with a_server(HI, b"") as server:
        async with an_upstream() as upstream:
            await ask(upstream, server.url)

        async with asyncio.timeout(PATIENCE):
            await server.gone.wait()
