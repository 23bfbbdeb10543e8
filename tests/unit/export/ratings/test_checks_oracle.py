"""Checks of a board, computed a second time from their formulas, by other ways and without any of the room's code."""

import math
from collections.abc import Mapping
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest
from numpy.typing import NDArray

from export.ratings.checks import ranks_together, together
from export.ratings.drift import by_month, surest_drift
from tests.unit.export.ratings.made import Row, coded

_Matrix = NDArray[np.float64]
_POINTS = 400 / math.log(10)
_SCORES = {"model_a": 1.0, "model_b": 0.0, "tie": 0.5, "both_bad": 0.5}


def _strengths(battles: list[Row], models: list[str]) -> _Matrix:
    """Zermelo's iteration: a model's strength is what it won over what it could."""
    size = len(models)
    won, met = np.zeros(size), np.zeros((size, size))
    for a, b, winner in battles:
        at, other = models.index(a), models.index(b)
        won[at] += _SCORES[winner]
        won[other] += 1 - _SCORES[winner]
        met[at, other] += 1
        met[other, at] += 1
    worth = np.ones(size)
    for _ in range(4000):
        worth = won / (met / (worth[:, None] + worth)).sum(axis=1)
        worth /= np.exp(np.log(worth).mean())
    return np.log(worth)


def _rated(battles: list[Row], models: list[str]) -> tuple[_Matrix, _Matrix]:
    """Ratings and their sandwich: each vote's own slope, squared, between two pseudo-inverses of the curvature."""
    strengths, size = _strengths(battles, models), len(models)
    curvature, spread = np.zeros((size, size)), np.zeros((size, size))
    for a, b, winner in battles:
        sides = np.zeros(size)
        sides[models.index(a)], sides[models.index(b)] = 1, -1
        chance = 1 / (1 + math.exp(-float(sides @ strengths)))
        curvature += chance * (1 - chance) * np.outer(sides, sides)
        spread += (_SCORES[winner] - chance) ** 2 * np.outer(sides, sides)
    around = np.linalg.pinv(curvature, rcond=1e-10)
    return _POINTS * strengths, _POINTS**2 * around @ spread @ around


def _changes(
    earlier: tuple[list[Row], list[str]], later: tuple[list[Row], list[str]]
) -> dict[str, tuple[float, float]]:
    """How much each model that is rated in both months changed against the mean of these, and that in its errors."""
    common = sorted({*earlier[1]} & {*later[1]})
    found: list[tuple[_Matrix, _Matrix]] = []
    for battles, models in (earlier, later):
        ratings, matrix = _rated(battles, models)
        contrasts = np.zeros((len(common), len(models)))
        for row, model in enumerate(common):
            contrasts[row, models.index(model)] += 1
            for each in common:
                contrasts[row, models.index(each)] -= 1 / len(common)
        found.append((contrasts @ ratings, np.diag(contrasts @ matrix @ contrasts.T)))
    by, errors = found[1][0] - found[0][0], np.sqrt(found[0][1] + found[1][1])
    return {model: (float(by[at]), float(abs(by[at]) / errors[at])) for at, model in enumerate(common)}


def _made(dice: np.random.Generator, strengths: Mapping[str, float], votes: int) -> list[Row]:
    names, found = list(strengths), list[Row]()
    for _ in range(votes):
        a, b = (names[at] for at in dice.choice(len(names), 2, replace=False))
        chance = 1 / (1 + math.exp(strengths[b] - strengths[a]))
        winner = "tie" if dice.random() < 0.2 else "model_a" if dice.random() < chance else "model_b"
        found.append((a, b, winner))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_the_surest_drift_is_that_of_the_formulas(seed: int):
    dice, when = np.random.default_rng(seed), np.array(["2026-01-05", "2026-02-05", "2026-03-05"], "datetime64[s]")
    laws = [
        {"a": 0.3, "b": 0.0, "c": -0.2, "d": 0.1},
        {"a": 0.3, "b": 0.7, "c": -0.2, "e": 0.4, "d": 0.1},
        {"a": 0.1, "b": 0.2, "c": -0.2, "e": 0.4},
    ]
    months = [(_made(dice, law, 150), sorted(law)) for law in laws]
    never_won: list[Row] = [("z", "a", "model_b"), ("z", "b", "model_b")]
    rows = [*months[0][0], *never_won, *months[1][0], *months[2][0]]
    times = np.repeat(when.astype(np.float64), [152, 150, 150])
    found = surest_drift(by_month(coded(rows), times))
    changes = [_changes(*two) for two in pairwise(months)]
    expected = max((errors, by, model, at) for at, each in enumerate(changes) for model, (by, errors) in each.items())

    assert found is not None
    assert (found.errors, found.change) == pytest.approx(expected[:2], rel=1e-6)
    assert (found.model, found.before) == (expected[2], str(when[expected[3]])[:7])
    assert found.tried == 4 + 4
    assert found.usual == pytest.approx(NormalDist().inv_cdf(1 - 0.05 / 2 / 8))


def _range_below(width: float, models: int) -> float:
    """How often the range of so many normal numbers is below a width: the integral, by the trapezoid rule."""
    at = np.linspace(-8, 8 + width, 4001)
    below = np.array([NormalDist().cdf(each) for each in at.tolist()])
    before = np.array([NormalDist().cdf(each - width) for each in at.tolist()])
    density = np.exp(-(at**2) / 2) / math.sqrt(2 * math.pi)
    return float(np.trapezoid(models * density * (below - before) ** (models - 1), at))


@pytest.mark.parametrize("models", [2, 3, 6, 15])
def test_among_models_that_are_known_equally_well_all_differences_hold_within_the_studentized_range(models: int):
    matrix = 49.0 * (np.eye(models) - 1 / models)
    found = together(matrix, np.random.default_rng(models))
    kept = _range_below(found.differences * math.sqrt(2), models)

    assert kept == pytest.approx(0.95, abs=0.025)


@pytest.mark.parametrize("seed", range(3))
def test_so_many_errors_hold_all_ratings_and_all_differences_at_the_same_time(seed: int):
    dice, size = np.random.default_rng(seed), 8
    some = dice.standard_normal((size, size)) * dice.uniform(0.2, 3, size)
    centre = np.eye(size) - 1 / size
    matrix = centre @ some @ some.T @ centre
    found = together(matrix, dice)
    off = dice.standard_normal((40_000, size)) @ (centre @ some).T
    within = np.abs(off) <= found.ratings * np.sqrt(np.diag(matrix))
    pairs = [(at, other) for at in range(size) for other in range(at)]
    errors = [math.sqrt(matrix[at, at] + matrix[other, other] - 2 * matrix[at, other]) for at, other in pairs]
    close = [
        np.abs(off[:, at] - off[:, other]) <= found.differences * error
        for (at, other), error in zip(pairs, errors, strict=True)
    ]

    assert float(within.all(axis=1).mean()) == pytest.approx(0.95, abs=0.02)
    assert float(np.all(close, axis=0).mean()) == pytest.approx(0.95, abs=0.02)


def test_places_are_left_open_by_differences_that_are_not_wide_enough():
    matrix = np.diag([1.0, 1.0, 4.0])
    found = ranks_together(np.array([10.0, 7.2, 0.0]), matrix, 2.0)

    assert found == {0: (1, 2), 1: (1, 2), 2: (3, 3)}
