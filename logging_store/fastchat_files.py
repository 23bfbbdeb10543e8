"""The files of a FastChat log folder, read line by line as they stood when they were listed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from arena.errors import SetupError
from logging_store.fastchat_log import LogRow, Unreadable, read_row

_NAME = re.compile(r"(?:vision-tmp-)?(\d{4}-\d{2}-\d{2})-conv\.json")

Moved = Callable[[int], None]
"""Told how many bytes were read since it was last told."""


@dataclass(frozen=True, slots=True)
class LogFile:
    """One day of one server."""

    path: Path
    name: str
    """Within the folder."""
    size: int
    """Bytes, when it was listed: a running server may go on writing."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that is not taken over."""

    file: str
    line: int
    reason: str


def log_files(folder: Path) -> list[LogFile]:
    """Return the log's files, of all servers, the oldest day first. A folder without any is a `SetupError`."""
    if not folder.is_dir():
        raise SetupError(f"{folder} is no folder")
    dated = [(match[1], path) for path in folder.rglob("*-conv.json") if (match := _NAME.fullmatch(path.name))]
    if not dated:
        raise SetupError(f"there is no FastChat log (YYYY-MM-DD-conv.json) in {folder}")
    return [LogFile(path, str(path.relative_to(folder)), path.stat().st_size) for _, path in sorted(dated)]


def rows_of(files: list[LogFile], moved: Moved) -> Iterator[LogRow | Skipped]:
    """Yield each line as a row, or as the reason why it is none. Empty lines are passed over."""
    for file in files:
        for number, line in _lines(file):
            if line.strip():
                try:
                    yield read_row(line)
                except Unreadable as error:
                    yield Skipped(file.name, number, str(error))
            moved(len(line))


def _lines(file: LogFile) -> Iterator[tuple[int, bytes]]:
    left = file.size
    try:
        with file.path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if left <= 0:
                    return
                yield number, line[:left]
                left -= len(line)
    except OSError as error:
        raise SetupError(f"{file.path} cannot be read: {error.strerror}") from error
