"""Where a body ends: found however the bytes are cut, and never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.upstream.framing import BrokenFraming, Chunked, Framing, Sized, UntilClosed

CHUNKS = st.lists(st.binary(min_size=1, max_size=40), max_size=6)
CUTS = st.lists(st.integers(min_value=1, max_value=9), max_size=60)
EXTENSION = st.sampled_from([b"", b";a=b", b" ;x", b'; q="y"'])
TRAILERS = st.sampled_from([b"", b"a: b\r\n", b"a: b\r\nc: d\r\n"])


def pieces_of(wire: bytes, cuts: list[int]) -> list[bytes]:
    pieces: list[bytes] = []
    for cut in [*cuts, len(wire)]:
        pieces.append(wire[:cut])
        wire = wire[cut:]
    return [piece for piece in pieces if piece]


def fed(framing: Framing, wire: bytes, cuts: list[int]) -> bytes:
    return b"".join(framing.feed(piece) for piece in pieces_of(wire, cuts))


def in_chunks(chunks: list[bytes], extension: bytes = b"", trailers: bytes = b"") -> bytes:
    framed = (b"%X%b\r\n%b\r\n" % (len(chunk), extension, chunk) for chunk in chunks)
    return b"".join(framed) + b"0\r\n" + trailers + b"\r\n"


@given(CHUNKS, CUTS, EXTENSION, TRAILERS)
def test_a_chunked_body_is_the_same_however_it_is_cut(
    chunks: list[bytes], cuts: list[int], extension: bytes, trailers: bytes
):
    framing = Chunked()

    body = fed(framing, in_chunks(chunks, extension, trailers), cuts)

    assert body == b"".join(chunks)
    assert framing.is_whole
    assert framing.end()
    assert not framing.rest


@given(CHUNKS, st.integers(min_value=0, max_value=300), CUTS)
def test_a_chunked_body_that_is_cut_off_is_never_whole(chunks: list[bytes], length: int, cuts: list[int]):
    framing, wire = Chunked(), in_chunks(chunks)

    body = fed(framing, wire[: min(length, len(wire) - 1)], cuts)

    assert b"".join(chunks).startswith(body)
    assert not framing.end()


@given(CHUNKS, st.binary(min_size=1, max_size=5), CUTS)
def test_what_follows_a_body_is_no_part_of_it_and_is_noticed(chunks: list[bytes], more: bytes, cuts: list[int]):
    for framing, wire in ((Chunked(), in_chunks(chunks)), (Sized(len(b"".join(chunks))), b"".join(chunks))):
        assert fed(framing, wire + more, cuts) == b"".join(chunks)
        assert framing.is_whole
        assert framing.rest


@pytest.mark.parametrize(
    "wire",
    [
        b"x\r\n",
        b"\r\n",
        b"-1\r\n",
        b"+1\r\na\r\n",
        b"0x1\r\na\r\n",
        b"1_0\r\n",
        b" 1\r\na\r\n",
        b"1\na\n",
        b"1\r\nab\r\n",
        b"1\r\na\rb",
        b"1\r\na\nb",
        b"ffffffffffffffff\r\n",
        b"1" * 9000,
        b"0\r\nno line end\n",
        b"0\r\n\n",
    ],
)
def test_what_is_no_chunk_is_refused_however_it_is_cut(wire: bytes):
    for cuts in ([], [1] * len(wire), [2] * len(wire)):
        with pytest.raises(BrokenFraming):
            fed(Chunked(), wire, cuts)


@given(st.binary(max_size=60), CUTS)
def test_noise_is_refused_or_read_but_nothing_else_happens(noise: bytes, cuts: list[int]):
    whole, cut = Chunked(), Chunked()
    outcomes: list[object] = []
    for framing, parts in ((whole, []), (cut, cuts)):
        try:
            outcomes.append((fed(framing, noise, parts), framing.is_whole, framing.rest))
        except BrokenFraming:
            outcomes.append(BrokenFraming)

    assert outcomes[0] == outcomes[1]


@given(st.binary(max_size=60), CUTS)
def test_a_declared_length_is_kept(body: bytes, cuts: list[int]):
    framing, longer = Sized(len(body)), Sized(len(body) + 1)

    assert fed(framing, body, cuts) == fed(longer, body, cuts) == body
    assert framing.end()
    assert not longer.end()


@given(st.binary(max_size=60), CUTS)
def test_without_a_length_the_body_lasts_as_long_as_the_connection_which_then_has_no_other(
    body: bytes, cuts: list[int]
):
    framing = UntilClosed()

    assert fed(framing, body, cuts) == body
    assert not framing.is_whole
    assert framing.end()
    assert framing.is_whole
    assert framing.rest
