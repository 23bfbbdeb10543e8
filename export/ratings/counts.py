"""Votes, counted: how often each unordered pair of models met, and how that ended. Ratings need no more of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from arena.battle import Outcome
from arena.errors import UnknownOutcome
from export.ratings.name_codes import name_codes
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
_DENSE_CELLS = 4_000_000
"""Up to so many cells are counted in one table (32 MB); above, by sorting."""


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
    squares: Floats | None = None
    """Of weighted battles, the summed squares of the weights of wins, losses and ties; None if each weighs one."""

    @property
    def battles(self) -> Floats:
        """How often each pair met."""
        return self.wins + self.losses + self.ties

    @property
    def squared(self) -> Floats:
        """Return the summed squares of the weights of wins, losses and ties."""
        return np.stack([self.wins, self.losses, self.ties]) if self.squares is None else self.squares

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
        if kept.all():
            return replace(self, self_battles=0)
        position = np.cumsum(kept) - 1
        both = kept[self.first] & kept[self.second]
        return PairCounts(
            models=tuple(name for name, keep in zip(self.models, kept, strict=True) if keep),
            first=position[self.first[both]],
            second=position[self.second[both]],
            wins=self.wins[both],
            losses=self.losses[both],
            ties=self.ties[both],
            squares=None if self.squares is None else self.squares[:, both],
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


def _winner_codes(winners: Sequence[str]) -> Codes:
    try:
        return name_codes(winners, WINNERS.__getitem__)
    except KeyError:
        row, value = next((row, value) for row, value in enumerate(winners, 1) if value not in WINNERS)
        raise UnknownOutcome(f"row {row}: the winner is {value!r}; it must be one of {', '.join(WINNERS)}") from None


def code(model_a: Sequence[str], model_b: Sequence[str], winner: Sequence[str], known: Iterable[str] = ()) -> Battles:
    """Turn names into codes. `known` are models to list even if they met nobody.

    An unknown winner is an `UnknownOutcome` that names the row; rows are counted from 1.
    """
    codes, a, b, winners = _in_order_of_appearance(model_a, model_b, winner)
    for name in known:
        codes[name]
    return in_order_of_names(codes, a, b, winners)


def _in_order_of_appearance(
    model_a: Sequence[str], model_b: Sequence[str], winner: Sequence[str]
) -> tuple[NewCodes, Codes, Codes, Codes]:
    if not len(model_a) == len(model_b) == len(winner):
        raise ValueError("model_a, model_b and winner must be equally long")
    codes = NewCodes()
    a, b = name_codes(model_a, codes.__getitem__), name_codes(model_b, codes.__getitem__)
    return codes, a, b, _winner_codes(winner)


def in_order_of_names(codes: NewCodes, a: Codes, b: Codes, winner: Codes) -> Battles:
    """Turn codes given in the order of appearance into positions among the sorted names."""
    names = sorted(codes)
    position = np.empty(len(names), np.int32)
    position[[codes[name] for name in names]] = np.arange(len(names))
    position = narrow(position, len(names))
    return Battles(tuple(names), position[a], position[b], winner.astype(np.int8, copy=False))


def _is_dense(size: int) -> bool:
    return 3 * size * size <= _DENSE_CELLS


class _Keys:
    """Numbers the cell (side a, side b, winner) of each battle, again and again in the same memory."""

    def __init__(self, battles: Battles, rows: int) -> None:
        self._battles, self._size = battles, max(len(battles.models), 1)
        self._keys, self._of_b = (np.empty(min(rows, len(battles.a)), np.int64) for _ in range(2))

    def of(self, rows: slice) -> Integers:
        """Return the numbers of some rows, until the next ones are asked for."""
        a, b, winner = (column[rows] for column in (self._battles.a, self._battles.b, self._battles.winner))
        keys, of_b = self._keys[: len(a)], self._of_b[: len(a)]
        np.multiply(a, 3 * self._size, out=keys, dtype=np.int64)
        np.multiply(b, 3, out=of_b, dtype=np.int64)
        keys += of_b
        keys += winner
        return keys


def _parts(battles: Battles, rows: int) -> Iterator[slice]:
    return (slice(start, start + rows) for start in range(0, len(battles.a), rows))


def _table(battles: Battles, size: int, weights: Floats | None = None) -> Integers | Floats:
    """Count, or weigh, how often each model met each other with each outcome."""
    cells = 3 * size * size
    table = np.zeros(cells, np.int64 if weights is None else np.float64)
    at_once = max(_ROWS_AT_ONCE, cells)
    keys = _Keys(battles, at_once)
    for rows in _parts(battles, at_once):
        table += np.bincount(keys.of(rows), None if weights is None else weights[rows], cells)
    return cast(Integers | Floats, table.reshape(size, size, 3))


def folded(models: tuple[str, ...], table: Integers | Floats) -> PairCounts:
    """Return the pairs of a table that tells how often model a met model b with each outcome, for each a and b."""
    won, lost, tied = (np.ascontiguousarray(table[:, :, winner]) for winner in (A_WON, B_WON, TIED))
    own = round(float(won.trace() + lost.trace() + tied.trace()))
    won, tied = won + lost.T, tied + tied.T
    first, second = np.nonzero(np.triu(won + won.T + tied, 1))
    figures = (each[first, second].astype(np.float64) for each in (won, won.T, tied))
    return PairCounts(models, first, second, *figures, self_battles=own)


def _cells(battles: Battles, weights: Floats | None) -> tuple[Integers, Integers | Floats]:
    """Return which cells occur, and how often; one may be returned more than once."""
    keys, often = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    numbers = _Keys(battles, _ROWS_SORTED)
    for rows in _parts(battles, _ROWS_SORTED):
        cells, row, times = np.unique(numbers.of(rows), return_inverse=True, return_counts=True)
        keys.append(cells)
        often.append(times if weights is None else np.bincount(row, weights[rows]))
    return np.concatenate(keys), np.concatenate(often)


def _sorted_out(battles: Battles, size: int, weights: Floats | None) -> PairCounts:
    """Count by sorting, in memory for the pairs that met."""
    cells, often = _cells(battles, weights)
    a, b, winner = cells // 3 // size, cells // 3 % size, cells % 3
    met = a != b
    winner = np.where(winner == TIED, TIED, winner ^ (a > b))[met]
    pairs, row = np.unique((np.minimum(a, b) * size + np.maximum(a, b))[met], return_inverse=True)
    table = np.zeros((3, len(pairs)))
    np.add.at(table, (winner, row), often[met])
    own = round(float(often[~met].sum()))
    return PairCounts(battles.models, pairs // size, pairs % size, *table, self_battles=own)


def count(battles: Battles, weights: Floats | None = None) -> PairCounts:
    """Count battles by pair. Sides and order do not matter; battles of a model with itself are only counted.

    With weights, all above 0, the figures are sums of weights, and `squares` sums of their squares.
    """
    size = max(len(battles.models), 1)

    def summed(of_each: Floats | None) -> PairCounts:
        if _is_dense(size):
            return folded(battles.models, _table(battles, size, of_each))
        return _sorted_out(battles, size, of_each)

    if weights is None:
        return summed(None)
    squares = summed(weights**2)
    return replace(summed(weights), squares=np.stack([squares.wins, squares.losses, squares.ties]))


def count_votes(
    model_a: Sequence[str], model_b: Sequence[str], winner: Sequence[str], known: Iterable[str] = ()
) -> PairCounts:
    """Count votes given by name: what `count` makes of `code`, without putting every row in the order of names."""
    codes, a, b, winners = _in_order_of_appearance(model_a, model_b, winner)
    for name in known:
        codes[name]
    names, size = sorted(codes), max(len(codes), 1)
    if not names or not _is_dense(size):
        return count(in_order_of_names(codes, a, b, winners))
    order = np.array([codes[name] for name in names], np.int64)
    table = _table(Battles(tuple(codes), a, b, winners), size)
    return folded(tuple(names), table.take(order, axis=0).take(order, axis=1))
