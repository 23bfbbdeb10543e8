"""What was published, for good: a file that only grows, each line sealed with the one before it."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from arena.errors import SetupError
from arena.leaderboard import Leaderboard

_FIRST = "0" * 64
_READ = 1 << 16
"""Bytes from the end that are read first."""
_NEVER = -1


class History:
    """`history.jsonl`: one board a line, with `seal`, the SHA-256 of the seal before and the board.

    A line that was cut off while it was written was never there: the next one takes its place.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._looked = (0, 0), _NEVER
        """The file's size and time when it was looked at, and its last day then."""

    def append(self, board: Leaderboard, *, once_a_day: bool = False) -> bool:
        """Add a board, unless it is the last one already, or `once_a_day` and there is one of its day.

        What stands is never written again. Another process that adds one waits. Return whether it was added.
        """
        if once_a_day and self.last_day() == _day(board):
            return False
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # until it is closed: each line is sealed with the one before
            last = self._last_line()
            said = board.model_dump_json()
            if last is not None and (last["board"] == said or (once_a_day and _day(_board(last)) == _day(board))):
                return False
            before = _FIRST if last is None else last["seal"]
            self._cut()
            file.write(json.dumps({"seal": _seal(before, said), "board": said}, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return True

    def _cut(self) -> None:
        """Take away what was not written to its end."""
        whole = self._whole()
        if self._file.exists() and self._file.stat().st_size > whole:
            os.truncate(self._file, whole)

    def _whole(self) -> int:
        """Return how many bytes of the file are whole lines."""
        if not self._file.exists():
            return 0
        with self._file.open("rb") as file:
            at = file.seek(0, os.SEEK_END)
            while at:
                start = max(0, at - _READ)
                file.seek(start)
                if (found := file.read(at - start).rfind(b"\n")) >= 0:
                    return start + found + 1
                at = start
            return 0

    def last_day(self) -> int | None:
        """Return the day of the last board, counted from 1970. It costs nothing while nobody writes."""
        if not self._file.exists():
            return None
        found = self._file.stat()
        if self._looked[0] != (stamp := (found.st_size, found.st_mtime_ns)):
            last = self._last_line()
            self._looked = stamp, _NEVER if last is None else _day(_board(last))
        return None if self._looked[1] == _NEVER else self._looked[1]

    def last(self) -> Leaderboard | None:
        """Return the last board."""
        found = self._last_line()
        return None if found is None else _board(found)

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
                yield from (json.loads(line) for line in file if line.endswith("\n"))

    def _last_line(self) -> dict[str, Any] | None:
        whole = self._whole()
        if not whole:
            return None
        with self._file.open("rb") as file:
            read, tail = 0, b""
            while read < whole and b"\n" not in tail[:-1]:
                read = min(whole, max(2 * read, _READ))
                file.seek(whole - read)
                tail = file.read(read)
        return json.loads(tail.splitlines()[-1])


def _seal(before: str, board: str) -> str:
    return hashlib.sha256((before + board).encode()).hexdigest()


def _board(line: dict[str, Any]) -> Leaderboard:
    return Leaderboard.model_validate_json(line["board"])


def _day(board: Leaderboard) -> int:
    return int(board.updated_at or 0) // 86_400
