"""How much the letters of a word look like a name's: `Eftimie` more than `Quarkus`, whatever the lists know."""

import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from zlib import crc32

from export.names.sections import DATA

WEIGHTS = DATA / "likeness.bin.xz"
SIZES = (2, 3, 4, 5)
"""Letters of the parts that are looked at."""
PLACES = 1 << 16
"""For weights: parts are told apart by their checksums."""
UNIT = 24
"""What a weight of one is written as."""
_LIMITS = (-3.0, -1.6, -0.7, 0.0, 0.7, 1.6, 3.0)
LEVELS = len(_LIMITS) + 1


def parts(low: str) -> Iterator[int]:
    """Yield the places of the weights of a word's parts."""
    framed = f"^{low}$"
    for size in SIZES:
        for start in range(len(framed) - size + 1):
            yield crc32(framed[start : start + size].encode()) & PLACES - 1


def level(log_odds: float) -> int:
    """Return log-odds as one of a few levels, the highest for what is most like a name."""
    return sum(log_odds > limit for limit in _LIMITS)


class Liking(Protocol):
    """Tells how much words look like names."""

    def level(self, low: str) -> int:
        """Return it for a word in small letters, from 0 to `LEVELS` - 1."""
        ...


class Likeness:
    """Knows how much each part of a word speaks for a name."""

    def __init__(self, weights: bytes) -> None:
        self._weights = [each - 256 if each > 127 else each for each in weights]

    def level(self, low: str) -> int:
        """Return how much a word in small letters looks like a name, from 0 to `LEVELS` - 1."""
        weights = self._weights
        return level(sum(weights[place] for place in parts(low)) / UNIT)


def read(path: Path = WEIGHTS) -> Likeness:
    """Read the weights that `training/likeness.py` wrote."""
    return Likeness(lzma.decompress(path.read_bytes()))
