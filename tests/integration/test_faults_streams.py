"""Everything that a worker's connection can do wrong, on every way in: what is lost is asked again or said, once."""

from collections.abc import Generator
from typing import Any

import pytest

from tests.arenas import Arena, an_arena
from tests.faults import BATTLE, STREAM, STREAMS, SURFACES, WHOLE, Pair, Said, Surface, Workers, on, paired, two_workers
from tests.worker_scripts import Step, bare, begin, cut, drip, finish, hang, hang_up, raw, reset, trickle, wait_for

HALF_A_CHUNK = b'ff\r\ndata: {"choices": [{"index": 0, "del'
LOUD: dict[str, list[Step]] = {
    "reset": [reset()],
    "closed": [hang_up()],
    "garbage for a head": [bare(b"\x16\x03\x01\x02 not http\r\n\r\n"), hang()],
    "half a head, closed": [bare(b"HTTP/1.1 200 OK\r\ncontent-le"), hang_up()],
    "a head that can be read in two ways": [
        bare(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\nhi"),
        hang(),
    ],
    "a head, reset": [begin(), reset()],
    "garbage between chunks": [begin(), bare(b"zz\r\nhi\r\n"), hang()],
    "half a chunk, closed": [begin(), bare(HALF_A_CHUNK), hang_up()],
    "garbage for JSON": [raw(b"data: <html>502 Bad Gateway</html>\n\n"), finish()],
    "nothing, politely": [raw(b""), cut()],
}
"""Seen at once."""
SILENT: dict[str, list[Step]] = {
    "no head": [hang()],
    "a head without end": [trickle(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n")],
    "a head, then nothing": [begin(), hang()],
    "half a chunk, then nothing": [begin(), bare(HALF_A_CHUNK), hang()],
    "a byte now and then": [drip()],
    "a comment now and then": [drip(b": busy\n\n", pace=0.01)],
}
"""Seen when patience ends."""
BROKEN_OFF: dict[str, list[Step]] = {
    "reset": [reset()],
    "closed": [hang_up()],
    "garbage between chunks": [bare(b"zz\r\nhi\r\n"), hang()],
    "half a chunk, closed": [bare(HALF_A_CHUNK), hang_up()],
    "no mark of the end": [cut()],
}
STUCK: dict[str, list[Step]] = {
    "nothing": [hang()],
    "half a chunk, then nothing": [bare(HALF_A_CHUNK), hang()],
    "a byte now and then": [drip()],
}


def each(faults: dict[str, list[Step]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("script", faults.values(), ids=faults.keys())


@pytest.fixture(scope="module")
def workers() -> Generator[Workers]:
    with two_workers() as workers:
        yield workers


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Generator[Arena]:
    patience: dict[str, Any] = {"first_word_seconds": 1.0, "between_words_seconds": 1.0}
    with an_arena(tmp_path_factory.mktemp("arena"), retry_share=1.0, silence_seconds=600, **patience) as arena:
        yield arena


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Generator[Arena]:
    """Where no request may take long, whole answers neither."""
    with an_arena(tmp_path_factory.mktemp("hurried"), deadline_seconds=2.0, silence_seconds=600) as arena:
        yield arena


@pytest.fixture
def pair(arena: Arena, workers: Workers) -> Generator[Pair]:
    with paired(arena, workers) as pair:
        yield pair


@pytest.fixture
def hurried_pair(hurried: Arena, workers: Workers) -> Generator[Pair]:
    with paired(hurried, workers) as pair:
        yield pair


def asks_elsewhere(pair: Pair, surface: Surface, script: list[Step]) -> None:
    """A worker does this before anything was shown: another one answers, and the first one is asked again later."""
    pair.first.plays(script)
    pair.second.plays(surface.good("From the second"))

    assert pair.ask(surface) == Said("From the second")
    times = max(1, surface.turns)
    assert (len(pair.first.asked), len(pair.second.asked)) == (times, times)
    pair.recovers(surface)


@on(SURFACES)
@each(LOUD)
def test_before_anything_was_shown_another_worker_answers(pair: Pair, surface: Surface, script: list[Step]):
    asks_elsewhere(pair, surface, script)


@on(STREAMS)
@each(SILENT)
def test_a_worker_that_is_silent_for_too_long_is_left_for_another(pair: Pair, surface: Surface, script: list[Step]):
    asks_elsewhere(pair, surface, script)


@each(BROKEN_OFF)
def test_a_whole_answer_that_breaks_off_was_not_shown_either(pair: Pair, script: list[Step]):
    asks_elsewhere(pair, WHOLE, [*WHOLE.half, *script])


@on(SURFACES)
def test_a_worker_that_refuses_connections_is_left_for_another(pair: Pair, surface: Surface):
    pair.first.close()
    pair.second.plays(surface.good("From the second"))

    assert pair.ask(surface) == Said("From the second")
    assert pair.arena.breaker("first") == "open"
    pair.first.open_again()
    pair.recovers(surface)


@on(STREAMS)
@each(BROKEN_OFF | STUCK)
def test_after_a_word_was_shown_nobody_else_is_asked_and_the_break_is_said(
    pair: Pair, surface: Surface, script: list[Step]
):
    pair.first.plays([*surface.half, wait_for(pair.shown), *script])

    said = pair.ask(surface)

    is_stuck = script in STUCK.values()
    code = "answer_failed" if surface is BATTLE else "worker_timeout" if is_stuck else "worker_broke"
    assert said == Said("Half", code)
    assert len(pair.first.asked) == max(1, surface.turns)
    assert pair.second.asked == []
    pair.recovers(surface)


@each(SILENT)
def test_a_whole_answer_that_never_comes_ends_with_the_deadline(hurried_pair: Pair, script: list[Step]):
    """A model that thinks is as silent as one that hangs: here only the deadline can tell."""
    hurried_pair.first.plays(script)

    assert hurried_pair.ask(WHOLE) == Said("", "worker_timeout")
    assert hurried_pair.second.asked == []
    hurried_pair.recovers(WHOLE)


@on(STREAMS)
def test_an_answer_that_never_ends_and_says_no_more_is_ended_by_the_deadline(hurried_pair: Pair, surface: Surface):
    hurried_pair.first.plays([*surface.half, drip(b'data: {"choices": []}\n\n', pace=0.001)])

    said = hurried_pair.ask(surface)

    assert said == Said("Half", "answer_failed" if surface is BATTLE else "worker_timeout")
    assert hurried_pair.second.asked == []
    hurried_pair.recovers(surface)


def test_garbage_in_the_middle_of_a_programs_stream_reaches_it_as_it_came(pair: Pair):
    """Only visitors' streams are read word by word. What a program cannot read, its own client says."""
    pair.first.plays([*STREAM.half, wait_for(pair.shown), raw(b"data: <html>\n\n"), finish()])

    with pytest.raises(ValueError, match="Expecting value"):
        pair.ask(STREAM)
    pair.check()
