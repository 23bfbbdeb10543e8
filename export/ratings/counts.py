"""Votes, counted: how often each unordered pair of models met, and how that ended. Ratings need no more of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from arena.battle import Outcome
from arena.errors import UnknownOutcome
from export.ratings.scale import Codes, Flags, Floats, Integers, narrow

A_WON, B_WON, TIED = 0, 1, 2

WINNERS: dict[str, int] = {
    Outcome.MODEL_A.value: A_WON,
    Outcome.MODEL_B.value: B_WON,
    Outcome.TIE.value: TIED,
    Outcome.BOTH_BAD.value: TIED,
    "tie (bothbad)": TIED,
}
"""What a `winner` may be, in the ledger and in published data. Both bad is a tie: half a win for each side."""

_ROWS_AT_ONCE = 250_000
_ROWS_SORTED = 2_000_000
_DENSE_CELLS = 16_000_000
"""Up to so many cells are counted in one table (128 MB); above, by sorting."""


@dataclass(frozen=True, eq=False, slots=True)
class Battles:
    """Battles one by one, in integer codes: positions in `models`, and A_WON, B_WON or TIED."""

    models: tuple[str, ...]
    """Sorted."""
    a: Codes
    b: Codes
    winner: Codes

    def among(self, models: Sequence[str]) -> "tuple[Battles, Flags]":
        """Return the battles between different ones of some models, in their codes; and which rows these are."""
        if tuple(models) == self.models and not (self.a == self.b).any():
            return self, np.ones(len(self.a), np.bool_)
        code_of = {name: code for code, name in enumerate(models)}
        codes = narrow(np.array([code_of.get(name, -1) for name in self.models], np.int64), len(models))
        a, b = codes[self.a], codes[self.b]
        kept = (a >= 0) & (b >= 0) & (a != b)
        return Battles(tuple(models), a[kept], b[kept], self.winner[kept]), kept

    @property
    def score(self) -> Floats:
        """What side a made of each battle: 1, 0, or a half for a tie."""
        return np.array([1.0, 0.0, 0.5])[self.winner]


@dataclass(frozen=True, eq=False, slots=True)
class PairCounts:
    """Each pair that met, once: `first < second` are positions in `models`; wins and losses are `first`'s."""

    models: tuple[str, ...]
    """Sorted; also those that met nobody."""
    first: Integers
    second: Integers
    wins: Floats
    losses: Floats
    ties: Floats
    self_battles: int = 0
    """Battles of a model with itself: left out of everything else here."""

    @property
    def battles(self) -> Floats:
        """How often each pair met."""
        return self.wins + self.losses + self.ties

    @property
    def total(self) -> int:
        """How many battles are counted."""
        return round(float(self.battles.sum()))

    def per_model(self, of_first: Floats, of_second: Floats) -> Floats:
        """Sum a figure of the pairs for each model: its share as first, and as second."""
        size = len(self.models)
        shares = np.bincount(self.first, of_first, size) + np.bincount(self.second, of_second, size)
        return shares.astype(np.float64, copy=False)

    def among(self, kept: Flags) -> "PairCounts":
        """Return the battles among some of the models only."""
        position = np.cumsum(kept) - 1
        both = kept[self.first] & kept[self.second]
        return PairCounts(
            models=tuple(name for name, keep in zip(self.models, kept, strict=True) if keep),
            first=position[self.first[both]],
            second=position[self.second[both]],
            wins=self.wins[both],
            losses=self.losses[both],
            ties=self.ties[both],
        )

    def without(self, names: Iterable[str]) -> "PairCounts":
        """Return what is left when some models, and all their battles, are left out."""
        left_out = set(names)
        return self.among(np.array([name not in left_out for name in self.models], dtype=np.bool_))


class NewCodes(dict[str, int]):
    """Gives each new name the next number."""

    def __missing__(self, name: str) -> int:
        self[name] = code = len(self)
        return code


def _winner_codes(winners: Sequence[str]) -> Integers:
    try:
        return np.fromiter(map(WINNERS.__getitem__, winners), np.int64, len(winners))
    except KeyError:
        row, value = next((row, value) for row, value in enumerate(winners, 1) if value not in WINNERS)
        raise UnknownOutcome(f"row {row}: the winner is {value!r}; it must be one of {', '.join(WINNERS)}") from None


def code(model_a: Sequence[str], model_b: Sequence[str], winner: Sequence[str], known: Iterable[str] = ()) -> Battles:
    """Turn names into codes. `known` are models to list even if they met nobody.

    An unknown winner is an `UnknownOutcome` that names the row; rows are counted from 1.
    """
    if not len(model_a) == len(model_b) == len(winner):
        raise ValueError("model_a, model_b and winner must be equally long")
    codes = NewCodes()
    a = np.fromiter(map(codes.__getitem__, model_a), np.int64, len(model_a))
    b = np.fromiter(map(codes.__getitem__, model_b), np.int64, len(model_b))
    for name in known:
        codes[name]
    return in_order_of_names(codes, a, b, _winner_codes(winner))


def in_order_of_names(codes: NewCodes, a: Codes, b: Codes, winner: Codes) -> Battles:
    """Turn codes given in the order of appearance into positions among the sorted names."""
    names = sorted(codes)
    position = np.empty(len(names), np.int32)
    position[[codes[name] for name in names]] = np.arange(len(names))
    position = narrow(position, len(names))
    return Battles(tuple(names), position[a], position[b], winner.astype(np.int8, copy=False))


def _occurring(battles: Battles, size: int) -> tuple[Integers, Integers]:
    """Return which cells (side a, side b, winner) occur, and how often; a table cell may be returned more than once."""
    is_dense = 3 * size * size <= _DENSE_CELLS
    at_once = max(_ROWS_AT_ONCE, 3 * size * size) if is_dense else _ROWS_SORTED
    table = np.zeros(3 * size * size if is_dense else 1, np.int64)
    found: list[tuple[Integers, Integers]] = []
    for start in range(0, len(battles.a), at_once):
        rows = slice(start, start + at_once)
        keys = (battles.a[rows].astype(np.int64) * size + battles.b[rows]) * 3 + battles.winner[rows]
        if is_dense:
            table += np.bincount(keys, minlength=len(table))
        else:
            found.append(np.unique(keys, return_counts=True))
    cells = np.flatnonzero(table)
    found.append((cells, table[cells]))
    keys, often = (np.concatenate(each) for each in zip(*found, strict=True))
    return keys, often


def count(battles: Battles) -> PairCounts:
    """Count battles by pair. Sides and order do not matter; battles of a model with itself are only counted."""
    size = max(len(battles.models), 1)
    cells, often = _occurring(battles, size)
    return tally(Battles(battles.models, cells // 3 // size, cells // 3 % size, cells % 3), often)


def tally(battles: Battles, often: Integers) -> PairCounts:
    """Count battles that are told together with how often each took place."""
    size = max(len(battles.models), 1)
    a, b, winner = battles.a.astype(np.int64), battles.b.astype(np.int64), battles.winner
    met = a != b
    winner = np.where(winner == TIED, TIED, winner ^ (a > b))[met]
    pairs, row = np.unique((np.minimum(a, b) * size + np.maximum(a, b))[met], return_inverse=True)
    table = np.zeros((3, len(pairs)))
    np.add.at(table, (winner, row), often[met])
    return PairCounts(
        models=battles.models,
        first=pairs // size,
        second=pairs % size,
        wins=table[A_WON],
        losses=table[B_WON],
        ties=table[TIED],
        self_battles=int(often[~met].sum()),
    )


def count_votes(
    model_a: Sequence[str], model_b: Sequence[str], winner: Sequence[str], known: Iterable[str] = ()
) -> PairCounts:
    """Count votes given by name: `code`, then `count`."""
    return count(code(model_a, model_b, winner, known))
