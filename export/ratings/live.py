"""Counts that are kept while votes come in: each vote is counted once, and a board costs the same after any number."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from arena.battle import Outcome
from export.ratings.counts import A_WON, B_WON, TIED, WINNERS, NewCodes, PairCounts
from export.ratings.scale import Integers

OVERALL = "overall"
LATE_SECONDS = 60.0
"""A vote gets its id before it is committed: it may become visible so long after later ones."""

_DAY = 86_400


class LiveVote(NamedTuple):
    """A vote that counts."""

    id: str
    """Ordered by time: its first 48 bits are milliseconds since 1970."""
    model_a: str
    model_b: str
    outcome: Outcome

    @property
    def time(self) -> float:
        """When it was cast, in unix seconds."""
        return int(self.id[:12], 16) / 1000


CategoriesOf = Callable[[LiveVote], Iterable[str]]


def everything(_: LiveVote) -> Sequence[str]:
    """Put every vote into the one category of all votes."""
    return (OVERALL,)


@dataclass(slots=True)
class _Table:
    """How often model a met model b with each outcome, by codes; grows with the models."""

    cells: Integers = field(default_factory=lambda: np.zeros((0, 0, 3), np.int64))

    def add(self, a: int, b: int, winner: int) -> None:
        size = len(self.cells)
        if max(a, b) >= size:
            grown = np.zeros((2 * max(a, b) + 1, 2 * max(a, b) + 1, 3), np.int64)
            grown[:size, :size] = self.cells
            self.cells = grown
        self.cells[a, b, winner] += 1

    def ordered(self, order: Integers) -> Integers:
        """Return the table of some models, in their order."""
        whole = np.zeros((len(order), len(order), 3), np.int64)
        known = np.flatnonzero(order < len(self.cells))
        whole[np.ix_(known, known)] = self.cells[np.ix_(order[known], order[known])]
        return whole


class LiveCounts:
    """Pair counts per category, in all and by day."""

    def __init__(self, categories_of: CategoriesOf = everything) -> None:
        self._categories_of = categories_of
        self._codes = NewCodes()
        self._tables: dict[str, _Table] = {}
        self._days: dict[tuple[str, int], Counter[tuple[str, str, int]]] = {}
        self._lately: dict[str, float] = {}
        """The ids of the last minute, with their times: they are read again, and must not be counted again."""
        self.newest = 0.0
        """The time of the newest vote."""
        self.votes = 0

    @property
    def read_from(self) -> str:
        """Return the id after which votes may be new."""
        return f"{max(int((self.newest - LATE_SECONDS) * 1000), 0):012x}" if self.votes else ""

    def add(self, votes: Iterable[LiveVote]) -> int:
        """Count those votes that were not counted yet. Return how many these were."""
        before = self.votes
        for vote in votes:
            if vote.id not in self._lately:
                self._add(vote)
        self._lately = {each: at for each, at in self._lately.items() if at >= self.newest - LATE_SECONDS - 1}
        return self.votes - before

    def _add(self, vote: LiveVote) -> None:
        winner, time = WINNERS[vote.outcome], vote.time
        for category in self._categories_of(vote):
            table = self._tables.setdefault(category, _Table())
            table.add(self._codes[vote.model_a], self._codes[vote.model_b], winner)
            self._days.setdefault((category, int(time // _DAY)), Counter())[vote.model_a, vote.model_b, winner] += 1
        self._lately[vote.id] = time
        self.newest = max(self.newest, time)
        self.votes += 1

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the categories that have votes."""
        return tuple(sorted(self._tables))

    def of_days(self, category: str, first: int, last: int) -> Counter[tuple[str, str, int]]:
        """Add up the days from `first` to `last`, counted from 1970: by model a, model b and winner."""
        days = (day for name, day in self._days if name == category and first <= day <= last)
        return sum((self._days[category, day] for day in days), Counter())

    def counts(self, category: str = OVERALL, known: Iterable[str] = ()) -> PairCounts:
        """Return a category's pairs; `known` are models to list even if they met nobody."""
        names = sorted({*self._codes, *known})
        order = np.array([self._codes.get(name, np.iinfo(np.int64).max) for name in names], np.int64)
        cells = self._tables.get(category, _Table()).ordered(order)
        own = np.einsum("iik->", cells)
        won, lost, tied = (cells[:, :, winner] for winner in (A_WON, B_WON, TIED))
        wins, ties = np.triu(won + lost.T, 1), np.triu(tied + tied.T, 1)
        losses = np.triu(lost + won.T, 1)
        first, second = np.nonzero(wins + losses + ties)
        figures = (each[first, second].astype(np.float64) for each in (wins, losses, ties))
        return PairCounts(tuple(names), first, second, *figures, self_battles=int(own))
