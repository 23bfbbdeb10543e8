"""Updates come at once at first, then calmly."""

from collections.abc import AsyncGenerator

from hypothesis import given
from hypothesis import strategies as st

from arena.chat import ChatEvent, Done, Failed, Finished, Queued, ReasoningDelta, Started, TextDelta
from web_ui.pacing import joined, paced

SIDES = st.sampled_from(["a", "b"])
EVENTS = st.lists(
    st.builds(TextDelta, side=SIDES, text=st.text(max_size=3))
    | st.builds(ReasoningDelta, text=st.text(max_size=3))
    | st.builds(Started, side=SIDES, turn_id=st.just("x"))
)


def text_of(events: list[ChatEvent], side: str) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta) and event.side == side)


@given(EVENTS)
def test_joining_loses_no_text_and_mixes_no_sides(events: list[ChatEvent]):
    together = joined(events)

    assert all(text_of(together, side) == text_of(events, side) for side in "ab")
    assert [event for event in together if isinstance(event, Started)] == [
        event for event in events if isinstance(event, Started)
    ]


def test_each_side_becomes_one_piece():
    events = [TextDelta(side="a", text="1"), TextDelta(side="b", text="2"), TextDelta(side="a", text="3")]

    assert joined(events) == [TextDelta(side="a", text="13"), TextDelta(side="b", text="2")]


def test_of_several_places_in_line_the_last_counts():
    events = [Queued(position=3), Queued(side="a", position=2), Queued(position=1)]

    assert joined(events) == [Queued(position=1), Queued(side="a", position=2)]


def test_an_end_stays_behind_its_text():
    events = [TextDelta(side="a", text="1"), Finished(side="a", reason="stop"), Done()]

    assert joined(events) == events


async def test_only_text_is_followed_by_a_pause():
    log: list[object] = []

    async def batches() -> AsyncGenerator[list[ChatEvent]]:
        yield [Started(side="a", turn_id="x")]
        yield [TextDelta(side="a", text="first")]
        yield [Failed(side="a", code="c", message="m"), Done()]

    async def pause(seconds: float) -> None:
        log.append(seconds)

    async for batch in paced(batches(), 0.1, pause):
        log.append(batch[0].kind)  # noqa: PERF401 (the order of both kinds of entries counts)

    assert log == ["started", "delta", 0.1, "failed"]
