"""Climbing a log-likelihood that has one top."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from arena.errors import ArenaError
from export.ratings.scale import Floats

_LARGEST_LAST_STEP = 1e-9
"""In log-odds: less than a millionth of a rating point. Newton's steps square their error, so the rest is rounding."""
_LEAST_LEFT = 1e-11
"""In log-odds. A step so much smaller than the one before that the next could not be larger than this is the last."""
_MOST_STEPS = 100
_MOST_HALVINGS = 40


class FitFailed(ArenaError):
    """The ratings could not be computed from these votes."""

    code = "fit_failed"


@dataclass(frozen=True, eq=False, slots=True)
class Slope:
    """How a log-likelihood looks at one place: its value, and its first and (negated) second derivatives."""

    value: float
    gradient: Floats
    curvature: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Top:
    """Where the log-likelihood is highest."""

    place: Floats
    slope: Slope
    steps: int
    last_step: float
    """The largest change that the last step asked for."""


def climb(start: Floats, look: Callable[[Floats], Slope]) -> Top:
    """Find the top by Newton's method; a step that leads down is halved.

    `look` must give a curvature that can be inverted. Not settling is a `FitFailed`, never a number.
    """
    place, slope = start, look(start)
    change = 0.0
    for steps in range(1, _MOST_STEPS + 1):
        step = _solve(slope)
        before, change = change, float(np.abs(step).max(initial=0.0))
        place, slope = _upward(place, slope, step, look)
        if change <= _LARGEST_LAST_STEP or change**2 <= _LEAST_LEFT * before:
            return Top(place, slope, steps, change)
    raise FitFailed(f"the fit did not settle in {_MOST_STEPS} steps; the last one was {change:.1e}")


def _solve(slope: Slope) -> Floats:
    try:
        return np.linalg.solve(slope.curvature, slope.gradient).astype(np.float64, copy=False)
    except np.linalg.LinAlgError as error:
        raise FitFailed("the fit did not settle: there is no single top") from error


def _upward(place: Floats, slope: Slope, step: Floats, look: Callable[[Floats], Slope]) -> tuple[Floats, Slope]:
    enough = slope.value - 1e-12 * (1 + abs(slope.value))
    for _ in range(_MOST_HALVINGS):
        there = look(place + step)
        if there.value >= enough:
            return place + step, there
        step = step / 2
    raise FitFailed("the fit did not settle: no step leads up")
