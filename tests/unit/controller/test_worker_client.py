"""How a worker's stream is read: at once at first, then together, and never longer than one is patient."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from arena.errors import ContextTooLong, WorkerBroke, WorkerError, WorkerTimeout, WorkerUnreachable
from arena.settings import LOOPBACK
from arena.worker import WorkerCard
from controller.patience import Patience
from controller.upstream.client import open_upstream
from controller.upstream.gathering import BEAT_SECONDS
from controller.worker_client import WorkerClient
from controller.worker_words import Piece

Say = Callable[[bytes], Awaitable[None]]
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
DONE = b"data: [DONE]\n\n"


def word(text: str) -> bytes:
    return b"data: " + json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]}).encode() + b"\n\n"


@asynccontextmanager
async def a_worker(script: Callable[[Say], Awaitable[None]], head: bytes = HEAD) -> AsyncGenerator[WorkerCard]:
    """A worker that reads a request and plays a script, in chunks."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(body: bytes) -> None:
            writer.write(b"%X\r\n%b\r\n" % (len(body), body) if body else b"0\r\n\r\n")
            await writer.drain()

        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(head)
            await script(say)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield WorkerCard(id="w", url=f"http://127.0.0.1:{port}", models=("m",), slots=8)


@asynccontextmanager
async def a_client(first_word: float = 5, between_words: float = 5, *, gathers: bool = True):
    async with open_upstream(LOOPBACK, 5) as upstream:
        yield WorkerClient(upstream, Patience(first_word, between_words), gathers=gathers)


Read = list[tuple[float, Piece]]


async def pieces(client: WorkerClient, card: WorkerCard, read: Read | None = None) -> Read:
    """Every piece, and when it came; put into `read` as they come."""
    read = [] if read is None else read
    async with contextlib.aclosing(client.stream(card, {"model": "m"})) as stream:
        async for piece in stream:
            read.append((time.monotonic(), piece))
    return read


def text_of(read: Read) -> str:
    return "".join(piece.text for _, piece in read)


@pytest.mark.parametrize("gathers", [True, False])
async def test_the_first_word_comes_at_once_and_no_word_is_held_longer_than_a_beat(gathers: bool):
    said: list[float] = []

    async def script(say: Say) -> None:
        await say(word(""))
        for number in range(60):
            await asyncio.sleep(0.01)
            said.append(time.monotonic())
            await say(word(f"{number} "))
        await say(DONE)

    async with a_worker(script) as card, a_client(gathers=gathers) as client:
        read = await pieces(client, card)

    came = [at for at, piece in read for _ in piece.text.split()]
    held = [at - since for at, since in zip(came, said, strict=True)]
    assert text_of(read) == "".join(f"{number} " for number in range(60))
    assert held[0] < BEAT_SECONDS / 2
    assert sorted(held)[-3] < BEAT_SECONDS + 0.02
    assert len(read) < 40 if gathers else len(read) > 40


async def test_what_came_together_is_one_piece_and_the_end_is_an_end():
    async def script(say: Say) -> None:
        await say(word("a") + word("b") + word("c") + DONE + word("never"))

    async with a_worker(script) as card, a_client() as client:
        assert text_of(await pieces(client, card)) == "abc"


async def test_what_was_said_before_an_error_is_heard():
    async def script(say: Say) -> None:
        await say(word("a") + b'data: {"error": {"message": "overheated"}}\n\n')
        await asyncio.Event().wait()

    read: Read = []
    async with a_worker(script) as card, a_client() as client:
        with pytest.raises(WorkerError):
            await pieces(client, card, read)

    assert text_of(read) == "a"


@pytest.mark.parametrize("end", [b"", None])
async def test_an_answer_that_ends_without_saying_so_is_broken(end: bytes | None):
    async def script(say: Say) -> None:
        await say(word("a"))
        if end is not None:
            await say(end)

    async with a_worker(script) as card, a_client() as client:
        with pytest.raises(WorkerBroke):
            await pieces(client, card)


@pytest.mark.parametrize(("first_word", "between_words"), [(0.1, 30), (30, 0.1)])
async def test_silence_is_a_timeout_also_when_bytes_come_that_say_nothing(first_word: float, between_words: float):
    async def script(say: Say) -> None:
        if between_words < first_word:
            await say(word("a"))
        while True:
            await asyncio.sleep(0.01)
            await say(word(""))

    async with a_worker(script) as card, a_client(first_word, between_words) as client:
        began = time.monotonic()
        with pytest.raises(WorkerTimeout):
            await pieces(client, card)

    assert time.monotonic() - began < 5


async def test_a_word_in_time_buys_time():
    async def script(say: Say) -> None:
        for _ in range(10):
            await asyncio.sleep(0.05)
            await say(word("a"))
        await say(DONE)

    async with a_worker(script) as card, a_client(0.3, 0.3) as client:
        assert text_of(await pieces(client, card)) == "a" * 10


async def test_a_head_that_never_comes_is_a_timeout():
    async def script(_: Say) -> None:
        await asyncio.Event().wait()

    async with a_worker(script, head=b"HTTP/1.1 200 OK\r\n") as card, a_client(first_word=0.1) as client:
        with pytest.raises(WorkerTimeout):
            await pieces(client, card)


async def test_an_error_status_says_what_it_means():
    body = b'{"error": {"message": "too long: maximum context length is 3", "code": "context_length_exceeded"}}'
    head = b"HTTP/1.1 400 Bad Request\r\ncontent-length: %d\r\n\r\n" % len(body) + body

    async def script(_: Say) -> None:
        """Say no more."""

    async with a_worker(script, head=head) as card, a_client() as client:
        with pytest.raises(ContextTooLong):
            await pieces(client, card)


async def test_nobody_there_and_nobody_allowed_are_unreachable():
    async with a_client() as client:
        for url in ("http://127.0.0.1:9", "http://192.0.2.1:80"):
            with pytest.raises(WorkerUnreachable):
                await pieces(client, WorkerCard(id="w", url=url, models=("m",), slots=1))


async def test_who_stops_reading_is_noticed_by_the_worker_at_once():
    left = asyncio.Event()

    async def script(say: Say) -> None:
        try:
            while True:
                await say(word("a"))
                await asyncio.sleep(0.01)
        except ConnectionError:
            left.set()
            raise

    async with a_worker(script) as card, a_client() as client:
        async with contextlib.aclosing(client.stream(card, {"model": "m"})) as stream:
            await anext(stream)
            await anext(stream)
        await asyncio.wait_for(left.wait(), 5)
