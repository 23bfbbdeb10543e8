import asyncio
from collections.abc import AsyncGenerator, Callable, MutableMapping
from typing import Any

import pytest

from arena import sse
from arena.chat import ChatEvent, Done, Started
from controller.event_stream import Send, StreamResponse, as_bytes, event_stream


class Source:
    """Three chunks, and whether they were asked for and let go."""

    def __init__(self) -> None:
        self.is_begun = False
        self.is_closed = False

    async def chunks(self, *, hang: bool = False) -> AsyncGenerator[bytes]:
        self.is_begun = True
        try:
            for chunk in (b"one", b"two", b"three"):
                yield chunk
            if hang:
                await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            self.is_closed = True


async def stays() -> MutableMapping[str, Any]:
    return await asyncio.Event().wait() and {}


async def leaves() -> MutableMapping[str, Any]:
    return {"type": "http.disconnect"}


def into(sent: list[MutableMapping[str, Any]], then: Callable[[], None] = lambda: None) -> Send:
    async def send(message: MutableMapping[str, Any]) -> None:
        await asyncio.sleep(0)
        sent.append(message)
        then()

    return send


async def test_a_stream_is_sent_to_its_end_and_its_source_closed():
    source, sent = Source(), list[MutableMapping[str, Any]]()

    await StreamResponse(source.chunks())({}, stays, into(sent))

    assert sent[0]["status"] == 200
    assert (b"content-type", b"text/event-stream; charset=utf-8") in sent[0]["headers"]
    assert [message["body"] for message in sent[1:]] == [b"one", b"two", b"three", b""]
    assert [message.get("more_body", False) for message in sent[1:]] == [True, True, True, False]
    assert source.is_closed


async def test_a_visitor_who_leaves_in_the_middle_closes_the_source():
    source, sent, left = Source(), list[MutableMapping[str, Any]](), asyncio.Event()

    async def receive() -> MutableMapping[str, Any]:
        await left.wait()
        return {"type": "http.disconnect"}

    await StreamResponse(source.chunks(hang=True))(
        {}, receive, into(sent, lambda: left.set() if len(sent) > 3 else None)
    )

    assert [message["body"] for message in sent[1:]] == [b"one", b"two", b"three"]
    assert source.is_closed


async def test_a_visitor_who_left_at_once_costs_nothing():
    source, sent = Source(), list[MutableMapping[str, Any]]()

    await StreamResponse(source.chunks(hang=True))({}, leaves, into(sent))

    assert source.is_begun == source.is_closed


@pytest.mark.parametrize("after", [1, 2, 3])
async def test_a_send_that_fails_closes_the_source_and_is_raised(after: int):
    source, sent = Source(), list[MutableMapping[str, Any]]()

    def fail() -> None:
        if len(sent) == after:
            raise OSError("the connection is gone")

    with pytest.raises(OSError, match="gone"):
        await StreamResponse(source.chunks(hang=True))({}, stays, into(sent, fail))

    assert source.is_closed == source.is_begun


async def test_a_source_that_breaks_is_raised():
    async def broken() -> AsyncGenerator[bytes]:
        yield b"one"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await StreamResponse(broken())({}, stays, into([]))


async def test_a_server_that_cancels_the_response_closes_the_source():
    source, begun = Source(), asyncio.Event()
    serving = asyncio.create_task(StreamResponse(source.chunks(hang=True))({}, stays, into([], begun.set)))
    await begun.wait()

    serving.cancel()

    with pytest.raises(asyncio.CancelledError):
        await serving
    assert source.is_closed == source.is_begun


async def batches() -> AsyncGenerator[list[ChatEvent]]:
    yield [Started(turn_id="1"), Done()]
    yield []


async def test_a_batch_is_one_chunk_and_an_empty_one_keeps_the_connection_alive():
    chunks = [chunk async for chunk in as_bytes(batches())]

    assert chunks == [sse.encode(Started(turn_id="1")) + sse.encode(Done()), sse.KEEP_ALIVE]
    assert list(sse.Decoder().feed(b"".join(chunks))) == [Started(turn_id="1"), Done()]


async def test_a_response_that_is_never_sent_holds_nothing():
    source = Source()
    response = StreamResponse(source.chunks())
    del response

    assert not source.is_begun
    assert isinstance(event_stream(batches()), StreamResponse)
