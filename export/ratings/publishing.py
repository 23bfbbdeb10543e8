"""From a board that was made to a board that visitors see: at once, or after the operator has looked at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from arena.errors import SetupError
from arena.leaderboard import BoardRow, Leaderboard
from export.ratings.history import History


class BoardShelf(Protocol):
    """Where the board lies that visitors see."""

    async def save_leaderboard(self, board: Leaderboard, made_at: float) -> None:
        """Keep a board as the latest."""
        ...


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes boards; `folder` holds the draft and the history."""

    folder: Path
    with_review: bool = False

    @property
    def history(self) -> History:
        """Return what was published so far: each reviewed board, and of the others the first of each day."""
        return History(self.folder / "history.jsonl")

    @property
    def _draft(self) -> Path:
        return self.folder / "draft.json"

    async def offer(self, shelf: BoardShelf, board: Leaderboard) -> None:
        """Publish a new board, or lay it down for review."""
        if self.with_review:
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh = self._draft.with_suffix(".new")
            fresh.write_text(board.model_dump_json(), encoding="utf-8")
            fresh.replace(self._draft)
            return
        await shelf.save_leaderboard(board, board.updated_at or 0.0)
        if self.history.last_day() != int(board.updated_at or 0) // 86_400:
            self.history.append(board)

    def draft(self) -> Leaderboard:
        """Return the board that waits for review; a `SetupError` where none does."""
        if not self._draft.exists():
            raise SetupError(f"no board waits for review in {self.folder}")
        return Leaderboard.model_validate_json(self._draft.read_text(encoding="utf-8"))

    async def publish(self, shelf: BoardShelf, board: Leaderboard) -> None:
        """Publish a board that was reviewed."""
        await shelf.save_leaderboard(board, board.updated_at or 0.0)
        self.history.append(board)
        if self.draft() == board:  # the watcher may have made a newer one
            self._draft.unlink()


def changes(before: Leaderboard | None, after: Leaderboard) -> Iterator[str]:
    """Say what publishing changes, one line for each model whose rank, rating or status does."""
    known = {row.model: row for row in before.rows} if before else {}
    yield f"{before.votes if before else 0:,} votes before, {after.votes:,} now"
    for row in after.rows:
        was, now = _said(known.pop(row.model, None)), _said(row)
        if was != now:
            yield f"{row.model}: {was} -> {now}"
    for model, row in known.items():
        yield f"{model}: {_said(row)} -> gone"


def _said(row: BoardRow | None) -> str:
    if row is None:
        return "new"
    return row.status if row.rating is None else f"{row.rating:.1f} (rank {row.rank})"
