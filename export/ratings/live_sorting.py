"""Puts votes into categories while they come in: new ones at once, old ones that wait in the order of their ids."""

import logging
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from arena.battle import Outcome
from export.ratings import rules
from export.ratings.boards import DUPLICATES_KEPT
from export.ratings.categories import LABELLED, LANGUAGE, Name, Sorter
from export.ratings.labels.following import FollowedLabels
from export.ratings.ledger_votes import said_of
from export.ratings.live import AFTER_ALL, LiveCounts, LiveVote
from export.ratings.said import Said
from export.ratings.sorted_votes import SortedVote, SortedVotes
from logging_store.vote_reading import RatedVote

AT_ONCE = 20
MANY_AT_ONCE = 500
STEADY_SECONDS = 0.010
"""Of processor time, for the votes of one look."""
CATCHING_UP_SECONDS = 1.0
"""The same where many wait, as when an old ledger is looked at for the first time."""
MANY = 1_000
TOLD_SECONDS = 10.0
"""Between two lines that say how far it is."""

_LOG = logging.getLogger(__name__)
_DECIDED = {Outcome.MODEL_A, Outcome.MODEL_B}
_ALWAYS = (*rules.RULES, Name.ENGLISH, Name.NOT_ENGLISH, LANGUAGE)


class Texts(Protocol):
    """What is needed of the ledger."""

    async def votes_by_id(self, ids: Sequence[str]) -> Sequence[RatedVote]:
        """Return some votes with what was said in their battles."""
        ...


def all_categories(labels: FollowedLabels) -> Sorter:
    """Return what tells all categories that can be told: which of them are shown may change later."""
    return Sorter((*_ALWAYS, *(() if labels.now is None else sorted(LABELLED))), labels.now)


class LiveSorting:
    """Knows where each vote belongs, and which of them wait to be looked at."""

    def __init__(
        self, file: SortedVotes, labels: FollowedLabels, clock: Callable[[], float] = time.process_time
    ) -> None:
        self._file = file
        self._labels = labels
        self._clock = clock
        self._old, self._new = deque[str](), deque[str]()
        self._reached = ""
        """Up to which id all that counts was taken up."""
        self._begins = True
        self._progress = _Progress()
        self._labels.look()
        self._sorter, self._version = self._tellers()

    @property
    def waiting(self) -> int:
        """Return how many votes wait."""
        return len(self._old) + len(self._new)

    @property
    def is_catching_up(self) -> bool:
        """Whether so many wait that it works on nothing else for a while."""
        return self.waiting > MANY

    def begin(self) -> None:
        """Begin anew: all votes will be told again."""
        self._old.clear()
        self._new.clear()
        self._reached = ""
        self._begins = True

    def take_up(self, votes: Sequence[LiveVote], counts: LiveCounts) -> None:
        """Put votes, which are in the order of their ids, where they are known to belong; the others wait.

        From `begin` to the next `work` these are all that count: what is kept about others is out of date.
        """
        if not votes:
            return
        old = self._begins
        known = self._file.between(self._reached if old else votes[0].id, votes[-1].id)
        if old and (gone := known.keys() - {vote.id for vote in votes} - {self._reached}):
            self._drop({each: known[each] for each in gone})
        self._reached = max(self._reached, votes[-1].id)
        alike: defaultdict[tuple[str, ...], list[LiveVote]] = defaultdict(list)
        waiting = self._old if old else self._new
        corrected: list[SortedVote] = []
        for vote in votes:
            found = known.get(vote.id)
            if found is not None:
                names = _by_outcome(found.names, vote.outcome)
                alike[names].append(vote)
                if names != found.names:
                    corrected.append(found._replace(names=names))
            if found is None or found.version != self._version:
                waiting.append(vote.id)
        self._file.rename(corrected)
        for names, some in alike.items():
            counts.put(some, names)

    def leave(self, vote: LiveVote, counts: LiveCounts) -> None:
        """Take a vote out of its categories, and forget it."""
        found = self._file.of((vote.id,))
        for each in found.values():
            counts.take(vote, each.names)
        self._drop(found)

    def _drop(self, gone: Mapping[str, SortedVote]) -> None:
        """Forget votes; who comes after one of the first about a prompt is now among them."""
        self._file.drop(list(gone))
        for prompt in {each.prompt for each in gone.values() if Name.NO_DUPLICATES in each.names and each.prompt}:
            self._new += self._file.first_about(prompt, DUPLICATES_KEPT)

    async def work(self, ledger: Texts, counts: LiveCounts) -> None:
        """Look at some of those that wait."""
        if self._begins:
            self._begins = False
            left = self._file.between(self._reached, AFTER_ALL)
            self._drop({each: found for each, found in left.items() if each != self._reached})
        self._look_at_labels()
        many = self.is_catching_up
        self._progress.tell(self.waiting)
        until = self._clock() + (CATCHING_UP_SECONDS if many else STEADY_SECONDS)
        while self.waiting and self._clock() < until:
            ids = self._next(MANY_AT_ONCE if many else AT_ONCE)
            try:
                self._sort(await ledger.votes_by_id(sorted(ids)), counts)
            except BaseException:
                self._new.extendleft(ids)
                raise
        self._progress.tell(self.waiting)

    def _next(self, most: int) -> set[str]:
        """Take some that wait: new ones first, then the oldest."""
        return {(self._new or self._old).popleft() for _ in range(min(most, self.waiting))}

    def _look_at_labels(self) -> None:
        """Have those votes wait for which there are labels now."""
        labelled, before = self._labels.look(), self._version
        if not labelled:
            return
        self._sorter, self._version = self._tellers()
        if self._version != before:
            self._old = deque(sorted({*self._old, *self._file.told_otherwise(self._version)}))
        else:
            self._new.extend(sorted(self._file.waiting_for(labelled)))

    def _tellers(self) -> tuple[Sorter, str]:
        """Return what tells categories now, and its version: whatever was told by another one is told anew."""
        labels = self._labels.now
        if labels is None:
            return all_categories(self._labels), rules.VERSION
        what = "prompts and answers" if labels.has_refusals else "prompts"
        return all_categories(self._labels), f"{rules.VERSION}, {what} by {labels.source}"

    def _sort(self, votes: Sequence[RatedVote], counts: LiveCounts) -> None:
        """Tell where votes belong: into the file first, which may fail, and then into the counts."""
        there = [vote for vote in votes if not vote.is_forgotten and not vote.reasons and counts.reaches(vote.id)]
        before = self._file.of([vote.id for vote in there])
        now: list[SortedVote] = []
        with self._file.together():
            for told in self._told(there, before):
                now.append(self._among_alike(told))
                self._file.put(now[-1])
        alike: defaultdict[tuple[str, ...], list[LiveVote]] = defaultdict(list)
        for vote, found in zip(there, now, strict=True):
            live = LiveVote(vote.id, vote.model_a, vote.model_b, vote.outcome)
            was = before.get(vote.id)
            if was is None or (set(was.names) != set(found.names) and _is_taken(counts, live, was.names)):
                alike[found.names].append(live)
        for names, some in alike.items():
            counts.put(some, names)

    def _told(self, votes: Sequence[RatedVote], before: Mapping[str, SortedVote]) -> Iterable[SortedVote]:
        said = [said_of(vote) for vote in votes]
        labels = self._labels.now
        lacking = [()] * len(votes) if labels is None else labels.lacking(said)
        for vote, texts, names, waits in zip(votes, said, self._sorter.sort(said), lacking, strict=True):
            yield self._sorted(vote, texts, names, before.get(vote.id), waits)

    def _sorted(
        self, vote: RatedVote, said: Said, names: tuple[str, ...], was: SortedVote | None, lacking: tuple[bytes, ...]
    ) -> SortedVote:
        if not any(map(str.strip, said.prompts)):  # its words were erased: what was told before still holds
            kept, prompt = (was.names, was.prompt) if was else ((), b"")
            return SortedVote(vote.id, _by_outcome(kept, vote.outcome), self._version, prompt)
        told = _by_outcome(names, vote.outcome)
        return SortedVote(vote.id, told, self._version, self._file.prompt(said), lacking)

    def _among_alike(self, vote: SortedVote) -> SortedVote:
        """Say whether it is one of the first about its prompt. Who is none of them any more waits to be told so."""
        names = tuple(name for name in vote.names if name != Name.NO_DUPLICATES)
        others = self._file.first_about(vote.prompt, DUPLICATES_KEPT, vote.vote) if vote.prompt else []
        if len(others) == DUPLICATES_KEPT:
            if vote.vote > others[-1]:
                return vote._replace(names=names)
            self._new.append(others[-1])
        return vote._replace(names=(*names, Name.NO_DUPLICATES) if vote.prompt else names)


def _by_outcome(names: tuple[str, ...], outcome: Outcome) -> tuple[str, ...]:
    """Return a vote's categories, that without ties where somebody won: they may have been told of another outcome."""
    if (Name.NO_TIES in names) == (outcome in _DECIDED):
        return names
    return (*names, Name.NO_TIES) if outcome in _DECIDED else tuple(name for name in names if name != Name.NO_TIES)


def _is_taken(counts: LiveCounts, vote: LiveVote, names: Sequence[str]) -> bool:
    """Take a vote out of categories. Where it was changed since it was counted it is in none of them:
    the next check finds that, and has all counted anew.
    """
    try:
        counts.take(vote, names)
    except KeyError:
        return False
    return True


class _Progress:
    """Says how far it is with those that wait, where these are many."""

    def __init__(self) -> None:
        self._of, self._told_at = 0, 0.0

    def tell(self, waiting: int) -> None:
        """Say it, if it is time."""
        if waiting > max(MANY, self._of) or (self._of and time.monotonic() >= self._told_at + TOLD_SECONDS):
            self._of, self._told_at = max(self._of, waiting), time.monotonic()
            done = self._of - waiting
            _LOG.info(
                "putting old votes into categories: %s of %s (%d%%)",
                f"{done:,}",
                f"{self._of:,}",
                100 * done // self._of,
            )
        if self._of and not waiting:
            _LOG.info("all %s old votes are in their categories", f"{self._of:,}")
            self._of = 0
