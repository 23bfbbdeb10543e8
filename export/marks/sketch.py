"""What is kept of a conversation to compare it with a million others: hashes, no words."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from rensa import RMinHash  # pyright: ignore[reportAttributeAccessIssue]

from export.marks.benchmarks import BenchmarkIndex, Overlap
from export.marks.words import digest, lowered, small_words, unmarked, words

PERMUTATIONS = 128
SEED = 42
FEWEST_WORDS = 5
"""Different ones; what has fewer is near nothing: one other word makes another question of it."""

_SIGNATURE = pa.binary(2 * PERMUTATIONS)
SKETCH_SCHEMA = pa.schema(
    [
        ("ledger_id", pa.string()),
        ("opened_at", pa.float64()),
        ("whole", pa.int64()),
        ("prompt", pa.int64()),
        ("signature", _SIGNATURE),
        ("benchmark", pa.string()),
        ("benchmark_share", pa.float32()),
    ]
)
"""One row a conversation or battle. `opened_at` orders the ledger; it reaches no file of a release."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """A conversation's hashes, under 300 bytes."""

    whole: int
    """Of all its messages."""
    prompt: int
    """Of its first message."""
    signature: bytes | None
    """MinHash of the first message's words, the lower 16 bits of each value; None where there are too few words."""
    overlap: Overlap | None = None
    """With which benchmark a visitor's message overlaps most."""

    def columns(self, ledger_id: str, opened_at: float) -> dict[str, object]:
        """Return the row that `SKETCH_SCHEMA` describes."""
        return {
            "ledger_id": ledger_id,
            "opened_at": opened_at,
            "whole": self.whole,
            "prompt": self.prompt,
            "signature": self.signature,
            "benchmark": self.overlap.benchmark if self.overlap else None,
            "benchmark_share": self.overlap.share if self.overlap else None,
        }


def sketch(texts: Sequence[str], benchmarks: BenchmarkIndex | None = None, answers: int = 1) -> Sketch:
    """Sketch a conversation's messages as they are released: a user's message, then its `answers`, and so on.

    A battle is one text after another as well: a message and the two answers to it, with `answers=2`.
    """
    said = texts[:: answers + 1]
    small = [lowered(text) for text in texts]
    plain = [unmarked(each) for each in small]
    return Sketch(
        whole=digest("\0".join(plain)),
        prompt=digest(plain[0] if plain else ""),
        signature=_signature(small_words(small[0])) if small else None,
        overlap=benchmarks.overlap(said) if benchmarks is not None else None,
    )


def signature(text: str) -> bytes | None:
    """Return the MinHash of a text's words, or None if it has too few different ones."""
    return _signature(words(text))


def _signature(said: Iterable[str]) -> bytes | None:
    found = set(said)
    if len(found) < FEWEST_WORDS:
        return None
    minimum = RMinHash(PERMUTATIONS, SEED)
    minimum.update(found)
    return np.array(array("I", minimum.digest())).astype("<u2").tobytes()


def similarity(one: bytes, other: bytes) -> float:
    """Estimate from two signatures which share of the words of either text is in both."""
    return float(np.mean(np.frombuffer(one, "<u2") == np.frombuffer(other, "<u2")))
