import pytest

from export.moderation.calling import Patience
from export.moderation.pace import Pace, duration, retry_after

NOON = 1_790_000_000.0


def test_requests_are_spread_over_the_minute():
    pace = Pace(per_minute=120)

    assert [pace.wait(now=10.0) for _ in range(4)] == [0.0, 0.5, 1.0, 1.5]
    assert pace.wait(now=100.0) == 0.0


def test_without_a_limit_nobody_waits():
    pace = Pace()

    assert [pace.wait(now=10.0) for _ in range(100)] == [0.0] * 100


def test_nobody_asks_while_the_provider_has_nothing_left():
    pace = Pace()
    pace.told({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m30s"}, now=10.0)

    assert pace.wait(now=10.0) == 90.0
    assert pace.wait(now=100.0) == 0.0


def test_what_is_left_is_used():
    pace = Pace()
    pace.told({"x-ratelimit-remaining-tokens": "7", "x-ratelimit-reset-tokens": "6m0s"}, now=10.0)

    assert pace.wait(now=10.0) == 0.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("120ms", 0.12),
        ("1h2m3.5s", 3723.5),
        ("1d", 86_400.0),
        ("2.5", 2.5),
        ("", None),
        (None, None),
        ("soon", None),
        ("1s soon", None),
        ("-3", None),
        ("inf", None),
    ],
)
def test_durations_are_read(text: str | None, seconds: float | None):
    assert duration(text) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after-ms": "250", "retry-after": "3"}, 0.25),
        ({"retry-after": "Mon, 21 Sep 2026 14:13:50 GMT"}, 30.0),
        ({"retry-after": "Mon, 21 Sep 2020 14:13:50 GMT"}, 0.0),
        ({"retry-after": "later"}, None),
        ({}, None),
    ],
)
def test_when_to_come_back_is_read(headers: dict[str, str], seconds: float | None):
    assert retry_after(headers, wall=NOON) == seconds


def test_waits_grow_up_to_a_limit_and_differ_by_chance():
    patience = Patience(first=1.0, longest=10.0)

    assert [patience.before(tried, None, chance=1.0) for tried in range(1, 7)] == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]
    assert patience.before(3, None, chance=0.0) == 2.0


def test_nobody_comes_back_earlier_than_told():
    patience = Patience(first=1.0, longest=10.0)

    assert patience.before(1, 90.0, chance=0.0) == 90.0
    assert patience.before(1, 90.0, chance=1.0) == pytest.approx(99.0)
