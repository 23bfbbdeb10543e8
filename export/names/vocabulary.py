"""What is known of a million words, each kept as a few bits: how often it is written small, what thing it names."""

import lzma
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from zlib import crc32

from export.names.sections import DATA

VOCABULARY = DATA / "vocabulary.bin.xz"
BITS = 28
"""Of a word's checksum are kept: one unknown word in three hundred passes for a known one."""
THINGS = DATA / "things.bin.xz"
TONGUES = DATA / "tongues.bin.xz"
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
        self.count = len(marks)

    def of(self, low: str) -> int:
        """Return a word's bits, 0 if it is unknown."""
        index = self.place(low)
        return self._marks[index] & 15 if index >= 0 else 0

    def place(self, low: str) -> int:
        """Return which of the words it is, -1 if it is unknown."""
        key = fingerprint(low) << 4
        index = bisect_left(self._marks, key)
        return index if index < len(self._marks) and self._marks[index] < key + 16 else -1


class Tongues:
    """Knows in which languages a word of `VOCABULARY` is written small: one bit for each, by the word's place."""

    def __init__(self, path: Path) -> None:
        packed = lzma.decompress(path.read_bytes())
        head, _, codes = packed.partition(b"\n")
        sets = [frozenset(each.split("+")) for each in head.decode().split()]
        self.languages = sorted(set[str]().union(*sets))
        """What the bits stand for, the lowest first."""
        self._masks = [0, *(self.bits(each) for each in sets)]
        count = len(codes) // 2
        self._codes = array("H", (low | high << 8 for low, high in zip(codes[:count], codes[count:], strict=True)))

    def bits(self, languages: Iterable[str]) -> int:
        """Return the bits of some languages; those that are unknown have none."""
        return sum(1 << self.languages.index(each) for each in set(languages) if each in self.languages)

    def at(self, place: int) -> int:
        """Return the languages of the word at a place, 0 for none and where that is not known."""
        return self._masks[self._codes[place]] if place >= 0 else 0


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


def write_tongues(spoken_in: Mapping[str, Sequence[str]], marks: Marks, path: Path) -> None:
    """Write in which languages the words of a vocabulary are: the sets of them, then which of these each word has."""
    found: dict[int, frozenset[str]] = {}
    for word in sorted(word for word, languages in spoken_in.items() if languages):
        place = marks.place(word)
        found[place] = found.get(place, frozenset()) | frozenset(spoken_in[word])
    counted = Counter("+".join(sorted(each)) for each in found.values())
    names = sorted(counted, key=lambda name: (-counted[name], name))
    code = {name: number for number, name in enumerate(names, 1)}
    codes = [code["+".join(sorted(found[place]))] if place in found else 0 for place in range(marks.count)]
    packed = bytes(each & 255 for each in codes) + bytes(each >> 8 for each in codes)
    path.write_bytes(lzma.compress(" ".join(names).encode() + b"\n" + packed, preset=9))


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
