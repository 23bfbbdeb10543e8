"""What is known of a million words, each kept as a few bits: how often it is written small, what thing it names."""

import lzma
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from zlib import crc32

from export.names.sections import DATA

VOCABULARY = DATA / "vocabulary.bin.xz"
BITS = 28
"""Of a word's checksum are kept: one unknown word in three hundred passes for a known one."""
THINGS = DATA / "things.bin.xz"
PLACE, TOWN, THING, FIGURE = 1, 2, 4, 8
"""What a word in `THINGS` names: a large place, a small one, something else, somebody who lived long ago."""

IN_SIGNS = 2 << 2
"""What is said of Chinese and Japanese words: other languages than English have them now and then."""


class Marks:
    """Knows four bits of each word, by the word in small letters.

    In `VOCABULARY` they are how often English writes it small, and above that (times four) how often any other
    language does: 0 never, 1 seldom, 2 now and then, 3 often.
    """

    def __init__(self, marks: "array[int]") -> None:
        self._marks = marks

    def of(self, low: str) -> int:
        """Return a word's bits, 0 if it is unknown."""
        key = fingerprint(low) << 4
        index = bisect_left(self._marks, key)
        if index == len(self._marks) or self._marks[index] >= key + 16:
            return 0
        return self._marks[index] - key


def fingerprint(low: str) -> int:
    """Return what is kept of a word."""
    return crc32(low.encode()) >> (32 - BITS)


def read(path: Path) -> Marks:
    """Read what `write` wrote."""
    packed = lzma.decompress(path.read_bytes())
    count = len(packed) // 3
    bits, low, high = packed[:count], packed[count : 2 * count], packed[2 * count :]
    keys = accumulate(small | great << 8 for small, great in zip(low, high, strict=True))
    return Marks(array("I", (key << 4 | known for key, known in zip(keys, bits, strict=True))))


def write(bits: Mapping[str, int], path: Path) -> None:
    """Write words with their bits: the steps between the sorted fingerprints, byte by byte."""
    kept: dict[int, int] = {}
    for word, known in bits.items():
        kept[fingerprint(word)] = kept.get(fingerprint(word), 0) | known
    made: list[tuple[int, int]] = []
    last = 0
    for key in sorted(kept):
        while key - last > 0xFFFF:  # a step too long for two bytes: a mark that says nothing lies between
            last += 0xFFFF
            made.append((0xFFFF, 0))
        made.append((key - last, kept[key]))
        last = key
    packed = bytes(known for _, known in made) + bytes(step & 255 for step, _ in made)
    path.write_bytes(lzma.compress(packed + bytes(step >> 8 for step, _ in made), preset=9))
