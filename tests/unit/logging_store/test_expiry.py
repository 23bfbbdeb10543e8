from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import SetupError
from logging_store.expiry import expiry

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()


@given(st.integers(1, 99_999))
def test_days_are_counted_from_now(days: int):
    assert expiry(f"{days}d", NOW) == NOW + days * 86_400


@given(st.dates(min_value=datetime(2026, 11, 22, tzinfo=UTC).date()))
def test_a_date_ends_a_key_at_its_first_moment(day: object):
    ends = datetime.fromtimestamp(expiry(str(day), NOW), UTC)

    assert (str(ends.date()), ends.hour, ends.minute, ends.second) == (str(day), 0, 0, 0)


@pytest.mark.parametrize("text", ["", "0d", "-1d", "90", "d", "1.5d", "90 d", "soon", "2026-11-21", "1999-01-01", "٣d"])
def test_anything_else_and_what_is_past_is_refused(text: str):
    with pytest.raises(SetupError, match="--expires"):
        expiry(text, NOW)
