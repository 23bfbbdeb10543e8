"""Keeps what is drawn beside the live boards, at a pace of its own: the numbers never wait for it."""

import asyncio
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter

from arena.leaderboard import BoardFigures, Leaderboard
from arena.word import Word
from export.ratings.board import Listing
from export.ratings.board_figures import Drawing
from export.ratings.live import OVERALL, LiveCounts, LiveVote
from export.ratings.live_sorting import Texts
from export.ratings.publishing import DRAFT
from export.ratings.vote_styles import VoteStyles

REST = 499
"""After a drawing it rests so many times as long as that took: at most a five-hundredth of one processor."""
_REST_BEHIND = 19
"""The same while style of old votes is counted, or a board has nothing beside it yet."""


DRAFTS = "draft-figures"
"""Where they wait for review, in the folder of the leaderboard."""


class FigureShelf(Protocol):
    """Where figures lie that visitors see."""

    async def save_figures(self, category: str, found: Sequence[BoardFigures]) -> None:
        """Keep what is drawn beside a category's boards (empty: all votes), in the place of what was."""
        ...


class FigureLedger(FigureShelf, Texts, Protocol):
    """What is needed of the ledger."""


class _Draft(Word):
    category: str
    found: tuple[BoardFigures, ...]


_DRAFT = TypeAdapter(_Draft)


class FigureDrafts:
    """Figures that wait for the operator's review, a file for each category."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._board = folder.parent / DRAFT

    def lack(self, category: str) -> bool:
        """Whether a board waits for review, and no figures beside this category: they went with a rejected one."""
        return self._board.exists() and not self._file(category).exists()

    def _file(self, category: str) -> Path:
        return self._folder / f"{sha256(category.encode()).hexdigest()[:16]}.json"

    async def save_figures(self, category: str, found: Sequence[BoardFigures]) -> None:
        """Lay down what is drawn beside a category's boards."""
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._file(category)
        fresh = file.with_suffix(".new")
        fresh.write_bytes(_DRAFT.dump_json(_Draft(category=category, found=tuple(found))))
        fresh.replace(file)

    async def publish(self, shelf: FigureShelf, board: Leaderboard) -> None:
        """Publish what was drawn beside a reviewed board; what was drawn beside a newer one goes on waiting.

        All of it stays until it is drawn anew: after a rollback, or a crash in here, it is published again.
        """
        for file in sorted(self._folder.glob("*.json")):
            draft = _DRAFT.validate_json(file.read_bytes())
            if _is_of(draft, board):
                await shelf.save_figures(draft.category, draft.found)

    def reject(self, board: Leaderboard, published: Leaderboard | None) -> None:
        """Take away what was drawn beside a rejected board. What is of a newer one, or of the published one, stays."""
        for file in self._folder.glob("*.json"):
            draft = _DRAFT.validate_json(file.read_bytes())
            if _is_of(draft, board) and not (published is not None and _is_of(draft, published)):
                file.unlink(missing_ok=True)


def _is_of(draft: _Draft, board: Leaderboard) -> bool:
    part = board.categories.get(draft.category) if draft.category else board
    return part is not None and all((each.updated_at or 0.0) <= (part.updated_at or 0.0) for each in draft.found)


async def withdraw(shelf: FigureShelf, *boards: Leaderboard | None) -> None:
    """Take away what is drawn beside these boards: another one takes their place, which has no figures."""
    for category in sorted({"", *(name for board in boards if board is not None for name in board.categories)}):
        await shelf.save_figures(category, ())


class FigureKeeper:
    """Draws one category after the other, whose board was made since, that which waits longest first."""

    def __init__(
        self,
        styles: VoteStyles | None = None,
        drafts: FigureDrafts | None = None,
        clock: Callable[[], float] = time.monotonic,
        spent: Callable[[], float] = time.process_time,
    ) -> None:
        self._styles = styles
        self._drafts = drafts
        self._clock = clock
        self._spent = spent
        self._rest_until = 0.0
        self._drawing = Drawing()
        self._drawn: dict[str, tuple[float, bool]] = {}
        """Of which moment's board each category's figures are, and whether style was told of all votes."""

    def begin(self) -> None:
        """Begin anew: all votes will be told again."""
        if self._styles is not None:
            self._styles.begin()

    def take_up(self, votes: Sequence[LiveVote], counts: LiveCounts) -> None:
        """Take up votes that count."""
        if self._styles is not None:
            self._styles.take_up(votes, counts)

    def leave(self, vote: LiveVote, counts: LiveCounts) -> None:
        """Forget a vote."""
        if self._styles is not None:
            self._styles.leave(vote, counts)

    async def work(self, ledger: FigureLedger, counts: LiveCounts, board: Leaderboard, listed: Listing) -> None:
        """Draw something, unless it still rests."""
        if self._clock() < self._rest_until:
            return
        began = self._spent()
        if self._styles is not None:
            await self._styles.work(ledger)
        if (category := self._next(board)) is not None:
            await self._draw(category, ledger, counts, board, listed)
        rest = _REST_BEHIND if self._lacks(board) else REST
        self._rest_until = self._clock() + rest * (self._spent() - began)

    def _lacks(self, board: Leaderboard) -> bool:
        """Whether something is not there at all yet."""
        is_counting = self._styles is not None and self._styles.is_behind
        return is_counting or any(name not in self._drawn for name in (OVERALL, *board.categories))

    async def _draw(
        self, category: str, ledger: FigureLedger, counts: LiveCounts, board: Leaderboard, listed: Listing
    ) -> None:
        part, state = _part(board, category), self._state(board, category)
        styles = self._styles.file if self._styles is not None and not self._styles.is_behind else None
        found = await asyncio.to_thread(self._drawing.figures, counts, category, part, listed, styles)
        shelf = ledger if self._drafts is None else self._drafts
        await shelf.save_figures(_key(category), found)
        self._drawn[category] = state

    def _next(self, board: Leaderboard) -> str | None:
        behind = (name for name in (OVERALL, *board.categories) if self._is_behind(board, name))
        return min(behind, key=lambda name: self._drawn.get(name, (0.0, False))[0], default=None)

    def _is_behind(self, board: Leaderboard, category: str) -> bool:
        if self._drawn.get(category) != self._state(board, category):
            return True
        return self._drafts is not None and self._drafts.lack(_key(category))

    def _state(self, board: Leaderboard, category: str) -> tuple[float, bool]:
        is_whole = self._styles is not None and not self._styles.is_behind
        return _part(board, category).updated_at or 0.0, is_whole


def _key(category: str) -> str:
    """Return how a category is called where figures lie."""
    return "" if category == OVERALL else category


def _part(board: Leaderboard, category: str) -> Leaderboard:
    return board if category == OVERALL else board.categories[category]
