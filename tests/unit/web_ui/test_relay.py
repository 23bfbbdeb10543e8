"""From the controller's stream to the browser's, whatever happens."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest

from arena import sse
from arena.chat import ChatEvent, Done, Failed, Finished, ReasoningDelta, Started, TextDelta
from arena.errors import ShuttingDown
from web_ui.relay import Relay, Wash, updates


def wire(*events: ChatEvent) -> bytes:
    return b"".join(map(sse.encode, events))


async def chunks(parts: Sequence[bytes]) -> AsyncGenerator[bytes]:
    for part in parts:
        yield part


async def shown(*parts: bytes) -> list[ChatEvent]:
    decoder = sse.Decoder()
    return [event async for piece in updates(chunks(parts), 0.0) for event in decoder.feed(piece)]


async def test_text_is_washed_on_each_side_by_itself():
    events = await shown(
        wire(TextDelta(side="a", text="<scr"), TextDelta(side="b", text="a < b")),
        wire(TextDelta(side="a", text="ipt>"), Finished(side="a", reason="stop"), Done()),
    )

    assert events[:3] == [
        TextDelta(side="a", text="&lt;scr"),
        TextDelta(side="b", text="a < b"),
        TextDelta(side="a", text="ipt>"),
    ]


async def test_what_was_held_back_comes_before_the_end():
    events = await shown(wire(TextDelta(side="a", text="a `")), wire(Finished(side="a", reason="stop"), Done()))

    assert events == [
        TextDelta(side="a", text="a "),
        TextDelta(side="a", text="`"),
        Finished(side="a", reason="stop"),
        Done(),
    ]


async def test_reasoning_is_washed_apart_from_text():
    events = await shown(wire(ReasoningDelta(text="so `"), TextDelta(text="<b>"), Finished(reason="stop"), Done()))

    assert events[0] == ReasoningDelta(text="so `")
    assert events[1] == TextDelta(text="&lt;b>")


async def test_nothing_after_done_is_waited_for():
    never = asyncio.Event()

    async def source() -> AsyncGenerator[bytes]:
        yield wire(Done())
        await never.wait()

    assert [piece async for piece in updates(source(), 0.0)] == [wire(Done())]


@pytest.mark.parametrize("rest", [b"", b'data: {"kind": "made up"}\n\n'])
async def test_a_stream_that_breaks_off_says_so(rest: bytes):
    events = await shown(wire(Started(side="a", turn_id="x")), *([rest] if rest else []))

    assert isinstance(events[-1], Failed)
    assert events[-1].side is None


async def test_a_failure_is_worded_for_visitors():
    events = await shown(wire(Failed(side="a", code="internal", message="raw words"), Done()))

    assert isinstance(events[0], Failed)
    assert events[0].message.startswith("Something broke on our side.")


def test_a_sign_of_life_is_passed_on():
    assert Wash().wash([]) == []


class Browser:
    """The other end: keeps what it is sent, and leaves when told."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.has_text = asyncio.Event()
        self.leaves = asyncio.Event()

    async def send(self, message: Any) -> None:
        self.sent.append(message)
        if message.get("body"):
            self.has_text.set()

    async def receive(self) -> dict[str, Any]:
        await self.leaves.wait()
        return {"type": "http.disconnect"}


class Upstream:
    """Writes one word, then nothing more. Knows whether it was closed."""

    def __init__(self) -> None:
        self.is_open = False

    @contextlib.asynccontextmanager
    async def answers(self) -> AsyncGenerator[AsyncGenerator[bytes]]:
        self.is_open = True
        try:
            async with contextlib.aclosing(self._chunks()) as source:
                yield source
        finally:
            self.is_open = False

    async def _chunks(self) -> AsyncGenerator[bytes]:
        yield wire(TextDelta(side="a", text="word"))
        await asyncio.Event().wait()


async def test_when_the_visitor_leaves_the_controller_is_told_at_once():
    browser, upstream = Browser(), Upstream()
    relayed = asyncio.create_task(Relay(upstream.answers(), 10.0)({}, browser.receive, browser.send))
    await browser.has_text.wait()
    browser.leaves.set()
    await relayed

    assert not upstream.is_open


async def test_when_sending_fails_the_controller_is_told_too():
    upstream = Upstream()

    async def broken(message: Any) -> None:
        if message["type"] == "http.response.body":
            raise OSError

    await Relay(upstream.answers(), 0.0)({}, Browser().receive, broken)

    assert not upstream.is_open


async def test_a_refusal_comes_before_anything_is_sent():
    browser = Browser()

    @contextlib.asynccontextmanager
    async def refusing() -> AsyncGenerator[AsyncGenerator[bytes]]:
        raise ShuttingDown
        yield

    with pytest.raises(ShuttingDown):
        await Relay(refusing(), 0.0)({}, browser.receive, browser.send)

    assert browser.sent == []
