"""One file of turns that wait for the ledger: how it is written, read, and how turns are taken out of it."""

import os
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from logging_store.columns import storable
from logging_store.facts import TurnEnd, TurnFact

SPOOLS = "spool"
"""In the data folder: a folder for each controller, by its name."""
SUFFIX = ".jsonl"
_TURN_ID = re.compile(rb'\{"turn_id":"([^"]{1,64})"')
"""How each line begins, also one that was torn off."""
_HOME = re.compile(rb'[{,]"conversation_id":"([^"]{1,64})"')
"""In what people say, quotation marks have a backslash before them."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A turn that waits for the ledger: that it was opened, how it ended, or both."""

    turn_id: str
    opened: TurnFact | None = None
    end: TurnEnd | None = None


_WAITING = TypeAdapter(Waiting)


def spool_of(data: Path, controller: str) -> Path:
    """Return the folder in which a controller's turns wait. A name of dots alone would be another folder's."""
    return data / SPOOLS / (controller if controller.strip(".") else f"{controller}_")


def encode(waiting: Waiting) -> bytes:
    """Return a line. Texts are as the ledger will store them."""
    opened, end = waiting.opened, waiting.end
    if opened is not None:
        opened = replace(
            opened, text=storable(opened.text), answer=storable(opened.answer), reasoning=storable(opened.reasoning)
        )
    if end is not None:
        end = replace(end, answer=storable(end.answer), reasoning=storable(end.reasoning))
    return _WAITING.dump_json(Waiting(waiting.turn_id, opened, end)) + b"\n"


def read_segment(path: Path) -> tuple[list[Waiting], int]:
    """Return the turns of a file in the order in which each first comes, and how many lines are broken.

    The last line is broken where a process was killed while it wrote: nobody was told that it is kept.
    """
    found: dict[str, Waiting] = {}
    broken = 0
    for line in path.read_bytes().splitlines(keepends=True):
        if not line.strip():
            continue  # what was purged
        try:
            each = _WAITING.validate_json(line)
        except ValidationError:
            broken += 1
            continue
        before = found.get(each.turn_id, each)
        found[each.turn_id] = Waiting(each.turn_id, before.opened or each.opened, before.end or each.end)
    return list(found.values()), broken


def purge(folder: Path, turn_ids: Collection[str], conversation_ids: Collection[str] = ()) -> int:
    """Take turns out of all spools in and below a folder; return how many were there.

    Those of `conversation_ids` go too: the ledger may never have heard of them. Lines become blanks where they stand,
    so that a living process may go on adding to the file.
    """
    homes = {each.encode() for each in conversation_ids}
    files = sorted(folder.rglob(f"*{SUFFIX}")) if turn_ids or homes else ()
    wanted = {each.encode() for each in turn_ids}
    for path in files if homes else ():
        wanted |= _opened_in(path, homes)
    purged: set[bytes] = set()
    for path in files:
        try:
            with path.open("r+b", buffering=0) as file:
                purged |= _blank(file.fileno(), path.read_bytes(), wanted)
        except FileNotFoundError:
            continue  # the ledger has it by now
    return len(purged)


def _opened_in(path: Path, homes: Collection[bytes]) -> set[bytes]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return set()
    lines = ((_TURN_ID.match(line), _HOME.search(line)) for line in content.splitlines())
    return {turn[1] for turn, home in lines if turn is not None and home is not None and home[1] in homes}


def _blank(descriptor: int, content: bytes, wanted: Collection[bytes]) -> set[bytes]:
    purged: set[bytes] = set()
    start = 0
    for line in content.splitlines(keepends=True):
        begin = _TURN_ID.match(line)
        if begin is not None and begin[1] in wanted:
            os.pwrite(descriptor, b" " * len(line.rstrip(b"\n")), start)
            purged.add(begin[1])
        start += len(line)
    if purged:
        os.fsync(descriptor)
    return purged


def sync_folder(folder: Path) -> None:
    """Have it on the disk which files a folder has."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(slots=True, eq=False)
class Segment:
    """A file of the spool. Those that were there already are only read."""

    path: Path
    number: int
    size: int = 0
    _descriptor: int | None = field(default=None, repr=False)

    @classmethod
    def of(cls, path: Path) -> "Segment":
        """Return a file that is there."""
        return cls(path, int(path.stem), path.stat().st_size)

    @classmethod
    def new(cls, folder: Path, number: int) -> "Segment":
        """Make a file."""
        path = folder / f"{number:012d}{SUFFIX}"
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        try:
            sync_folder(folder)
        except OSError:
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise
        return cls(path, number, 0, descriptor)

    def append(self, lines: bytes) -> None:
        """Add lines; they are on the disk afterwards. If that fails they are taken back as far as that is possible."""
        assert self._descriptor is not None  # noqa: S101 (it was made by `new` and is not closed)
        try:
            rest = memoryview(lines)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            os.fsync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, self.size)
            raise
        self.size += len(lines)

    def close(self) -> None:
        """Add no more."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
