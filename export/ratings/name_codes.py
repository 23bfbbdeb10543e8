"""Lists of names in integer codes, quickly: millions of rows mostly hold the same few text objects again and again.

An object is known by its address, so the rows are looked up in one small table, many at once; only the different
objects are looked at as texts. Where each row has an object of its own, they are looked up one by one.
"""

import ctypes
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from export.ratings.scale import Codes

_Addresses = NDArray[np.uint64]

_ROWS_AT_ONCE = 1 << 14
_MOST_OBJECTS = 2_000
_BITS = range(11, 22)
"""Sizes of the table that are tried: the smallest one in which no two objects share a slot is the fastest."""
_GOLDEN = 0x9E3779B97F4A7C15
"""Odd, 2^64 by the golden ratio (Knuth, The Art of Computer Programming 3, 6.4)."""
_MULTIPLIERS = tuple(pow(_GOLDEN, power, 1 << 64) for power in (1, 3, 5, 7))


def name_codes(names: Sequence[str], code_of: Callable[[str], int]) -> Codes:
    """Return the code of each name. `code_of` is asked in the order of the rows, seldom twice for one name."""
    held: Sequence[str] = names if isinstance(names, np.ndarray) else tuple(names)
    addresses = _addresses(held)
    found = None if addresses is None else _looked_up(held, addresses, code_of)
    return np.fromiter(map(code_of, held), np.int64, len(held)) if found is None else found


def _addresses(names: Sequence[str]) -> _Addresses | None:
    """Return where each object lies, without a copy; None where this Python does not hold them in a row."""
    if not len(names):
        return None
    if isinstance(names, np.ndarray):
        is_row = names.dtype == object and names.ndim == 1 and names.flags.c_contiguous
        rows = np.frombuffer(names, np.uint64) if is_row else None
    else:
        rows = np.frombuffer(memoryview(_row_of(names)), np.uint64)
    is_sound = rows is not None and (int(rows[0]), int(rows[-1])) == (id(names[0]), id(names[-1]))
    return rows if is_sound else None


def _row_of(names: Sequence[str]) -> "ctypes.Array[ctypes.c_uint64]":
    """Return a tuple's own memory: its head is as long as an empty tuple's basic size says."""
    return (ctypes.c_uint64 * len(names)).from_address(id(names) + tuple.__basicsize__)


class _Book:
    """Known addresses and their codes, in a table in which each has a slot of its own."""

    def __init__(self) -> None:
        self._code_of: dict[int, int] = {}
        self._slots = np.empty(_ROWS_AT_ONCE, np.uint64)
        self._seen = np.empty(_ROWS_AT_ONCE, np.uint64)
        self._place(_BITS[0], _MULTIPLIERS[0])

    def _place(self, bits: int, multiplier: int) -> bool:
        self._shift, self._multiplier = np.uint64(64 - bits), np.uint64(multiplier)
        addresses = np.fromiter(self._code_of, np.uint64, len(self._code_of))
        slots = self._hashed(addresses)
        self._keys, self._codes = np.zeros(1 << bits, np.uint64), np.zeros(1 << bits, np.int16)
        self._keys[slots], self._codes[slots] = addresses, np.fromiter(self._code_of.values(), np.int16, len(addresses))
        return bool((self._keys[slots] == addresses).all())

    def _hashed(self, addresses: _Addresses) -> NDArray[np.int64]:
        slots = np.multiply(addresses, self._multiplier, out=self._slots[: len(addresses)])
        slots >>= self._shift
        return slots.view(np.int64)

    def strange(self, addresses: _Addresses) -> NDArray[np.int64] | None:
        """Return which rows hold an address that is not known; None if all are."""
        seen = self._seen[: len(addresses)]
        self._last = self._hashed(addresses)
        self._keys.take(self._last, out=seen, mode="wrap")  # without a mode it would be copied
        return None if np.array_equal(seen, addresses) else np.flatnonzero(seen != addresses)

    def add(self, codes: dict[int, int]) -> bool:
        """Add new addresses; False if there are too many."""
        self._code_of |= codes
        if len(self._code_of) > _MOST_OBJECTS or max(codes.values()) > np.iinfo(np.int16).max:
            return False
        return any(self._place(bits, multiplier) for bits in _BITS for multiplier in _MULTIPLIERS)

    def write_last(self, codes: NDArray[np.int16]) -> None:
        """Write the codes of the rows that were asked for last, all of them known."""
        self._codes.take(self._last, out=codes, mode="wrap")


def _looked_up(names: Sequence[str], addresses: _Addresses, code_of: Callable[[str], int]) -> Codes | None:
    """Look the rows up by address; None if there are too many objects."""
    book, found = _Book(), np.empty(len(addresses), np.int16)
    for start in range(0, len(addresses), _ROWS_AT_ONCE):
        some = addresses[start : start + _ROWS_AT_ONCE]
        while (strange := book.strange(some)) is not None:
            new, first = np.unique(some[strange], return_index=True)
            if len(new) > _MOST_OBJECTS:
                return None
            rows = sorted(strange[first].tolist())
            if not book.add({int(some[row]): code_of(names[start + int(row)]) for row in rows}):
                return None
        book.write_last(found[start : start + _ROWS_AT_ONCE])
    return found
