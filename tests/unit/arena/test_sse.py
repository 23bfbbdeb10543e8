from hypothesis import given
from hypothesis import strategies as st

from arena import sse
from arena.chat import ChatEvent, Done, Failed, Finished, ReasoningDelta, Started, TextDelta

SIDES = st.sampled_from(["a", "b", None])
TEXTS = st.text()
EVENTS = st.lists(
    st.one_of(
        st.builds(Started, side=SIDES, turn_id=TEXTS),
        st.builds(TextDelta, side=SIDES, text=TEXTS),
        st.builds(ReasoningDelta, text=TEXTS),
        st.builds(Finished, side=SIDES, reason=st.sampled_from(["stop", "length", "cancelled"])),
        st.builds(Failed, side=SIDES, code=TEXTS, message=TEXTS),
        st.builds(Done, can_vote=st.booleans()),
    )
)
CUTS = st.lists(st.integers(min_value=1, max_value=9))


def read(wire: bytes, cuts: list[int]) -> list[ChatEvent]:
    decoder = sse.Decoder()
    received: list[ChatEvent] = []
    for cut in [*cuts, len(wire)]:
        received += decoder.feed(wire[:cut])
        wire = wire[cut:]
    return received


@given(EVENTS, CUTS)
def test_events_survive_however_the_bytes_are_cut(sent: list[ChatEvent], cuts: list[int]):
    wire = b"".join(sse.encode(event) for event in sent)

    assert read(wire, cuts) == sent


@given(EVENTS, CUTS)
def test_windows_line_ends_and_comments_change_nothing(sent: list[ChatEvent], cuts: list[int]):
    blocks = [sse.encode(event) + sse.KEEP_ALIVE for event in sent]
    wire = b"".join(blocks).replace(b"\n", b"\r\n")

    assert read(wire, cuts) == sent


@given(EVENTS)
def test_one_event_is_one_block_of_one_line(sent: list[ChatEvent]):
    for event in sent:
        wire = sse.encode(event)
        assert wire.startswith(b"data: {")
        assert wire.endswith(b"}\n\n")
        assert wire.count(b"\n") == 2


def test_an_event_is_held_back_until_it_is_whole():
    decoder = sse.Decoder()

    assert list(decoder.feed(b'data: {"kind":"delta","text":"Hi"}\n')) == []
    assert list(decoder.feed(b"\n")) == [TextDelta(text="Hi")]


def test_several_data_lines_are_one_payload():
    assert list(sse.BlockSplitter().feed(b"event: x\ndata: one\ndata:two\nid: 3\n\n")) == [b"one\ntwo"]


def test_a_splitter_knows_how_much_it_holds_back():
    splitter = sse.BlockSplitter()

    assert list(splitter.feed(b"data: 12345")) == []
    assert splitter.pending == 11
