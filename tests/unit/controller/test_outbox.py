import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from arena.chat import ChatEvent, Done, Finished, ReasoningDelta, Side, Started, TextDelta
from controller.outbox import COMPACT_FROM, Outbox

SIDES: list[Side] = ["a", "b"]
TEXT = st.text(max_size=4)
EVENTS: st.SearchStrategy[list[ChatEvent]] = st.lists(
    st.one_of(
        st.builds(TextDelta, side=st.sampled_from(SIDES), text=TEXT),
        st.builds(TextDelta, text=TEXT),
        st.builds(ReasoningDelta, text=TEXT),
        st.builds(Started, side=st.sampled_from(SIDES), turn_id=TEXT),
        st.builds(Finished, side=st.sampled_from(SIDES), reason=st.just("stop")),
        st.just(Done()),
    ),
    max_size=40,
)


def unravelled(events: list[ChatEvent]) -> dict[object, list[object]]:
    """Each side's events with every character apart: what joining must not change."""
    said: dict[object, list[object]] = {}
    for event in events:
        side = said.setdefault(getattr(event, "side", None), [])
        if isinstance(event, TextDelta | ReasoningDelta):
            side.extend((event.kind, character) for character in event.text)
        else:
            side.append(event)
    return {side: events for side, events in said.items() if events}


def an_outbox(gather_seconds: float = 3600) -> Outbox:
    return Outbox(gather_seconds, time.monotonic)


def joined(events: list[ChatEvent]) -> list[ChatEvent]:
    """What of the events leaves when they all waited together."""

    async def leaving() -> list[ChatEvent]:
        outbox = an_outbox()
        for event in events:
            outbox.put(event)
        outbox.close()
        return [event async for batch in outbox.batches() for event in batch]

    return asyncio.run(leaving())


@given(EVENTS)
def test_joining_loses_nothing_and_keeps_the_order_of_each_side(events: list[ChatEvent]):
    assert unravelled(joined(events)) == unravelled(events)
    assert joined(joined(events)) == joined(events)


@given(EVENTS)
def test_after_joining_no_side_has_two_pieces_of_text_in_a_row(events: list[ChatEvent]):
    last: dict[object, ChatEvent] = {}
    for event in joined(events):
        side = getattr(event, "side", None)
        if isinstance(event, TextDelta | ReasoningDelta):
            assert type(last.get(side)) is not type(event)
        last[side] = event


async def first_of(outbox: Outbox) -> list[ChatEvent]:
    batches = outbox.batches()
    try:
        async with asyncio.timeout(5):
            return await anext(batches)
    finally:
        await batches.aclose()


@settings(deadline=None, max_examples=50)
@given(EVENTS, st.lists(st.integers(0, 3), max_size=40))
def test_whatever_the_interleaving_all_events_leave_once_and_in_order(events: list[ChatEvent], pauses: list[int]):
    async def talk() -> list[ChatEvent]:
        outbox = an_outbox(gather_seconds=0)

        async def write() -> None:
            for number, event in enumerate(events):
                outbox.put(event)
                for _ in range(pauses[number] if number < len(pauses) else 0):
                    await asyncio.sleep(0)
            outbox.close()

        writing = asyncio.create_task(write())
        received = [event async for batch in outbox.batches() for event in batch]
        await writing
        return received

    assert unravelled(asyncio.run(talk())) == unravelled(events)


async def test_the_first_text_of_each_side_leaves_at_once_and_later_text_is_gathered():
    outbox = an_outbox()
    outbox.put(TextDelta(side="a", text="first"))
    batches = outbox.batches()
    assert await _soon(batches) == [TextDelta(side="a", text="first")]

    outbox.put(TextDelta(side="a", text=" sec"))
    outbox.put(TextDelta(side="a", text="ond"))
    outbox.put(TextDelta(side="b", text="other"))
    assert await _soon(batches) == [TextDelta(side="a", text=" second"), TextDelta(side="b", text="other")]

    outbox.put(TextDelta(side="b", text=" waits"))
    waiting = asyncio.ensure_future(anext(batches))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not waiting.done()
    outbox.put(Finished(side="b", reason="stop"))
    assert await asyncio.wait_for(waiting, 5) == [TextDelta(side="b", text=" waits"), Finished(side="b", reason="stop")]
    await batches.aclose()


async def _soon(batches: AsyncGenerator[list[ChatEvent]]) -> list[ChatEvent]:
    async with asyncio.timeout(5):
        return await anext(batches)


async def test_text_waits_no_longer_than_it_is_gathered():
    outbox = an_outbox(gather_seconds=0.05)
    batches = outbox.batches()
    outbox.put(TextDelta(text="first"))
    await _soon(batches)
    since = time.monotonic()
    outbox.put(TextDelta(text="later"))

    assert await _soon(batches) == [TextDelta(text="later")]
    assert 0.03 < time.monotonic() - since < 2
    await batches.aclose()


async def test_what_is_not_text_leaves_at_once():
    outbox = an_outbox()
    outbox.put(Started(turn_id="1"))
    assert await first_of(outbox) == [Started(turn_id="1")]


async def test_thoughts_are_gathered_like_later_text_and_leave_with_the_first_word():
    outbox = an_outbox()
    batches = outbox.batches()
    outbox.put(Started(turn_id="1"))
    await _soon(batches)
    outbox.put(ReasoningDelta(text="Hm"))
    outbox.put(ReasoningDelta(text="m"))
    outbox.put(TextDelta(text="Yes"))

    assert await _soon(batches) == [ReasoningDelta(text="Hmm"), TextDelta(text="Yes")]
    await batches.aclose()


async def test_a_closed_outbox_is_emptied_and_then_ends():
    outbox = an_outbox()
    outbox.put(TextDelta(text="last"))
    outbox.close()

    assert [batch async for batch in outbox.batches()] == [[TextDelta(text="last")]]
    assert [batch async for batch in outbox.batches()] == []


async def test_a_quiet_stream_says_that_it_is_alive(monkeypatch: Any):
    monkeypatch.setattr("controller.outbox.QUIET_SECONDS", 0.01)

    assert await first_of(an_outbox()) == []


async def test_what_waits_for_a_slow_reader_is_kept_together():
    outbox = an_outbox()
    for number in range(100 * COMPACT_FROM):
        outbox.put(TextDelta(side=SIDES[number % 2], text="x"))

    assert outbox.waiting <= 2 * COMPACT_FROM
    batch = await first_of(outbox)
    assert [len(event.text) for event in batch if isinstance(event, TextDelta)] == [50 * COMPACT_FROM] * 2
