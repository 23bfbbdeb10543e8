"""Groups of texts that are nearly the same, from their signatures: bands find who might be, the estimate decides.

Each group is a star: its first text, and texts each of which is similar to that one. Chains, in which the ends have
nothing in common, do not form. Which groups come out depends on the texts and their order alone.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

BANDS = 25
ROWS = 5
"""Of 128 values 125 are used: of pairs with a similarity of 0.7 99 % meet in a band, of those with 0.4 one in four."""
NEIGHBOURS = 4
"""Within a band's bucket each text meets the first ones, and as many before it: a bucket of a million costs no more
than a million buckets."""
ROUNDS = 64
"""What has found no group by then has none: only crowds of hundreds of look-alike groups get there."""
_AT_ONCE = 16_384

Signatures = NDArray[np.uint16]
Numbers = NDArray[np.int64]


def near_groups(signatures: Signatures, similar: float) -> tuple[Numbers, NDArray[np.float32]]:
    """Return for each text the number of its group's first, itself where it has none, and the similarity to it.

    Texts are in their order, the first ones first; `similar` is the share of equal values that makes a pair.
    """
    first = np.arange(len(signatures), dtype=np.int64)
    share = np.ones(len(signatures), dtype=np.float32)
    one, other = _pairs(signatures, similar)
    for _ in range(ROUNDS):
        if not len(one):
            break
        members = _members(len(signatures), one, other)
        leaders = _leaders(len(signatures), one, other)[members]
        found = _similarity(signatures, leaders, members)
        is_near = found >= similar
        first[members[is_near]] = leaders[is_near]
        share[members[is_near]] = found[is_near]
        settled = np.zeros(len(signatures), dtype=np.bool_)
        settled[members[is_near]] = True
        open_pairs = ~(settled[one] | settled[other])
        one, other = one[open_pairs], other[open_pairs]
    return first, share


def _pairs(signatures: Signatures, similar: float) -> tuple[Numbers, Numbers]:
    """Return pairs that are similar, enough of them to join each group, each once."""
    keys: list[NDArray[np.int64]] = [np.empty(0, dtype=np.int64)]
    for band in range(BANDS):
        for one, other in _met(_band(signatures, band)):
            is_near = _similarity(signatures, one, other) >= similar
            keys.append((one[is_near] << 32) | other[is_near])
        keys = [_distinct(np.concatenate(keys))]
    return keys[0] >> 32, keys[0] & 0xFFFFFFFF


def _distinct(numbers: Numbers) -> Numbers:
    """Return the numbers in order, each once: NumPy's own way, by a table, takes several times as long."""
    ordered = np.sort(numbers)
    is_new = np.ones(len(ordered), dtype=np.bool_)
    is_new[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_new]


def _band(signatures: Signatures, band: int) -> NDArray[np.uint64]:
    key = np.zeros(len(signatures), dtype=np.uint64)
    for at in range(band * ROWS, (band + 1) * ROWS):
        key = (key ^ signatures[:, at]) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    return key


def _met(keys: NDArray[np.uint64]) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield pairs of numbers, the smaller one first, whose keys are equal."""
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    begins = np.ones(len(keys), dtype=np.bool_)
    begins[1:] = ranked[1:] != ranked[:-1]
    start = np.maximum.accumulate(np.where(begins, np.arange(len(keys)), 0))
    place = np.arange(len(keys)) - start
    for step in range(NEIGHBOURS):
        at = np.nonzero(place > step)[0]
        yield order[start[at] + step], order[at]
        at = np.nonzero(place > NEIGHBOURS + step)[0]
        yield order[at - step - 1], order[at]


def _similarity(signatures: Signatures, one: Numbers, other: Numbers) -> NDArray[np.float32]:
    found = np.empty(len(one), dtype=np.float32)
    for at in range(0, len(one), _AT_ONCE):
        part = slice(at, at + _AT_ONCE)
        found[part] = (signatures[one[part]] == signatures[other[part]]).mean(axis=1, dtype=np.float32)
    return found


def _members(texts: int, one: Numbers, other: Numbers) -> Numbers:
    """Return the numbers of the texts that are in pairs, in order."""
    is_member = np.zeros(texts, dtype=np.bool_)
    is_member[one] = True
    is_member[other] = True
    return np.nonzero(is_member)[0]


def _leaders(texts: int, one: Numbers, other: Numbers) -> Numbers:
    """Return for each text the smallest number that pairs connect it with."""
    leader = np.arange(texts, dtype=np.int64)
    while True:
        smallest = np.minimum(leader[one], leader[other])
        if np.array_equal(leader[one], leader[other]):
            return leader
        for side in (one, other):
            np.minimum.at(leader, leader[side], smallest)
        while not np.array_equal(leader, leader[leader]):
            leader = leader[leader]
