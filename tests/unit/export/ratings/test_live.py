"""Counts that are kept."""

import time

import numpy as np
from hypothesis import given

from export.ratings.board import make_board
from export.ratings.counts import count_votes
from export.ratings.live import OVERALL, LiveCounts, LiveVote
from tests.unit.export.ratings.made import ROWS, SIGNS, Row, live

_SIGN = {outcome: sign for sign, outcome in SIGNS.items()}


def _said(rows: list[Row]) -> list[str]:
    return [f"{a}{_SIGN[outcome]}{b}" for a, b, outcome in rows]


@given(ROWS)
def test_votes_kept_are_counted_like_votes_read_at_once(rows: list[Row]):
    kept = LiveCounts()
    for vote in live(*_said(rows)):
        kept.add([vote])
    found, expected = kept.counts(), count_votes(*([row[at] for row in rows] for at in range(3)))

    assert (found.models, found.self_battles) == (expected.models, expected.self_battles)
    for name in ("first", "second", "wins", "losses", "ties"):
        assert np.array_equal(getattr(found, name), getattr(expected, name))


def test_a_vote_read_twice_is_counted_once():
    kept, votes = LiveCounts(), live("a>b", "b>a")

    assert (kept.add(votes), kept.add(votes)) == (votes, [])
    assert kept.read_from() < votes[0].id


def test_categories_and_days_are_kept_apart():
    kept = LiveCounts()
    for vote in kept.add([*live("2 a>b", at=86_400 * 5), *live("c>b", at=86_400 * 6)]):
        kept.put([vote], (f"with {vote.model_a}",))

    assert kept.categories == (OVERALL, "with a", "with c")
    assert [kept.counts(name).total for name in kept.categories] == [3, 2, 1]
    assert dict(kept.of_days(OVERALL, 5, 5)) == {("a", "b", 0): 2}
    assert kept.of_days(OVERALL, 5, 6).total() == 3


def test_days_end_at_midnight_in_utc():
    kept, midnight = LiveCounts(), 86_400.0 * 7
    kept.add([*live("a>b", at=midnight - 0.001), *live("a>b", at=midnight)])

    assert [kept.of_days(OVERALL, day, day).total() for day in (6, 7)] == [1, 1]


@given(ROWS)
def test_a_vote_that_is_taken_out_leaves_nothing_behind(rows: list[Row]):
    kept, fewer = LiveCounts(), LiveCounts()
    votes = live(*_said(rows))
    for counts, some in ((kept, votes), (fewer, votes[::2])):
        for vote in counts.add(some):
            counts.put([vote], ("a category",))
    for vote in votes[1::2]:
        kept.take(vote, (OVERALL, "a category"))

    assert (kept.votes, kept.settled("g")) == (fewer.votes, fewer.settled("g"))
    for category in (OVERALL, "a category"):
        assert (kept.votes_in(category), kept.days(category)) == (fewer.votes_in(category), fewer.days(category))
        names = ("first", "second", "wins", "losses", "ties")
        assert kept.counts(category).total == fewer.counts(category).total
        for found, expected in zip(
            *([getattr(each.counts(category, "abcdef"), name) for name in names] for each in (kept, fewer)), strict=True
        ):
            assert np.array_equal(found, expected)


def _cpu_ms(kept: LiveCounts, votes: list[LiveVote]) -> float:
    before = time.process_time()
    kept.add(votes)
    make_board(kept.counts(), 0.0)
    return 1000 * (time.process_time() - before)


def test_an_update_costs_the_same_after_ten_times_as_many_votes():
    kept, said = LiveCounts(), [f"m{a}>m{b}" for a in range(40) for b in range(40) if a != b]
    kept.add(live(*said))
    few = min(_cpu_ms(kept, live("m1>m2", at=2_000_000.0 + number)) for number in range(5))
    for number in range(10):
        kept.add(live(*said, at=3_000_000.0 + 100 * number))
    many = min(_cpu_ms(kept, live("m1>m2", at=9_000_000.0 + number)) for number in range(5))

    assert many < 50
    assert many < 3 * few + 2
