"""Periods of release."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.periods import PERIOD, PeriodLength, period_of


@pytest.mark.parametrize(
    ("length", "last", "first"),
    [("month", "2026-12", "2027-01"), ("quarter", "2026Q4", "2027Q1"), ("year", "2026", "2027")],
)
def test_a_period_ends_at_midnight_utc(length: PeriodLength, last: str, first: str):
    new_year = datetime(2027, 1, 1, tzinfo=UTC).timestamp()

    assert period_of(new_year - 0.001, length) == last
    assert period_of(new_year, length) == first


@given(
    st.floats(1e9, 5e9),
    st.sampled_from(["month", "quarter", "year"]),
)
def test_names_are_known_again_and_come_in_the_order_of_time(moment: float, length: PeriodLength):
    name = period_of(moment, length)

    assert PERIOD.fullmatch(name)
    assert name <= period_of(moment + 40 * 86_400, length)


@pytest.mark.parametrize("name", ["2026Q5", "2026-13", "2026-1", "26Q4", "../x", "2026Q4\n", ""])
def test_what_is_no_period_is_not_taken_for_one(name: str):
    assert not PERIOD.fullmatch(name)
