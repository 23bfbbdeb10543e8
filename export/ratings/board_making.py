"""Makes the boards that are behind their counts, the oldest first, and no more at one update than it may cost."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator

from arena.leaderboard import Leaderboard
from export.ratings.board import Listing, counts_for_board, make_board
from export.ratings.categories import LANGUAGE
from export.ratings.live import OVERALL, LiveCounts
from export.ratings.live_estimate import WarmEstimator

BOARDS_SECONDS = 0.020
"""Of processor time, for the boards of one update; one of them is made in any case, another if it will be in time."""
LANGUAGE_VOTES = 100
"""A language has its board from so many votes on, where all of them are wanted."""


class BoardMaker:
    """Remembers the boards that did not change. That of all votes goes first, but never twice while others wait."""

    def __init__(
        self, listed: Listing, wanted: tuple[str, ...] = (), clock: Callable[[], float] = time.thread_time
    ) -> None:
        self.listed = listed
        self._wanted = wanted
        self._clock = clock
        self._made: dict[str, Leaderboard] = {}
        self._when: dict[str, int] = {}
        """At which change of its counts each was made."""
        self._last: list[str] = []
        """Which were made at the last update."""
        self._took: dict[str, float] = {}
        """How long each took last time."""
        self._estimators: defaultdict[str, WarmEstimator] = defaultdict(WarmEstimator)

    def show(self, listed: Listing) -> None:
        """Show other models from now on: what was made before shows the wrong ones."""
        self.listed = listed
        self._made.clear()
        self.begin()

    def begin(self) -> None:
        """Begin anew, with other counts."""
        self._when.clear()

    def is_behind(self, counts: LiveCounts) -> bool:
        """Whether anything changed since its board was made."""
        return next(self._behind(counts), None) is not None

    def make(self, counts: LiveCounts, now: float) -> Leaderboard:
        """Return the board of all votes, and with it those of the categories: as they are now, or were shortly ago."""
        began, made = self._clock(), list[str]()
        until = began + BOARDS_SECONDS
        for name in sorted(self._behind(counts), key=self._turn):
            if made and (began := self._clock()) + self._took.get(name, 0.0) > until:
                break
            self._when[name] = counts.changes[name]
            among = counts_for_board(counts, self.listed, name)
            self._made[name] = make_board(among, now, self._estimators[name])
            self._took[name] = self._clock() - began
            made.append(name)
        self._last = made
        shown = {name: self._made[name] for name in self._shown(counts) if self._made.get(name, _NONE).votes}
        return self._made[OVERALL].model_copy(update={"categories": shown})

    def _turn(self, name: str) -> tuple[bool, float]:
        is_first = name == OVERALL and self._last != [OVERALL]
        return not is_first, self._made.get(name, _NONE).updated_at or 0.0

    def _behind(self, counts: LiveCounts) -> Iterator[str]:
        return (name for name in (OVERALL, *self._shown(counts)) if self._when.get(name) != counts.changes[name])

    def _shown(self, counts: LiveCounts) -> Iterator[str]:
        for name in counts.categories:
            is_language = LANGUAGE in self._wanted and name.startswith(f"{LANGUAGE}=")
            if name in self._wanted or (is_language and counts.votes_in(name) >= LANGUAGE_VOTES):
                yield name


_NONE = Leaderboard()
