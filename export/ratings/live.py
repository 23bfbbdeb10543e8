"""Counts that are kept while votes come in: each vote is counted once, and a board costs the same after any number."""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from arena.battle import Outcome
from export.ratings.counts import B_WON, TIED, WINNERS, NewCodes, PairCounts
from export.ratings.scale import Floats, Integers
from logging_store.vote_reading import kind_of

OVERALL = "overall"
LATE_SECONDS = 60.0
"""A vote gets its id before it is committed, and clocks differ: it may become visible so long after later ones."""
AFTER_ALL = "g"
"""Above every vote's id: these are hexadecimal."""

_DAY = 86_400
_BITS = 24
"""Of a model's code within the code of what happened."""


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
        return time_of(self.id)

    @property
    def kind(self) -> str:
        """What it is counted by where all that counts is compared with the ledger."""
        return kind_of(self.id, self.outcome)

    @property
    def day(self) -> int:
        """The day (UTC) on which it was cast, counted from 1970."""
        return int(self.time // _DAY)


def time_of(vote_id: str) -> float:
    """Return when a vote was cast, in unix seconds."""
    return int(vote_id[:12], 16) / 1000


@dataclass(slots=True)
class _Table:
    """How often each model beat each other one, and then how often they tied (once for both), by codes."""

    cells: Floats
    own: int = 0
    """Battles of a model with itself."""
    votes: int = 0


class _Layout(NamedTuple):
    """Where each pair's numbers lie in a table, in the order of the models' names."""

    names: tuple[str, ...]
    first: Integers
    second: Integers
    won: Integers
    lost: Integers
    tied: Integers


class LiveCounts:
    """Pair counts per category, in all and by day."""

    def __init__(self) -> None:
        self._codes = NewCodes()
        self._width = 0
        """Each table has so many rows and columns: for all models, and some more."""
        self._tables: dict[str, _Table] = {}
        self._layouts: dict[tuple[int, int, frozenset[str]], _Layout] = {}
        self._days: dict[tuple[str, int], array[int]] = {}
        """What happened in a category on a day, a number for each vote."""
        self._prints = Counter[tuple[str, int]]()
        """The sums of their hashes: whatever else happened has another one, whatever the order and the codes."""
        self._lately: dict[str, LiveVote] = {}
        """Those of the last minute, and of a time that is still to come, by id: they are read again, and must not be
        counted again."""
        self._since = 0.0
        """From when on these are all."""
        self.newest = 0.0
        """The time of the newest vote."""
        self.votes = 0
        self._kinds = Counter[str]()
        self.changes = Counter[str]()
        """How often each category changed."""

    def since(self, now: float = math.inf) -> float:
        """Return the time from which on votes may be new: they may become visible so long after later ones."""
        return max(min(self.newest, now) - LATE_SECONDS, 0.0)

    def follows(self, now: float) -> bool:
        """Whether all is known that one must know to go on. It is not where the clock was set back: count anew."""
        return not self.votes or self.since(now) >= self._since

    def read_from(self, now: float = math.inf) -> str:
        """Return the id after which votes may be new."""
        return f"{int(self.since(now) * 1000):012x}" if self.votes else ""

    def reaches(self, vote_id: str) -> bool:
        """Whether votes so new are counted."""
        return time_of(vote_id) <= self.newest

    def settled(self, last: str) -> Mapping[str, int]:
        """Return how many votes come up to such an id, by kind: their outcome and the end of their ids."""
        late = Counter(vote.kind for vote in self._lately.values() if vote.id > last)
        return {kind: often - late[kind] for kind, often in self._kinds.items() if often > late[kind]}

    def add(self, votes: Iterable[LiveVote], now: float = math.inf) -> list[LiveVote]:
        """Count those votes that were not counted yet. Return them."""
        new = [vote for vote in votes if vote.id not in self._lately]
        if new:
            self.put(new, (OVERALL,))
            self.newest = max(self.newest, *(vote.time for vote in new))
            self.votes += len(new)
            self._kinds.update(vote.kind for vote in new)
            self._lately |= {vote.id: vote for vote in new}
            self._forget_before(self.since(now) - 1)
        return new

    def _forget_before(self, since: float) -> None:
        self._since = max(self._since, since)
        self._lately = {each: vote for each, vote in self._lately.items() if vote.time >= self._since}

    def put(self, votes: Sequence[LiveVote], categories: Iterable[str]) -> None:
        """Put votes into categories, all of them into each."""
        a = np.array([self._codes[vote.model_a] for vote in votes], np.int64)
        b = np.array([self._codes[vote.model_b] for vote in votes], np.int64)
        winner = np.array([WINNERS[vote.outcome] for vote in votes], np.int64)
        self._reach(max(a.max(initial=-1), b.max(initial=-1)))
        cells, own = self._cells(a, b, winner)
        happened = ((a << _BITS | b) << 2 | winner).astype(np.uint64)
        days = np.array([vote.day for vote in votes], np.int64)
        by_day = [(day, happened[days == day].tobytes()) for day in np.unique(days).tolist()]
        prints = Counter[int]()
        for vote, day, won in zip(votes, days.tolist(), winner.tolist(), strict=True):
            prints[day] += hash((vote.model_a, vote.model_b, won))
        for category in categories:
            table = self._tables.setdefault(category, _Table(np.zeros(2 * self._width**2)))
            np.add.at(table.cells, cells, 1.0)
            table.own += own
            table.votes += len(votes)
            for day, what in by_day:
                self._days.setdefault((category, day), array("Q")).frombytes(what)
                self._prints[category, day] += prints[day]
            self.changes[category] += len(votes)

    def _reach(self, code: int) -> None:
        """Have a place for models up to this code."""
        if code < self._width:
            return
        size, self._width = self._width, code * 5 // 4 + 2
        for table in self._tables.values():
            wider = np.zeros((2, self._width, self._width))
            wider[:, :size, :size] = table.cells.reshape(2, size, size)
            table.cells = wider.reshape(-1)

    def _cells(self, a: Integers, b: Integers, winner: Integers) -> tuple[Integers, int]:
        """Return which numbers battles belong to, and how many are of a model with itself: these belong to none."""
        is_tie, lost = winner == TIED, winner == B_WON
        row = np.where(is_tie, np.minimum(a, b) + self._width, np.where(lost, b, a))
        column = np.where(is_tie, np.maximum(a, b), np.where(lost, a, b))
        others = a != b
        return (row * self._width + column)[others], int(len(a) - others.sum())

    def take(self, vote: LiveVote, categories: Sequence[str]) -> None:
        """Take a vote that was put into categories out of them again; out of `OVERALL`: out of the votes.

        A vote that is in none of them is a `KeyError`, and changes nothing.
        """
        a, b, winner = self._codes[vote.model_a], self._codes[vote.model_b], WINNERS[vote.outcome]
        happened, day = (a << _BITS | b) << 2 | winner, vote.day
        for category in categories:
            if happened not in self._days.get((category, day), ()):
                raise KeyError(category)
        cells, own = self._cells(np.array([a]), np.array([b]), np.array([winner]))
        for category in categories:
            self._tables[category].cells[cells] -= 1
            self._tables[category].own -= own
            self._tables[category].votes -= 1
            self._days[category, day].remove(happened)
            self._prints[category, day] -= hash((vote.model_a, vote.model_b, winner))
            self.changes[category] += 1
        if OVERALL in categories:
            self._lately.pop(vote.id, None)
            self._kinds[vote.kind] -= 1
            self.votes -= 1

    def votes_in(self, category: str) -> int:
        """Return how many votes a category has."""
        return self._tables[category].votes if category in self._tables else 0

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the categories that have votes."""
        return tuple(sorted(name for name, table in self._tables.items() if table.votes))

    def days(self, category: str) -> dict[int, int]:
        """Return the days on which a category has votes, counted from 1970 (UTC), in order.

        With each stands a number that says which votes these are; that of several days is the sum of theirs.
        """
        there = sorted(day for (name, day), what in self._days.items() if name == category and what)
        return {day: self._prints[category, day] for day in there}

    def of_days(self, category: str, first: int, last: int) -> Counter[tuple[str, str, int]]:
        """Add up the days from `first` to `last`, counted from 1970 (UTC): by model a, model b and winner."""
        names = list(self._codes)
        found = Counter[int]()
        for day in range(first, last + 1):
            found.update(self._days.get((category, day), ()))
        mask = (1 << _BITS) - 1
        return Counter(
            {(names[each >> (_BITS + 2)], names[each >> 2 & mask], each & 3): often for each, often in found.items()}
        )

    def counts(self, category: str = OVERALL, known: Iterable[str] = ()) -> PairCounts:
        """Return a category's pairs; `known` are models to list even if they met nobody."""
        layout = self._layout(frozenset(known))
        if category not in self._tables:
            nothing, none = np.empty(0, np.int64), np.empty(0)
            return PairCounts(layout.names, nothing, nothing, none, none, none)
        table = self._tables[category]
        wins, losses, ties = (table.cells.take(each) for each in (layout.won, layout.lost, layout.tied))
        there = np.flatnonzero(wins + losses + ties)
        met = (layout.first[there], layout.second[there])
        return PairCounts(layout.names, *met, wins[there], losses[there], ties[there], self_battles=table.own)

    def _layout(self, known: frozenset[str]) -> _Layout:
        key = len(self._codes), self._width, known
        if key not in self._layouts:
            names = sorted({*self._codes, *known})
            met = np.array([at for at, name in enumerate(names) if name in self._codes], np.int64)
            code = np.array([self._codes[names[at]] for at in met.tolist()], np.int64)
            above, below = np.triu_indices(len(met), 1)
            one, other, size = code[above], code[below], self._width
            tied = (np.minimum(one, other) + size) * size + np.maximum(one, other)
            layout = _Layout(tuple(names), met[above], met[below], one * size + other, other * size + one, tied)
            self._layouts = {each: self._layouts[each] for each in self._layouts if each[:2] == key[:2]} | {key: layout}
        return self._layouts[key]
