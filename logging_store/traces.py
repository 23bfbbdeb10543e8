"""Searches raw files for what was forgotten: old copies of forgotten turns, and given words. Bounded memory.

Both databases lay a turn's row out in the order of its columns: its id, its conversation's, its position, its
consent's. A forgotten turn's consent is nobody's; the same two ids before another consent are a copy from before.
"""

import json
import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from logging_store.erasing import NOBODY

CHUNK = 4 * 2**20
"""Bytes read at once."""

_ID = 32
_SPAN = 2 * _ID + 60
"""Bytes from a row's first id to behind the third, with room for position and padding."""
_RUN = b"x" * _ID
_HEX = bytes(ord("x") if chr(each) in "0123456789abcdef" else ord(".") for each in range(256))
_DIGITS = re.compile(rb"[0-9a-f]*+")
_ROW = re.compile(rb"([0-9a-f]{32})C?[0-9a-f]{32}")
"""A turn's id and its conversation's. PostgreSQL writes the length before each text: `C` stands for 32 bytes."""
_CONSENT = re.compile(rb"[0-9a-f]{32}")
_NOBODY = NOBODY.encode()


@dataclass(frozen=True, slots=True)
class Trace:
    """Where something was found; never what it says."""

    file: Path
    offset: int
    """Bytes from the file's beginning."""
    phrase: int | None = None
    """The number of the words, from 0; None for an old copy of a forgotten turn."""


@dataclass(slots=True)
class ForgottenIds:
    """The ids of forgotten turns, eight bytes each, however many they are."""

    _hashes: "array[int]" = field(default_factory=lambda: array("q"))

    @classmethod
    def of(cls, ids: Iterable[str]) -> "ForgottenIds":
        """Return these ids."""
        return cls(array("q", sorted(hash(each.encode()) for each in ids)))

    def __contains__(self, turn_id: bytes) -> bool:
        made = hash(turn_id)
        at = bisect_left(self._hashes, made)
        return at < len(self._hashes) and self._hashes[at] == made

    def __len__(self) -> int:
        return len(self._hashes)


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for."""

    forgotten: ForgottenIds = field(default_factory=ForgottenIds)
    phrases: Sequence[str] = ()

    def spellings(self) -> list[tuple[int, bytes]]:
        """Return each phrase as bytes: as it is, and as it stands in JSON."""
        found: list[tuple[int, bytes]] = []
        for number, phrase in enumerate(self.phrases):
            written = (phrase, json.dumps(phrase)[1:-1], json.dumps(phrase, ensure_ascii=False)[1:-1])
            found += [(number, each) for each in dict.fromkeys(each.encode("utf-8", "replace") for each in written)]
        return found


def traces_in(
    file: Path, sought: Sought, read: Callable[[int], None] = lambda _: None, chunk: int = CHUNK
) -> Iterator[Trace]:
    """Yield what a file holds of what is sought. `read` is told how many bytes more were looked at.

    Raises `OSError` if it cannot be read.
    """
    spellings = sought.spellings()
    overlap = max([_SPAN, *(len(each) for _, each in spellings)])
    before, start = b"", 0
    with file.open("rb", buffering=0) as stream:
        while True:
            fresh = stream.read(chunk)
            buffer = before + fresh
            # what begins in the overlap is found whole with the next piece
            end = len(buffer) - overlap if fresh else len(buffer)
            yield from (Trace(file, start + at, which) for at, which in _found(buffer, end, sought, spellings))
            if not fresh:
                return
            kept = max(end, 0)
            before, start = buffer[kept:], start + kept
            read(len(fresh))


def _found(
    buffer: bytes, end: int, sought: Sought, spellings: Sequence[tuple[int, bytes]]
) -> Iterator[tuple[int, int | None]]:
    """Yield where something begins before `end`, and the number of its words."""
    if len(sought.forgotten):
        for at in _old_copies(buffer, sought.forgotten):
            if at < end:
                yield at, None
    for number, phrase in spellings:
        at = buffer.find(phrase, 0, max(end, 0) + len(phrase) - 1) if end > 0 else -1
        while at >= 0:
            yield at, number
            at = buffer.find(phrase, at + 1, end + len(phrase) - 1)


def _old_copies(buffer: bytes, forgotten: ForgottenIds) -> Iterator[int]:
    # plain text is skipped at the speed of `find`; only where 32 hex digits stand side by side is looked closer
    marked = buffer.translate(_HEX)
    at = marked.find(_RUN)
    while at >= 0:
        row = _ROW.match(buffer, at)
        if row is not None and row[1] in forgotten and _has_other_consent(buffer[row.end() : at + _SPAN]):
            yield at
        behind = _DIGITS.match(buffer, at)
        at = marked.find(_RUN, at + _ID if behind is None else behind.end())


def _has_other_consent(behind: bytes) -> bool:
    return _NOBODY not in behind and _CONSENT.search(behind) is not None
