"""Times that a calendar has."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.release.times import ImpossibleTime, is_possible, possible


@given(st.floats())
def test_what_is_possible_has_a_day_and_nothing_else_passes(at: float):
    if is_possible(at):
        assert 1970 <= datetime.fromtimestamp(possible(at), UTC).year <= 9999
    else:
        with pytest.raises(ImpossibleTime):
            possible(at)


@pytest.mark.parametrize("at", [float("nan"), float("inf"), float("-inf"), -0.001, 253_402_300_800.0, 1e18])
def test_some_are_not(at: float):
    assert not is_possible(at)
