"""Decides whether a word is part of a name: what the model says, weighed with all else that is known of the word.

A logistic regression twice: first each word by itself, then with what the first said of the other words of the
conversation. Each piece of evidence has two weights: one counts as it is, one makes what the model says count more.
"""

import lzma
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from pathlib import Path

from export.names.sections import DATA

WEIGHTS = DATA / "judge.txt.xz"
CLIP = 6.5
"""Log-odds of the model beyond which it is as sure as it can be."""
LIMITS = (-4.0, -2.5, -1.0, 0.0, 1.0, 2.5)
"""Between log-odds that count as the same."""
Weights = Mapping[str, tuple[float, float]]
GROUPS = ("plain", "name", "common", "own", "thing", "place", "large", "small", "letter", "sign")
"""What a candidate may be, in few words: see `kinds.py`."""


def log_odds(share: float) -> float:
    """Return a share from 0 to 1 as log-odds, clipped."""
    if share < 0.0015 or share > 0.9985:
        return CLIP if share > 0.5 else -CLIP
    return log(share / (1 - share))


def bucket(value: float) -> int:
    """Return log-odds as one of a few levels."""
    return bisect_left(LIMITS, value)


def probability(value: float) -> float:
    """Return log-odds as a share from 0 to 1."""
    return 1 / (1 + exp(-max(-30.0, min(30.0, value))))


@dataclass(slots=True)
class Candidate:
    """A word that may be part of a name."""

    text: int
    index: int
    low: str
    odds: float
    """What the model says, as log-odds."""
    evidence: list[str]
    facts: list[str]
    """Evidence that counts otherwise in each group."""
    group: str
    is_marked: bool
    """A rule says that it is a name."""
    first: float = 0.0
    """What the first weighing says, as log-odds."""
    is_known: bool = False
    """It is a given name that everybody knows, where there is nothing against it."""


class Weighing:
    """Adds up weights."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        plain = {name: each for name, each in weights.items() if name.rpartition(" ")[2] not in GROUPS}
        self.by_group = {group: self._joined(plain, group) for group in GROUPS}

    def _joined(self, plain: Weights, group: str) -> Weights:
        joined = dict(plain)
        for name, (bias, slope) in self.weights.items():
            fact, _, ending = name.rpartition(" ")
            if ending == group and fact:
                before = plain.get(fact, (0.0, 0.0))
                joined[fact] = (before[0] + bias, before[1] + slope)
        return joined


_NOUGHT = (0.0, 0.0)
_NOTHING = (0j, 0j)
_Both = Mapping[str, tuple[complex, complex]]


def _both(first: Weights, second: Weights) -> _Both:
    """Return the weights of either weighing, so that a fact is looked up once, and its two weights added at once."""
    names = first.keys() | second.keys()
    return {name: (complex(*first.get(name, _NOUGHT)), complex(*second.get(name, _NOUGHT))) for name in names}


class Judge:
    """Weighs evidence."""

    def __init__(self, first: Weighing, second: Weighing) -> None:
        self.first, self.second = first, second
        self._plain = _both(first.weights, second.weights)
        self._by_group = {group: _both(first.by_group[group], second.by_group[group]) for group in GROUPS}

    def judged(self, candidates: Sequence[Candidate]) -> list[float]:
        """Return for each candidate of a conversation how likely it is part of a name."""
        again: list[complex] = []
        for each in candidates:
            each.first, second = self._weighed(each)
            again.append(second)
        beside = context(candidates)
        return [
            probability(self._second(each, so_far, more))
            for each, so_far, more in zip(candidates, again, beside, strict=True)
        ]

    def _second(self, each: Candidate, so_far: complex, more: Sequence[str]) -> float:
        """Return what the second makes of a candidate, as log-odds."""
        total, slope = so_far.real, so_far.imag
        weights = self.second.by_group[each.group]
        for fact in more:
            if found := weights.get(fact):
                total += found[0]
                slope += found[1]
        return total + slope * each.odds

    def _weighed(self, each: Candidate) -> tuple[float, complex]:
        """Return what the first makes of a candidate, as log-odds, and what the second does so far: sum and slope."""
        found = [_NOTHING, *filter(None, map(self._plain.get, each.evidence))]
        found += filter(None, map(self._by_group[each.group].get, each.facts))
        by_first, by_second = zip(*found, strict=True)
        first = sum(by_first, 0j)
        return first.real + first.imag * each.odds, sum(by_second, 0j)


FAR = 4
"""Words from which on another name is another one."""


def context(candidates: Sequence[Candidate]) -> list[list[str]]:
    """Return facts for each: what the first weighing says of other words, of the same word, of those beside."""
    sure = [CLIP if each.is_marked else each.first for each in candidates]
    best: dict[str, list[tuple[float, int]]] = {}
    for place, each in enumerate(candidates):
        best.setdefault(each.low, []).append((sure[place], place))
    ordered = sorted(range(len(candidates)), key=lambda place: -sure[place])
    likely = {candidates[place].low for place in ordered if sure[place] > 0}
    first = _first_of_each(ordered, candidates)
    surest = {low: sorted(alike, reverse=True)[:2] for low, alike in best.items()}
    count = len(likely)
    found: list[list[str]] = []
    for place, each in enumerate(candidates):
        low, alike = each.low, surest[each.low]
        same = "" if len(alike) == 1 else bucket(alike[alike[0][1] == place][0])
        near = [sure[at] for at in (place - 1, place + 1) if 0 <= at < len(sure) and _is_beside(candidates[at], each)]
        found.append(
            [
                f"other{bucket(_other(each, first, candidates, sure))}",
                f"count{min(count - (low in likely), 3)}",
                f"same{same}",
                f"near{bucket(max(near)) if near else ''}",
            ]
        )
    return found


def _first_of_each(ordered: Sequence[int], candidates: Sequence[Candidate]) -> list[int]:
    """Return of each word the surest few: one of them at least is not near any other word, as no more fit beside it."""
    seen: Counter[str] = Counter()
    found: list[int] = []
    for place in ordered:
        low = candidates[place].low
        if seen[low] < 2 * FAR:
            seen[low] += 1
            found.append(place)
    return found


def _other(each: Candidate, ordered: Sequence[int], candidates: Sequence[Candidate], sure: Sequence[float]) -> float:
    """Return what is said of the surest other word that is not part of the same name."""
    low, text, index = each.low, each.text, each.index
    for at in ordered:
        one = candidates[at]
        if one.low != low and (one.text != text or abs(one.index - index) >= FAR):
            return sure[at]
    return -CLIP


def _is_beside(one: Candidate, other: Candidate) -> bool:
    return abs(one.index - other.index) == 1 and one.text == other.text


def read(path: Path = WEIGHTS) -> Judge:
    """Read what `write` wrote."""
    parts: list[dict[str, tuple[float, float]]] = [{}, {}]
    for line in lzma.decompress(path.read_bytes()).decode().splitlines():
        which, bias, slope, name = line.split(" ", 3)
        parts[int(which)][name] = (float(bias), float(slope))
    return Judge(*map(Weighing, parts))


def write(judge: Judge, path: Path = WEIGHTS) -> None:
    """Write the weights that are not nought, sorted."""
    found = [
        f"{which} {bias:.3f} {slope:.3f} {name}\n"
        for which, weights in enumerate((judge.first.weights, judge.second.weights))
        for name, (bias, slope) in sorted(weights.items())
        if abs(bias) > 0.0005 or abs(slope) > 0.0005
    ]
    path.write_bytes(lzma.compress("".join(found).encode(), preset=9))
