"""Tombstones outside the database: what was forgotten stays forgotten in a ledger that comes back from a backup.

A line says whose words went, by digests alone. It is on disk before the database commits: if the process dies between
the two, a line stands for something that is still there, and applying it (`logging_store.burying`) completes the wish.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from arena.errors import LedgerError, SetupError

FILE_NAME = "tombstones.jsonl"
"""In the data folder."""
_KEYS = {"session", "conversations", "forgotten_at", "reason", "before"}


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One line: a session with all that is its own, or only conversations. Ids stand as digests."""

    conversations: tuple[str, ...]
    forgotten_at: float
    """Unix seconds."""
    reason: str
    session: str | None = None
    before: float | None = None
    """Of the conversations only what was finished before this went; None: everything."""


def digest(record_id: str) -> str:
    """Return by what a record is recognised here: 64 hex digits of SHA-256 over its id."""
    return sha256(record_id.encode()).hexdigest()


def add_tombstone(file: Path, tombstone: Tombstone) -> None:
    """Write a line, and come back when it is on disk. It blocks. A last line that is torn makes room for it.

    Raises `LedgerError` if it cannot be written.
    """
    said = {name: getattr(tombstone, name) for name in ("session", "conversations", "forgotten_at", "reason", "before")}
    line = json.dumps({name: each for name, each in said.items() if each is not None}).encode() + b"\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "r+b") as kept:
            fcntl.flock(kept, fcntl.LOCK_EX)  # until it is closed: controllers and commands write here
            _cut_torn_line(kept.fileno())
            kept.seek(0, os.SEEK_END)
            kept.write(line)
            kept.flush()
            os.fsync(kept.fileno())
        _sync_folder(file.parent)
    except OSError as error:
        # visitors may read this: it names no file
        raise LedgerError("the deletion could not be noted, so nothing is forgotten yet; please try again") from error


def tombstones_in(*files: Path) -> Iterator[Tombstone]:
    """Yield the tombstones of each file; one that is torn at a file's end is none, for its commit never came.

    Raises `SetupError` for a file that is damaged or cannot be read: better no ledger than one that tells too much.
    """
    for file in files:
        try:
            with file.open("rb") as lines:
                for number, line in enumerate(lines, start=1):
                    if line.endswith(b"\n"):
                        yield _tombstone(f"{file}:{number}", line)
        except OSError as error:
            raise SetupError(f"{file} cannot be read: {error.strerror}") from error


def tombstone_files(data: Path, others: Iterable[Path] | None = None) -> list[Path]:
    """Return the data folder's file, if there is one, and the others that were named."""
    own = data / FILE_NAME
    return [*([own] if own.exists() else []), *(others or ())]


def _tombstone(where: str, line: bytes) -> Tombstone:
    try:
        said = json.loads(line)
        return _checked(said)
    except (ValueError, TypeError, KeyError) as error:
        raise SetupError(f"{where}: this is no tombstone; without it forgotten text could come back") from error


def _checked(said: dict[str, Any]) -> Tombstone:
    if not set(said) <= _KEYS or not isinstance(said["conversations"], list):
        raise ValueError
    before = said.get("before")
    return Tombstone(
        conversations=tuple(str(each) for each in said["conversations"]),
        forgotten_at=float(said["forgotten_at"]),
        reason=str(said["reason"]),
        session=said.get("session"),
        before=None if before is None else float(before),
    )


def _cut_torn_line(descriptor: int) -> None:
    """Take away what a power cut left of a last line; nobody was told that it was written."""
    size = os.fstat(descriptor).st_size
    end = size
    while end > 0:
        start = max(0, end - 65536)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            end = start + found + 1
            break
        end = start
    if end < size:
        os.ftruncate(descriptor, end)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
