"""Which benchmark a message was taken from: how much of a benchmark's item stands in it, in runs of words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from export.marks.prompt_file import prompts
from export.marks.words import digest, normalised, words

RUN = 8
"""Words in a row. Items that are shorter count only where a message says just the same."""
ENOUGH = 0.5
"""Of an item's runs: whoever quotes half a question has seen it."""

_Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Overlap:
    """The benchmark of which a message holds most."""

    benchmark: str
    share: float


class BenchmarkIndex:
    """The runs of words of all items of some benchmarks: some 12 bytes a word of theirs. Only read once it is built."""

    def __init__(self, benchmarks: Mapping[str, Iterable[str]]) -> None:
        self._names: list[str] = []
        self._benchmark: list[int] = []
        self._whole: dict[int, int] = {}
        lengths: list[int] = []
        found: list[_Hashes] = []
        for name, items in sorted(benchmarks.items()):
            self._names.append(name)
            for item in items:
                self._whole.setdefault(digest(normalised(item)), len(self._names) - 1)
                runs = np.unique(_runs(words(item)))
                if len(runs):
                    self._benchmark.append(len(self._names) - 1)
                    lengths.append(len(runs))
                    found.append(runs)
        self._lengths = np.array(lengths, dtype=np.int32)
        runs = np.concatenate(found) if found else np.empty(0, dtype=np.uint64)
        order = np.argsort(runs, kind="stable")
        self._runs = runs[order]
        self._items = np.repeat(np.arange(len(lengths), dtype=np.int32), self._lengths)[order]

    def overlap(self, messages: Sequence[str]) -> Overlap | None:
        """Return the benchmark with the item of which a message holds most, if that is enough."""
        found = [overlap for message in messages if (overlap := self._overlap(message)) is not None]
        return max(found, key=lambda overlap: overlap.share, default=None)

    def _overlap(self, message: str) -> Overlap | None:
        same = self._whole.get(digest(normalised(message)))
        if same is not None:
            return Overlap(self._names[same], 1.0)
        runs = np.unique(_runs(words(message)))
        first = np.searchsorted(self._runs, runs, side="left")
        last = np.searchsorted(self._runs, runs, side="right")
        hit = np.nonzero(last > first)[0]
        if not len(hit):
            return None
        items = np.concatenate([self._items[first[at] : last[at]] for at in hit])
        touched, counts = np.unique(items, return_counts=True)
        shares = counts / self._lengths[touched]
        best = int(np.argmax(shares))
        if shares[best] < ENOUGH:
            return None
        return Overlap(self._names[self._benchmark[touched[best]]], float(np.float32(shares[best])))


def benchmark_index(files: Iterable[Path]) -> BenchmarkIndex:
    """Read benchmarks, each named after its file.

    Raises:
        SetupError: A file cannot be read, or holds no prompts.
    """
    return BenchmarkIndex({path.stem: list(prompts(path)) for path in files})


@lru_cache(maxsize=65_536)
def _word_hash(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))


def _runs(said: Sequence[str]) -> _Hashes:
    """Hash every run of `RUN` words: a polynomial of the words' hashes, mixed."""
    if len(said) < RUN:
        return np.empty(0, dtype=np.uint64)
    hashes = np.fromiter((_word_hash(word) for word in said), dtype=np.uint64, count=len(said))
    runs = np.zeros(len(said) - RUN + 1, dtype=np.uint64)
    for at in range(RUN):
        runs = runs * np.uint64(0x9E3779B97F4A7C15) + hashes[at : at + len(runs)] + np.uint64(1)
    runs ^= runs >> np.uint64(32)
    return runs * np.uint64(0xD6E8FEB86659FD93)
