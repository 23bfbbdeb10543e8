"""Puts votes into categories while they come in: the newest first, a little at a time."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

from arena.battle import Outcome
from export.ratings import rules
from export.ratings.boards import DUPLICATES_KEPT
from export.ratings.categories import LABELLED, LANGUAGE, Name, Sorter
from export.ratings.ledger_votes import said_of
from export.ratings.live import LiveCounts, LiveVote
from export.ratings.said import Said
from export.ratings.sorted_votes import SortedVote, SortedVotes
from logging_store.vote_reading import RatedVote

AT_ONCE = 50
STEADY_SECONDS = 0.015
"""Of processor time, for the votes of one look."""
CATCHING_UP_SECONDS = 1.0
"""The same where many wait, as when an old ledger is looked at for the first time."""
MANY = 1_000

_DECIDED = {Outcome.MODEL_A, Outcome.MODEL_B}
_ALWAYS = (*rules.RULES, Name.ENGLISH, Name.NOT_ENGLISH, LANGUAGE)


class Texts(Protocol):
    """What is needed of the ledger."""

    async def votes_by_id(self, ids: Sequence[str]) -> Sequence[RatedVote]:
        """Return some votes with what was said in their battles."""
        ...


def all_categories(sorter: Sorter) -> Sorter:
    """Return what tells all categories that can be told: which of them are shown may change later."""
    labelled = () if sorter.labels is None else tuple(sorted(LABELLED))
    return Sorter((*_ALWAYS, *labelled), sorter.labels)


class LiveSorting:
    """Knows where each vote belongs, and which of them wait to be looked at."""

    def __init__(self, file: SortedVotes, sorter: Sorter) -> None:
        self._file = file
        self._sorter = all_categories(sorter)
        self._version = rules.VERSION if sorter.labels is None else f"{rules.VERSION}, {sorter.labels.source}"
        self._waiting: list[str] = []

    @property
    def waiting(self) -> int:
        """Return how many votes wait."""
        return len(self._waiting)

    def begin(self) -> None:
        """Begin anew: all votes will be told again."""
        self._waiting.clear()

    def take_up(self, votes: Sequence[LiveVote], counts: LiveCounts) -> None:
        """Put votes, which are in the order of their ids, where they are known to belong; the others wait."""
        if not votes:
            return
        known = self._file.between(votes[0].id, votes[-1].id)
        alike: defaultdict[tuple[str, ...], list[LiveVote]] = defaultdict(list)
        for vote in votes:
            found = known.get(vote.id)
            if found is not None:
                alike[found.names].append(vote)
            if found is None or found.version != self._version or not found.is_labelled:
                self._waiting.append(vote.id)
        for names, some in alike.items():
            counts.put(some, names)

    def leave(self, vote: LiveVote, counts: LiveCounts) -> None:
        """Take a vote out of its categories, and forget it."""
        for found in self._file.of((vote.id,)).values():
            counts.take(vote, found.names)
        self._file.drop((vote.id,))

    async def work(self, ledger: Texts, counts: LiveCounts) -> None:
        """Look at some of those that wait."""
        seconds = CATCHING_UP_SECONDS if self.waiting > MANY else STEADY_SECONDS
        until = time.process_time() + seconds
        while self._waiting and time.process_time() < until:
            ids = sorted(self._waiting[-AT_ONCE:])
            del self._waiting[-AT_ONCE:]
            try:
                votes = await ledger.votes_by_id(ids)
            except BaseException:
                self._waiting += ids
                raise
            self._sort(votes, counts)

    def _sort(self, votes: Sequence[RatedVote], counts: LiveCounts) -> None:
        there = [vote for vote in votes if not vote.is_forgotten]
        said = [said_of(vote) for vote in there]
        before = self._file.of([vote.id for vote in there])
        told = self._sorter.sort(said)
        labelled = [True] * len(there) if self._sorter.labels is None else _are_there(self._sorter, said)
        with self._file.together():
            for vote, texts, names, is_labelled in zip(there, said, told, labelled, strict=True):
                now = self._sorted(vote, texts, names, before, is_labelled=is_labelled)
                live = LiveVote(vote.id, vote.model_a, vote.model_b, vote.outcome)
                if vote.id in before:
                    counts.take(live, before[vote.id].names)
                counts.put((live,), now.names)
                self._file.put(now)

    def _sorted(
        self,
        vote: RatedVote,
        said: Said,
        names: tuple[str, ...],
        before: Mapping[str, SortedVote],
        *,
        is_labelled: bool,
    ) -> SortedVote:
        if not any(map(str.strip, said.prompts)):  # its words were erased: what was told before still holds
            kept = before[vote.id].names if vote.id in before else _by_outcome(vote)
            return SortedVote(vote.id, kept, self._version, True, b"")
        prompt = self._file.prompt(said)
        is_early = self._file.same_prompt(prompt, vote.id) < DUPLICATES_KEPT
        names = (*names, *_by_outcome(vote), *((Name.NO_DUPLICATES,) if is_early else ()))
        return SortedVote(vote.id, names, self._version, is_labelled, prompt)


def _by_outcome(vote: RatedVote) -> tuple[str, ...]:
    return (Name.NO_TIES,) if vote.outcome in _DECIDED else ()


def _are_there(sorter: Sorter, said: Sequence[Said]) -> list[bool]:
    return [each is not None for each in sorter.labels.find(said)] if sorter.labels else []
