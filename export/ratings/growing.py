"""Columns that grow as files are read, in one piece of memory each."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from export.ratings.scale import Codes, Floats, narrow

_FIRST = 1 << 16


class GrowingColumn:
    """Takes values by row. Rows that are passed over are missing: -1 in a column of codes, NaN in one of numbers.

    It grows in place, an eighth at a time: a column is never held twice.
    """

    def __init__(self, kind: type[np.int16] | type[np.float64]) -> None:
        self._values: NDArray[np.generic] = np.empty(_FIRST, kind)
        self._end = 0

    def put(self, row: int, values: Codes | Floats) -> None:
        """Write values from a row on."""
        if self._values.dtype != np.float64 and values.dtype.itemsize > self._values.dtype.itemsize:
            values = narrow(cast(Codes, values), int(values.max(initial=-1)) + 1)
            self._values = self._values.astype(np.result_type(self._values, values))
        self._reach(row + len(values))
        self._values[self._end : row] = self._missing
        self._values[row : row + len(values)] = values
        self._end = row + len(values)

    def _reach(self, rows: int) -> None:
        if rows > len(self._values):
            self._values.resize(max(rows, len(self._values) * 9 // 8), refcheck=False)

    @property
    def _missing(self) -> float:
        return np.nan if self._values.dtype == np.float64 else -1

    def taken(self, rows: int) -> NDArray[np.generic]:
        """Take the column away, so many rows of it."""
        self._reach(rows)
        self._values[self._end : rows] = self._missing
        values, self._values = self._values, np.empty(0, self._values.dtype)
        values.resize(rows, refcheck=False)
        return values
