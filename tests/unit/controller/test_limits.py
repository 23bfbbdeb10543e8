import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import LimitError, TooManyStreams, TooManyTurns
from controller.limits import WINDOW_SECONDS, RateLimit, StreamLimit, admit

MOMENTS = st.lists(st.integers(0, 500 * 64).map(lambda ticks: ticks / 64), max_size=60).map(sorted)
"""In steps that floating point knows exactly."""


@given(MOMENTS, st.integers(1, 5))
def test_in_no_minute_are_there_more_events_than_allowed(moments: list[float], allowed: int):
    limit = RateLimit(allowed)
    counted: list[float] = []
    for now in moments:
        if limit.wait("key", now) == 0:
            limit.count("key", now)
            counted.append(now)

    for first, beyond in zip(counted, counted[allowed:], strict=False):
        assert beyond - first >= WINDOW_SECONDS - 1e-9


@given(MOMENTS, st.integers(1, 5))
def test_whoever_waits_as_long_as_told_is_let_in_and_not_a_moment_earlier(moments: list[float], allowed: int):
    limit = RateLimit(allowed)
    for now in moments:
        wait = limit.wait("key", now)
        assert 0 <= wait <= WINDOW_SECONDS
        if wait:
            assert limit.wait("key", math.nextafter(now + wait, math.inf)) == 0
            assert limit.wait("key", now + wait * 0.99) > 0
        else:
            limit.count("key", now)


@given(MOMENTS, st.integers(1, 5), st.integers(1, 5))
def test_a_changed_limit_counts_what_came_before_it(moments: list[float], before: int, after: int):
    limit = RateLimit(before)
    counted: list[float] = []
    for at, now in enumerate(moments):
        if at == len(moments) // 2:
            limit.change(after)
        if limit.wait("key", now) == 0:
            limit.count("key", now)
            counted.append(now)
            within = [each for each in counted if now - each < WINDOW_SECONDS]
            assert len(within) <= max(before, after)


def test_a_narrower_limit_holds_at_once():
    limit = RateLimit(5)
    for now in (1.0, 2.0, 3.0):
        limit.count("key", now)
    limit.change(2)

    assert limit.wait("key", 4.0) == 58.0


def test_keys_do_not_share_their_allowance():
    limit = RateLimit(1)
    limit.count("one", 5.0)

    assert limit.wait("one", 6.0) == 59.0
    assert limit.wait("other", 6.0) == 0


def test_events_are_counted_under_every_key_or_under_none():
    narrow, wide = RateLimit(1), RateLimit(2)
    admit([(narrow, "session"), (wide, "address")], 10.0)

    with pytest.raises(TooManyTurns) as refused:
        admit([(narrow, "session"), (wide, "address")], 30.25)

    assert refused.value.retry_after == 40
    assert wide.wait("address", 30.5) == 0


def test_a_refusal_names_the_longest_wait():
    first, second = RateLimit(1), RateLimit(1)
    first.count("key", 0.0)
    second.count("key", 20.0)

    with pytest.raises(LimitError) as refused:
        admit([(first, "key"), (second, "key")], 30.0, LimitError)

    assert (refused.value.retry_after, type(refused.value)) == (50, LimitError)


def test_what_is_over_is_forgotten():
    limit = RateLimit(3)
    for number in range(1000):
        limit.count(f"visitor {number}", 1000.0)
    limit.count("late", 1000.0 + WINDOW_SECONDS)

    assert len(limit) == 1


def test_what_is_not_over_survives_the_sweep():
    limit = RateLimit(1)
    limit.count("early", 1000.0)
    limit.count("within", 1050.0)
    limit.count("late", 1061.0)

    assert limit.wait("within", 1061.0) > 0
    assert len(limit) == 2


def test_a_session_holds_as_many_answers_as_allowed_and_gives_them_back():
    streams = StreamLimit(4)
    with streams.hold("me", 2), streams.hold("me", 2):
        with pytest.raises(TooManyStreams) as refused:
            streams.check("me", 1)
        assert refused.value.retry_after == 1
        with streams.hold("you", 4):
            assert len(streams) == 8

    assert len(streams) == 0
    streams.check("me", 4)


def test_a_hold_that_is_refused_holds_nothing():
    streams = StreamLimit(1)
    with pytest.raises(TooManyStreams), streams.hold("me", 2):
        pass

    assert len(streams) == 0


def test_a_hold_is_given_back_when_what_it_was_for_breaks():
    streams = StreamLimit(1)
    with pytest.raises(ZeroDivisionError), streams.hold("me", 1):
        _ = 1 / 0

    assert len(streams) == 0
