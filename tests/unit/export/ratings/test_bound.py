"""What can be said of a model that never lost, or never won."""

import numpy as np
import pytest

from export.ratings.bound import highest_if_never_won, lowest_if_never_lost
from export.ratings.bradley_terry import chance
from export.ratings.scale import POINTS


def test_at_the_bound_the_record_would_have_had_a_chance_of_one_in_twenty():
    opponents, battles = np.array([900.0, 1200.0]), np.array([3.0, 1.0])
    bound = lowest_if_never_lost(opponents, battles)

    assert np.prod(chance((bound - opponents) / POINTS) ** battles) == pytest.approx(0.05)


def test_never_winning_mirrors_never_losing():
    opponents, battles = np.array([900.0, 1200.0]), np.array([3.0, 1.0])

    assert highest_if_never_won(2000 - opponents, battles) == pytest.approx(
        2000 - lowest_if_never_lost(opponents, battles)
    )


def test_more_wins_raise_the_bound():
    opponent = np.array([1000.0])

    assert lowest_if_never_lost(opponent, np.array([50.0])) > lowest_if_never_lost(opponent, np.array([5.0]))
