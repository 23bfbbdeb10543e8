"""From a board that was made to a board that visitors see: at once, or after the operator has looked at it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from arena.errors import SetupError
from arena.leaderboard import BoardRow, Leaderboard
from export.ratings.history import History
from export.ratings.live_texts import BoardTexts

DRAFT = "draft.json"
"""The board that waits for review, in the folder of the leaderboard."""


class BoardShelf(Protocol):
    """Where the board lies that visitors see."""

    async def save_leaderboard(self, board: Leaderboard, made_at: float) -> None:
        """Keep a board as the latest."""
        ...


class Publisher:
    """Publishes boards; `folder` holds the draft and the history."""

    def __init__(self, folder: Path, with_review: bool = False) -> None:
        self.folder = folder
        self.with_review = with_review
        self.history = History(folder / "history.jsonl")
        """What was published so far: each reviewed board, and of the others the first of each day."""
        self._draft = folder / DRAFT
        self._texts = BoardTexts()

    async def offer(self, shelf: BoardShelf, board: Leaderboard) -> None:
        """Publish a new board, or lay it down for review."""
        if self.with_review:
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh = self._draft.with_suffix(".new")
            fresh.write_text(self._texts.of(board), encoding="utf-8")
            fresh.replace(self._draft)
            return
        await shelf.save_leaderboard(board, board.updated_at or 0.0)
        self.history.append(board, once_a_day=True)

    def draft(self) -> Leaderboard:
        """Return the board that waits for review; a `SetupError` where none does."""
        if not self._draft.exists():
            raise SetupError(f"no board waits for review in {self.folder}")
        return Leaderboard.model_validate_json(self._draft.read_text(encoding="utf-8"))

    async def publish(self, shelf: BoardShelf, board: Leaderboard) -> None:
        """Publish a reviewed board: into the history first, where doing it again after a crash adds nothing."""
        self.history.append(board)
        await shelf.save_leaderboard(board, board.updated_at or 0.0)
        self._take_away(board)

    def reject(self) -> Leaderboard:
        """Take the draft away, and return it. The next vote makes another one."""
        board = self.draft()
        self._take_away(board)
        return board

    def _take_away(self, board: Leaderboard) -> None:
        if self._draft.exists() and self.draft() == board:  # the watcher may have made a newer one
            self._draft.unlink()


def name_of(board: Leaderboard) -> str:
    """Return a short name for exactly this board, by which one says which was looked at."""
    return hashlib.sha256(board.model_dump_json().encode()).hexdigest()[:8]


def changes(before: Leaderboard | None, after: Leaderboard) -> Iterator[str]:
    """Say what publishing changes, one line for each model whose rank, rating or status does."""
    yield f"{before.votes if before else 0:,} votes before, {after.votes:,} now"
    yield from _changed_rows(before, after)
    was = before.categories if before else {}
    for name in sorted({*was, *after.categories}):
        old, new = was.get(name, _NO_BOARD), after.categories.get(name, _NO_BOARD)
        if changed := len(list(_changed_rows(old, new))):
            yield f"category {name}: {old.votes:,} votes before, {new.votes:,} now; {changed} models change"


def _changed_rows(before: Leaderboard | None, after: Leaderboard) -> Iterator[str]:
    known = {row.model: row for row in before.rows} if before else {}
    for row in after.rows:
        was, now = _said(known.pop(row.model, None)), _said(row)
        if was != now:
            yield f"{row.model}: {was} -> {now}"
    for model, row in known.items():
        yield f"{model}: {_said(row)} -> gone"


_NO_BOARD = Leaderboard()


def _said(row: BoardRow | None) -> str:
    if row is None:
        return "new"
    return row.status if row.rating is None else f"{row.rating:.1f} (rank {row.rank})"
