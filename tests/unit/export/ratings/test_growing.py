"""Columns that grow."""

import numpy as np

from export.ratings.growing import GrowingColumn


def test_what_was_passed_over_is_missing():
    codes, numbers = GrowingColumn(np.int16), GrowingColumn(np.float64)
    codes.put(1, np.array([7, 8]))
    codes.put(4, np.array([9]))
    numbers.put(1, np.array([0.5]))

    assert codes.taken(6).tolist() == [-1, 7, 8, -1, 9, -1]
    assert str(numbers.taken(3).tolist()) == "[nan, 0.5, nan]"


def test_codes_take_more_bytes_only_once_they_need_them():
    column = GrowingColumn(np.int16)
    column.put(0, np.arange(3))
    column.put(3, np.array([-1, 40_000]))

    assert column.taken(5).tolist() == [0, 1, 2, -1, 40_000]


def test_a_column_grows_as_far_as_it_has_to():
    column = GrowingColumn(np.int16)
    for row in range(0, 400_000, 1000):
        column.put(row, np.arange(row, row + 1000))

    assert column.taken(400_000).tolist() == list(range(400_000))
