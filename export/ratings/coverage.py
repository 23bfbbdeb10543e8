"""How well the pairs of models are covered by battles."""

from bisect import bisect_right

GROUPS = (("none", 0), ("1–9", 1), ("10–29", 10), ("30–99", 30), ("100–299", 100), ("300 or more", 300))
"""Pairs by how often they met: a name, and the smallest number that belongs."""
_STARTS = [start for _, start in GROUPS]


def group_of(battles: int) -> int:
    """Return the place in `GROUPS` of a pair with so many battles."""
    return bisect_right(_STARTS, battles) - 1
