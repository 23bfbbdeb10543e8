"""Scales of plots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.ratings.site.plot import Scale

NUMBERS = st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=5)


@given(NUMBERS)
def test_everything_lies_inside_a_scale_with_a_few_ticks(values: list[float]):
    scale = Scale.over(values)

    assert all(0 <= scale.at(value) <= 100 for value in values)
    assert all(-1e-6 <= scale.at(tick) <= 100 + 1e-6 for tick in scale.ticks)
    assert 1 <= len(scale.ticks) <= 6
    assert len({scale.said(tick) for tick in scale.ticks}) == len(scale.ticks)


@given(NUMBERS)
def test_a_tick_says_the_number_at_which_it_stands(values: list[float]):
    scale = Scale.over(values)

    assert [float(scale.said(tick)) for tick in scale.ticks] == pytest.approx(list(scale.ticks))


def test_nothing_is_never_negative():
    assert Scale.over([-1.0, 1.0]).said(-1e-12) in {"0", "0.0"}
