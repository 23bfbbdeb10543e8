"""Inverses of symmetric matrices."""

import numpy as np
import pytest

from export.ratings.symmetric import inverse


@pytest.mark.parametrize("size", [0, 1, 48, 49, 211])
def test_a_matrix_times_its_inverse_changes_nothing(size: int):
    roots = np.random.default_rng(size).normal(size=(size, 2 * size))
    matrix = roots @ roots.T

    assert inverse(matrix) @ matrix == pytest.approx(np.eye(size), abs=1e-9)


def test_a_badly_scaled_matrix_is_inverted_as_well_as_by_solving():
    scale = np.logspace(0, 6, 150)
    roots = np.random.default_rng(1).normal(size=(150, 300)) * scale[:, None]
    matrix = roots @ roots.T

    ours, theirs = ((scale[:, None] * found * scale) for found in (inverse(matrix), np.linalg.inv(matrix)))
    assert ours == pytest.approx(theirs, rel=1e-6, abs=1e-9)
