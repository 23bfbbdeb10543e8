"""Climbing to the top."""

import numpy as np
import pytest

from export.ratings.newton import FitFailed, Slope, climb
from export.ratings.scale import Floats


def _like_a_tent(place: Floats) -> Slope:
    """So flat far out that a whole step leads past the other side, ever further."""
    x = float(place[0])
    return Slope(-float(np.log(np.cosh(x))), np.array([-np.tanh(x)]), np.array([[1 / np.cosh(x) ** 2]]))


def _without_top(place: Floats) -> Slope:
    x = float(place[0])
    return Slope(-float(np.exp(-x)), np.array([np.exp(-x)]), np.array([[np.exp(-x)]]))


def _flat(place: Floats) -> Slope:
    return Slope(0.0, place, np.zeros((1, 1)))


def test_a_step_that_leads_down_is_halved():
    assert climb(np.array([3.0]), _like_a_tent).place == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("look", [_without_top, _flat])
def test_what_has_no_top_is_an_error_not_a_number(look: object):
    with pytest.raises(FitFailed, match="did not settle"):
        climb(np.array([1.0]), look)  # pyright: ignore[reportArgumentType]
