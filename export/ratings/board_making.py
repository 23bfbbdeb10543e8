"""Makes the board of all votes at every update, and those of the categories in turn: an update costs no more."""

import time
from collections.abc import Callable, Iterator

from arena.leaderboard import Leaderboard
from export.ratings.board import Listing, counts_for_board, make_board
from export.ratings.categories import LANGUAGE
from export.ratings.live import LiveCounts

CATEGORIES_SECONDS = 0.015
"""Of processor time, for the categories of one update; one of them is made in any case."""
LANGUAGE_VOTES = 100
"""A language has its board from so many votes on, where all of them are wanted."""


class BoardMaker:
    """Remembers the boards of categories that did not change."""

    def __init__(
        self, listed: Listing, wanted: tuple[str, ...] = (), clock: Callable[[], float] = time.thread_time
    ) -> None:
        self.listed = listed
        self._wanted = wanted
        self._clock = clock
        self._made: dict[str, Leaderboard] = {}
        self._when: dict[str, int] = {}
        """At which change of its counts each was made."""

    def show(self, listed: Listing) -> None:
        """Show other models from now on: what was made before shows the wrong ones."""
        self.listed = listed
        self._made.clear()
        self.begin()

    def begin(self) -> None:
        """Begin anew, with other counts."""
        self._when.clear()

    def is_behind(self, counts: LiveCounts) -> bool:
        """Whether a category changed since its board was made."""
        return next(self._behind(counts), None) is not None

    def make(self, counts: LiveCounts, now: float) -> Leaderboard:
        """Return the board of all votes, and with it those of the categories: as they are now, or were shortly ago."""
        until = self._clock() + CATEGORIES_SECONDS
        overall = make_board(counts_for_board(counts, self.listed), now)
        oldest_first = sorted(self._behind(counts), key=self._age)
        for at, name in enumerate(oldest_first):
            if at and self._clock() > until:
                break
            self._when[name] = counts.changes[name]
            self._made[name] = make_board(counts_for_board(counts, self.listed, name), now)
        shown = {name: self._made[name] for name in self._shown(counts) if self._made.get(name, _NONE).votes}
        return overall.model_copy(update={"categories": shown})

    def _age(self, name: str) -> float:
        return self._made[name].updated_at or 0.0 if name in self._made else 0.0

    def _behind(self, counts: LiveCounts) -> Iterator[str]:
        return (name for name in self._shown(counts) if self._when.get(name) != counts.changes[name])

    def _shown(self, counts: LiveCounts) -> Iterator[str]:
        for name in counts.categories:
            is_language = LANGUAGE in self._wanted and name.startswith(f"{LANGUAGE}=")
            if name in self._wanted or (is_language and counts.votes_in(name) >= LANGUAGE_VOTES):
                yield name


_NONE = Leaderboard()
