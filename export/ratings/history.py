"""What was published, for good: a file that only grows, each line sealed with the one before it."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from arena.errors import SetupError
from arena.leaderboard import Leaderboard

_FIRST = "0" * 64


class History:
    """`history.jsonl`: one board a line, with `seal`, the SHA-256 of the seal before and the board."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def append(self, board: Leaderboard) -> None:
        """Add a board. What stands is never written again."""
        said = board.model_dump_json()
        line = json.dumps({"seal": _seal(self._last_seal(), said), "board": said}, ensure_ascii=False)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def last_day(self) -> int | None:
        """Return the day of the last board, counted from 1970."""
        last = self._last_line()
        return None if last is None else int(_board(last).updated_at or 0) // 86_400

    def boards(self) -> Iterator[Leaderboard]:
        """Yield all boards, oldest first. A line that was changed or taken out is a `SetupError`."""
        seal = _FIRST
        for number, line in enumerate(self._lines(), 1):
            seal = _seal(seal, line["board"])
            if line["seal"] != seal:
                raise SetupError(f"{self._file}: line {number} is not what was written")
            yield _board(line)

    def _lines(self) -> Iterator[dict[str, Any]]:
        if self._file.exists():
            with self._file.open(encoding="utf-8") as file:
                yield from map(json.loads, file)

    def _last_line(self) -> dict[str, Any] | None:
        if not self._file.exists():
            return None
        with self._file.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            read, tail = 0, b""
            while read < end and b"\n" not in tail[:-1]:
                read = min(end, max(2 * read, 1 << 16))
                file.seek(end - read)
                tail = file.read(read)
        return json.loads(tail.splitlines()[-1]) if tail else None

    def _last_seal(self) -> str:
        last = self._last_line()
        return _FIRST if last is None else last["seal"]


def _seal(before: str, board: str) -> str:
    return hashlib.sha256((before + board).encode()).hexdigest()


def _board(line: dict[str, Any]) -> Leaderboard:
    return Leaderboard.model_validate_json(line["board"])
