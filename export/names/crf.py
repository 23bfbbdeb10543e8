"""How likely each word of a row is part of a name, by a conditional random field that crfsuite has trained.

It says what crfsuite's own tagger does, in less than half the time: what a word adds by itself, or two and three kinds
together, is added up once, as words and kinds come again and again.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import exp
from typing import NamedTuple

from export.names.features import (
    EDGE,
    Look,
    Looker,
    of_counts,
    of_heads,
    of_kinds,
    of_single,
    of_start,
    seen_from,
    spots,
)
from export.names.kept import Kept

LABELS = ("O", "B", "I")
"""No part of a name, its first word, a further one."""
_OFF = 28
"""Bytes into crfsuite's file to where its parts begin: weights, labels, features' names."""


class Weighed(NamedTuple):
    """A word, and what it adds to itself and to the words around.

    What is added is a complex number, so that two are added at once: by how much more it speaks for `B` than for `O`,
    and for `I` than for `O`.
    """

    look: Look
    own: complex
    to_next: complex
    to_second: complex
    to_third: complex
    to_last: complex
    to_second_last: complex


class Steps(NamedTuple):
    """How much more likely than `O` after `O` each label is after each other: `bi` is `I` after `B`."""

    ob: float
    oi: float
    bo: float
    bb: float
    bi: float
    io: float
    ib: float
    ii: float


class Field:
    """The model and what it has been asked."""

    def __init__(self, model: bytes, looker: Looker) -> None:
        self._weights, self._steps = read(model)
        self._edge = self._of(EDGE)
        self._words = Kept[str, Weighed](lambda word: self._of(looker.look_at(word)))
        self._kinds = Kept[tuple[str, str, str, bool], complex](lambda asked: self._sum(of_kinds(*asked)))
        self._counts = Kept[tuple[str, int, bool], complex](self._of_counts)

    def shares(self, words: Sequence[str], starts: Sequence[bool]) -> list[float]:
        """Return for each word of a row how likely it is part of a name; `starts` says which begin a sentence."""
        edge, known = self._edge, self._words
        row = [edge, edge, edge, *[known[word] for word in words], edge, edge]
        looks, *added = zip(*row, strict=True)
        found = _likely(self._scores(looks[3:-2], starts, added), self._steps)
        return [0.0 if look.kind == "punct" else share for look, share in zip(looks[3:], found, strict=False)]

    def _scores(
        self, looks: Sequence[Look], starts: Sequence[bool], added: Sequence[Sequence[complex]]
    ) -> list[complex]:
        """Return what speaks for each word."""
        own, to_next, to_second, to_third, to_last, to_second_last = added
        near = map(sum, zip(own[3:-2], to_next[2:-3], to_last[4:-1], strict=True))
        far = map(sum, zip(to_second[1:-4], to_third[:-5], to_second_last[5:], strict=True))
        weight, by_kinds, by_counts = self._weights.get, self._kinds, self._counts
        found: list[complex] = []
        for spot, nearer, farther in zip(spots(looks, starts), near, far, strict=True):
            _, _, last, look, after, _, before, behind, beside, counted, left, right, begins = spot
            score = nearer + weight(beside, 0j)
            if (kind := look.kind) != "punct":
                score += farther + weight(before, 0j) + weight(behind, 0j)
                score += by_kinds[last.kind, kind, after.kind, look.is_single] + by_counts[kind, counted, begins]
                if look.is_single:
                    score += weight(of_single(last, look), 0j)
                if look.capital:
                    score += self._sum(of_heads(left, right))
            found.append(score)
        return found

    def _of(self, look: Look) -> Weighed:
        beside = [self._sum(seen_from(look, steps)) for steps in (-1, -2, -3, 1, 2)]
        return Weighed(replace(look, own=()), self._sum(look.own), *beside)

    def _of_counts(self, asked: tuple[str, int, bool]) -> complex:
        kind, counted, begins = asked
        return self._sum(of_counts(kind, counted)) + (self._sum(of_start(kind)) if begins else 0j)

    def _sum(self, names: Iterable[str]) -> complex:
        return sum(filter(None, map(self._weights.get, names)), 0j)


def _likely(scores: Sequence[complex], steps: Steps) -> list[float]:
    """Return how likely each word has another label than `O`: of all labellings, those before it and those after it.

    Both sums are kept as shares of what they are for `O`.
    """
    ob, oi, bo, bb, bi, io, ib, ii = steps
    odds = [(exp(score.real), exp(score.imag)) for score in scores]
    before = [odds[0]] if odds else []
    for b, i in odds[1:]:
        last_b, last_i = before[-1]
        o = 1 + last_b * bo + last_i * io
        before.append(((ob + last_b * bb + last_i * ib) * b / o, (oi + last_b * bi + last_i * ii) * i / o))
    found: list[float] = []
    after_b = after_i = 1.0
    for (b, i), (before_b, before_i) in zip(reversed(odds), reversed(before), strict=True):
        named = before_b * after_b + before_i * after_i
        found.append(named / (1 + named))
        next_b, next_i = b * after_b, i * after_i
        o = 1 + ob * next_b + oi * next_i
        after_b, after_i = (bo + bb * next_b + bi * next_i) / o, (io + ib * next_b + ii * next_i) / o
    found.reverse()
    return found


def read(model: bytes) -> tuple[dict[str, complex], Steps]:
    """Read crfsuite's file: what each feature adds, and how labels follow each other.

    A feature of the file is four numbers: whether it is of two labels, what it is of, the label, the weight.
    """
    at, labels_at, names_at = struct.unpack_from("<3I", model, _OFF)
    labels, names = [_strings(model, each) for each in (labels_at, names_at)]
    (count,) = struct.unpack_from("<I", model, at + 8)
    found = [[0.0] * len(LABELS) for _ in names]
    steps = {(before, label): 0.0 for before in LABELS for label in LABELS}
    place = [LABELS.index(label) for label in labels]
    for is_step, source, label, weight in struct.iter_unpack("<IIId", model[at + 12 : at + 12 + 20 * count]):
        if is_step:
            steps[labels[source], labels[label]] = weight
        else:
            found[source][place[label]] = weight
    same: dict[complex, complex] = {}
    added = [complex(b - o, i - o) for o, b, i in found]
    likely = {pair: exp(weight - steps["O", "O"]) for pair, weight in steps.items()}
    return (
        {name: same.setdefault(each, each) for name, each in zip(names, added, strict=True)},
        Steps(*(likely[pair] for pair in likely if pair != ("O", "O"))),
    )


def _strings(model: bytes, start: int) -> list[str]:
    """Return the strings of a part of the file, by their numbers."""
    count, table = struct.unpack_from("<2I", model, start + 16)
    found: list[str] = []
    for place in struct.unpack_from(f"<{count}I", model, start + table):
        _, size = struct.unpack_from("<2I", model, start + place)
        found.append(model[start + place + 8 : start + place + 7 + size].decode())
    return found
