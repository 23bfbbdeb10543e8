"""Whom votes belong to (voters, prompts), numbered: many millions of different texts, none of which is kept.

A text is known by a digest of 64 bits. Among ten million texts two share one with a chance of three in a million; their
votes would count as one voter's.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from export.ratings.scale import Codes, Flags, Integers

Digests = NDArray[np.uint64]

_FIRST_BITS = 17
_LANE = 8
"""Bytes that are mixed in at once."""
_MASKS = np.array([(1 << (8 * kept)) - 1 for kept in range(_LANE + 1)], np.uint64)
_FACTOR = np.uint64(0xFF51AFD7ED558CCD)
"""Odd, from the last steps of MurmurHash3 (Appleby, in the public domain)."""
_HALF = np.uint64(32)


class GroupCodes:
    """Gives each new text the next number. Digests and numbers stand in a table with open addressing."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all texts."""
        self._bits, self._many = _FIRST_BITS, 0
        self._digests, self._codes = self._empty()

    def _empty(self) -> tuple[Digests, NDArray[np.int32]]:
        return np.zeros(1 << self._bits, np.uint64), np.zeros(1 << self._bits, np.int32)

    def codes(self, column: pa.Array) -> Codes:
        """Number a column of texts; missing and empty ones are -1: they do not tell that two are of the same."""
        texts = column.cast(pa.string())
        digests = text_digests(texts)
        known = np.asarray(
            pc.fill_null(pc.call_function("greater", [pc.call_function("binary_length", [texts]), pa.scalar(0)]), False)
        )
        if not known.all():
            found = np.full(len(texts), -1, np.int32)
            found[known] = self._numbered(digests[known])
            return found
        return self._numbered(digests)

    def _numbered(self, digests: Digests) -> NDArray[np.int32]:
        while 2 * (self._many + len(digests)) > 1 << self._bits:
            self._grow()
        slots, is_new = self._slots_of(digests)
        fresh, first = np.unique(slots[is_new], return_index=True)
        self._codes[fresh[np.argsort(first)]] = np.arange(self._many, self._many + len(fresh))
        self._many += len(fresh)
        return self._codes[slots]

    def _slots_of(self, digests: Digests) -> tuple[Integers, Flags]:
        """Return where each digest stands, and whether it does so only now."""
        found, is_new = np.empty(len(digests), np.int64), np.zeros(len(digests), np.bool_)
        rows, slots = np.arange(len(digests)), (digests >> np.uint64(64 - self._bits)).view(np.int64)
        while len(rows):
            free = self._digests[slots] == 0
            self._digests[slots[free]] = digests[rows[free]]  # of several that want a slot, one gets it
            there = self._digests[slots] == digests[rows]
            found[rows[there]], is_new[rows[there]] = slots[there], free[there]
            rows, slots = rows[~there], (slots[~there] + 1) & ((1 << self._bits) - 1)
        return found, is_new

    def _grow(self) -> None:
        held = np.flatnonzero(self._digests)
        digests, codes = self._digests[held], self._codes[held]
        self._bits += 1
        self._digests, self._codes = self._empty()
        self._codes[self._slots_of(digests)[0]] = codes


def text_digests(texts: pa.Array) -> Digests:
    """Return a digest of each text, never 0; what it is for a missing one means nothing."""
    starts, lengths, content = _laid_out(texts)
    words: Digests = np.ndarray(len(content) - _LANE + 1, np.uint64, content, strides=(1,))
    digests = _mixed(lengths.astype(np.uint64) + np.uint64(1))
    rows, done = np.flatnonzero(lengths > 0), 0
    while len(rows):
        word = words[starts[rows] + done] & _MASKS[np.minimum(lengths[rows] - done, _LANE)]
        digests[rows] = _mixed(digests[rows] ^ word)
        done += _LANE
        rows = rows[lengths[rows] > done]
    digests[digests == 0] = 1
    return digests


def _mixed(words: Digests) -> Digests:
    """Spread every bit over all bits, one to one."""
    for _ in range(2):
        words = (words ^ (words >> _HALF)) * _FACTOR
    return words ^ (words >> _HALF)


def _laid_out(texts: pa.Array) -> tuple[Integers, Integers, NDArray[np.uint8]]:
    """Return where each text begins, how long it is, and all bytes with room for one lane behind the last."""
    _, places, content = texts.buffers()
    offsets = np.frombuffer(places, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    begin, end = int(offsets[0]), int(offsets[-1])
    held = np.zeros(end - begin + _LANE, np.uint8)
    if content is not None:
        held[: end - begin] = np.frombuffer(content, np.uint8)[begin:end]
    return offsets[:-1] - begin, np.diff(offsets), held
