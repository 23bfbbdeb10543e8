"""Who is ahead of whom."""

import numpy as np

from export.ratings.ranks import places, ranges


def test_models_with_equal_ratings_share_the_better_place():
    assert places(np.array([1000.0, 1100.0, 1000.0, 900.0])).tolist() == [2, 1, 2, 4]


def test_places_that_intervals_leave_open_are_told():
    ranks = ranges(np.array([1010.0, 1000.0, 800.0]), 100.0 * np.eye(3))

    assert (ranks.rank_low.tolist(), ranks.rank_high.tolist()) == ([1, 1, 3], [2, 2, 3])
    assert ranks.rank_ub.tolist() == [1, 1, 3]


def test_differences_are_surer_than_two_overlapping_intervals():
    # 33 points: the intervals (10 * 1.96 on each side) overlap, the difference (27.7) does not hold zero
    ranks = ranges(np.array([1033.0, 1000.0]), 100.0 * np.eye(2))

    assert (ranks.rank_ub.tolist(), ranks.rank_low.tolist(), ranks.rank_high.tolist()) == ([1, 1], [1, 2], [1, 2])


def test_ratings_without_any_error_and_without_any_difference_are_equal():
    ratings = np.array([1000.0, 1000.0 + 1e-12])
    ranks = ranges(ratings, np.zeros((2, 2)))

    assert (places(ratings).tolist(), ranks.rank_low.tolist(), ranks.rank_high.tolist()) == ([1, 1], [1, 1], [2, 2])
