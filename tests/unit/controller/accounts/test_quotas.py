from hypothesis import given
from hypothesis import strategies as st

from controller.accounts.quotas import WINDOW_SECONDS, Window

EVENTS = st.lists(
    st.tuples(st.integers(0, 300 * 64).map(lambda ticks: ticks / 64), st.integers(1, 50)), max_size=40
).map(sorted)
"""In steps that floating point knows exactly."""


@given(EVENTS, st.integers(1, 100))
def test_what_is_used_is_what_was_counted_in_the_last_minute(events: list[tuple[float, int]], limit: int):
    window = Window()
    for at, amount in events:
        window.count(amount, at)
        recent = [each for then, each in events[: events.index((at, amount)) + 1] if then + WINDOW_SECONDS > at]

        assert window.used(at) >= sum(recent)
        assert (window.wait(limit, at) > 0) == (window.used(at) >= limit)


@given(EVENTS, st.integers(1, 100))
def test_whoever_waits_as_long_as_told_is_let_in_and_not_a_moment_earlier(events: list[tuple[float, int]], limit: int):
    window = Window()
    for at, amount in events:
        wait = window.wait(limit, at)
        assert 0 <= wait <= WINDOW_SECONDS
        if wait:
            assert window.wait(limit, at + wait * 0.99) > 0
        else:
            window.count(amount, at)


@given(st.lists(st.integers(0, 200 * 64).map(lambda ticks: ticks / 64), max_size=60).map(sorted), st.integers(1, 5))
def test_in_no_minute_are_there_more_requests_than_allowed(moments: list[float], limit: int):
    window = Window()
    admitted: list[float] = []
    for now in moments:
        if window.wait(limit, now) == 0:
            window.count(1, now)
            admitted.append(now)

    for first, beyond in zip(admitted, admitted[limit:], strict=False):
        assert beyond - first >= WINDOW_SECONDS


@given(EVENTS, st.integers(1, 100))
def test_the_wait_that_is_told_is_long_enough(events: list[tuple[float, int]], limit: int):
    window = Window()
    for at, amount in events:
        window.count(amount, at)
    last = events[-1][0] if events else 0.0

    assert window.wait(limit, last + window.wait(limit, last)) == 0


def test_after_a_minute_everything_is_forgotten():
    window = Window()
    window.count(7, 10.0)

    assert (window.used(69.9), window.used(70.0)) == (7, 0)
