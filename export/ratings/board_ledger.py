"""The ledger, as those see it who keep a board."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from arena.battle import Outcome
from arena.leaderboard import BoardFigures, Leaderboard
from export.ratings.live_texts import BoardTexts
from logging_store import vote_reading
from logging_store.ledger import Ledger, open_ledger
from logging_store.vote_reading import RatedVote


class BoardLedger(Protocol):
    """What is needed of the ledger."""

    async def votes_after(self, last: str) -> Sequence[tuple[str, str, str, Outcome]]:
        """Return the next votes that count, in the order of their ids, those with ids above `last`."""
        ...

    async def count_until(self, last: str) -> Mapping[str, int]:
        """Return how many votes count that have ids up to this one, by kind: their outcome and the end of their ids."""
        ...

    async def forgotten(self) -> Sequence[str]:
        """Return the ids of the votes whose voters had everything deleted."""
        ...

    async def votes_by_id(self, ids: Sequence[str]) -> Sequence[RatedVote]:
        """Return some votes with what was said in their battles."""
        ...

    async def save_leaderboard(self, board: Leaderboard, made_at: float) -> None:
        """Keep a board as the latest."""
        ...

    async def save_figures(self, category: str, found: Sequence[BoardFigures]) -> None:
        """Keep what is drawn beside a category's boards (empty: all votes), in the place of what was."""
        ...


class StoredVotes:
    """A `BoardLedger` that is the real one."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._texts = BoardTexts()

    async def votes_after(self, last: str) -> Sequence[tuple[str, str, str, Outcome]]:
        """Return the next votes that count."""
        return await vote_reading.counting_votes(self._ledger, last)

    async def count_until(self, last: str) -> Mapping[str, int]:
        """Return how many votes count that have ids up to this one, by kind: their outcome and the end of their ids."""
        return await vote_reading.count_votes_until(self._ledger, last)

    async def forgotten(self) -> Sequence[str]:
        """Return the ids of the votes whose voters had everything deleted."""
        return await vote_reading.forgotten_votes(self._ledger)

    async def votes_by_id(self, ids: Sequence[str]) -> Sequence[RatedVote]:
        """Return some votes with what was said in their battles."""
        return await vote_reading.votes_by_id(self._ledger, ids)

    async def save_leaderboard(self, board: Leaderboard, made_at: float) -> None:
        """Keep a board as the latest."""
        await self._ledger.save_leaderboard(board, made_at, self._texts.of(board))

    async def save_figures(self, category: str, found: Sequence[BoardFigures]) -> None:
        """Keep what is drawn beside a category's boards, in the place of what was."""
        await self._ledger.save_figures(category, found)


@asynccontextmanager
async def stored_votes(url: str) -> AsyncGenerator[StoredVotes]:
    """Open the ledger at a URL."""
    async with open_ledger(url) as ledger:
        yield StoredVotes(ledger)
