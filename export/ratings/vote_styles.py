"""Counts what the answers of votes look like, while they come in: the newest first, a little at a time."""

import time
from collections.abc import Sequence

from export.ratings.ledger_votes import said_of
from export.ratings.live import AFTER_ALL, LiveCounts, LiveVote
from export.ratings.live_sorting import Texts
from export.ratings.style_counts import COLUMNS, style_counts
from export.ratings.styled_votes import StyledVote, StyledVotes
from logging_store.vote_reading import RatedVote

AT_ONCE = 50
SECONDS = 0.25
"""Of processor time, for the votes of one look."""
FEW = 100
"""With no more votes waiting, what is known stands for all."""


class VoteStyles:
    """Knows of each vote that counts what its answers look like, and which votes wait to be looked at."""

    def __init__(self, file: StyledVotes) -> None:
        self.file = file
        self._waiting: list[str] = []
        self._told_until: str | None = None
        """While all votes are told anew: up to where."""

    @property
    def is_behind(self) -> bool:
        """Whether so many votes wait that a fit would be of the others alone."""
        return len(self._waiting) > FEW

    def begin(self) -> None:
        """Begin anew: all votes will be told again, before the next work."""
        self._waiting.clear()
        self._told_until = ""

    def take_up(self, votes: Sequence[LiveVote], _counts: LiveCounts) -> None:
        """Take up votes, which are in the order of their ids. While all are told anew, those left out count no more."""
        if not votes:
            return
        told, last = {vote.id: _plain(vote) for vote in votes}, votes[-1].id
        if self._told_until is None or votes[0].id <= self._told_until:
            known = self.file.between(votes[0].id[:-1], last)
        else:
            known = self.file.between(self._told_until, last)
            self.file.drop(known.keys() - told.keys())
            self._told_until = last
        self.file.correct([told[each] for each in known.keys() & told.keys() if told[each][1:4] != known[each]])
        self._waiting += sorted(told.keys() - known.keys())

    def leave(self, vote: LiveVote, _counts: LiveCounts) -> None:
        """Forget a vote."""
        self.file.drop((vote.id,))

    async def work(self, ledger: Texts) -> None:
        """Look at some of those that wait."""
        if self._told_until is not None:
            self.file.drop(self.file.between(self._told_until, AFTER_ALL))
            self._told_until = None
        until = time.process_time() + SECONDS
        while self._waiting and time.process_time() < until:
            ids = self._waiting[-AT_ONCE:]
            found = await ledger.votes_by_id(sorted(ids))
            self.file.put(_styled(vote) for vote in found if not vote.is_forgotten)
            del self._waiting[-len(ids) :]


def _plain(vote: LiveVote) -> StyledVote:
    return StyledVote(vote.id, vote.model_a, vote.model_b, vote.outcome.value)


def _styled(vote: RatedVote) -> StyledVote:
    said, counted = said_of(vote), tuple[int, ...]()
    if any(map(str.strip, said.prompts)):
        sides = style_counts(said.answers_a), style_counts(said.answers_b)
        counted = tuple(side[name] for side in sides for name in COLUMNS)
    return StyledVote(vote.id, vote.model_a, vote.model_b, vote.outcome.value, counted)
