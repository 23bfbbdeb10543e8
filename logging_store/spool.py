"""Turns that wait on disk for the ledger: on the disk before anybody is told that they are kept.

A folder of segments, each a file of JSON lines, one for each time that something happened to a turn. What is appended
together, or while the disk is busy, shares one `fsync`. A segment goes when the ledger has all of it. The folder
belongs to one process, which holds the lock in it; the kernel gives that back however the process ends.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from arena.errors import LedgerError, SetupError
from logging_store.spool_file import SUFFIX, Segment, Waiting, encode, read_segment, sync_folder

T = TypeVar("T")
logger = logging.getLogger(__name__)

LOCK = "lock"
PATIENCE_SECONDS = 10.0
"""For so long an opening waits: the process that has the folder may be about to end, or replay what a dead one left."""
SEGMENT_BYTES = 4_000_000
"""At which a new segment is begun: one is read as a whole."""
_RETRY_SECONDS = 0.05


@dataclass(slots=True)
class _Job:
    lines: bytes
    turn_ids: tuple[str, ...]
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Spool:
    """What waits in one folder. Only the process that holds the folder's lock may have one."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.folder = folder
        self._most = most_bytes
        self._segments = [Segment.of(path) for path in sorted(folder.glob(f"[0-9]*{SUFFIX}"))]
        self._ids: dict[str, int] = {}
        """The turns that wait, and the number of the last segment that tells of each."""
        self._open: Segment | None = None
        self._queue: list[_Job] = []
        self._flushing: asyncio.Task[None] | None = None
        self._hand = ThreadPoolExecutor(1, "spool")
        """All that touches the files is done by one thread, one thing after the other."""

    @property
    def waiting(self) -> int:
        """Return how many turns wait, of those that this process has seen."""
        return len(self._ids)

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits, and nothing is on its way to the disk."""
        return not (self._segments or self._open or self._queue or self._flushing)

    def has(self, turn_id: str) -> bool:
        """Whether something of this turn waits: what comes after it has to wait behind it."""
        return turn_id in self._ids

    async def append(self, *waiting: Waiting) -> None:
        """Return once all of it is on the disk. Raises `LedgerError` if the disk fails or the spool is full."""
        job = _Job(b"".join(encode(each) for each in waiting), tuple(each.turn_id for each in waiting))
        queued = sum(len(each.lines) for each in self._queue)
        if self._bytes() + queued + len(job.lines) > self._most:
            logger.error("The spool is full: %d bytes wait for the ledger", self._bytes())
            raise LedgerError
        self._queue.append(job)
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush())
        await job.done

    async def cut(self) -> list[Segment]:
        """Return the segments there are, the oldest first; what comes from now on goes into a new one."""
        return await self._do(self._cut)

    async def read(self, segment: Segment) -> tuple[list[Waiting], int]:
        """Return what a segment tells, and how many of its lines are broken."""
        found, broken = await self._do(lambda: read_segment(segment.path))
        for each in found:
            self._ids.setdefault(each.turn_id, segment.number)
        return found, broken

    async def remove(self, segment: Segment) -> None:
        """Remove a segment: the ledger has all of it."""
        await self._do(lambda: self._remove(segment))
        self._ids = {turn_id: last for turn_id, last in self._ids.items() if last != segment.number}

    async def close(self) -> None:
        """Wait until all is on the disk that was appended."""
        if self._flushing is not None:
            await self._flushing
        await self._do(self._leave)
        self._hand.shutdown()

    async def _flush(self) -> None:
        while self._queue:
            jobs, self._queue = self._queue, []
            lines = b"".join(job.lines for job in jobs)
            error: LedgerError | None = None
            try:
                number = await self._do(partial(self._write, lines))
            except LedgerError as failure:
                error = failure
            else:
                self._ids.update((turn_id, number) for job in jobs for turn_id in job.turn_ids)
            for job in jobs:
                if job.done.done():
                    continue  # whoever appended it was cancelled
                job.done.set_exception(error) if error else job.done.set_result(None)
        self._flushing = None

    async def _do(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._hand, work)
        except OSError as error:
            logger.error("The spool cannot be written or read: %s", error.strerror)  # noqa: TRY400 (it says it all)
            raise LedgerError from error

    def _bytes(self) -> int:
        return sum(each.size for each in self._segments) + (self._open.size if self._open else 0)

    def _write(self, lines: bytes) -> int:
        if self._open is not None and self._open.size >= SEGMENT_BYTES:
            self._leave()
        segment = self._open or Segment.new(self.folder, 1 + max((each.number for each in self._segments), default=0))
        self._open = segment
        try:
            segment.append(lines)
        except OSError:
            self._leave()  # nobody knows what of it is on the disk: nothing is added to it
            raise
        return segment.number

    def _leave(self) -> None:
        """Add no more to the segment that is open; an empty one goes."""
        segment, self._open = self._open, None
        if segment is None:
            return
        segment.close()
        if segment.size:
            self._segments.append(segment)
        else:
            segment.path.unlink(missing_ok=True)

    def _cut(self) -> list[Segment]:
        self._leave()
        return list(self._segments)

    def _remove(self, segment: Segment) -> None:
        segment.path.unlink(missing_ok=True)
        sync_folder(self.folder)
        self._segments.remove(segment)


@asynccontextmanager
async def open_spool(folder: Path, most_bytes: int, patience: float = PATIENCE_SECONDS) -> AsyncGenerator[Spool]:
    """Be the one process that has this folder while inside. Raises `SetupError` if that cannot be."""
    try:
        for each in (folder.parent, folder):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
            each.chmod(0o700)
        descriptor = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise SetupError(f"the spool cannot be written: {folder}: {error.strerror}") from error
    try:
        await _lock(descriptor, folder, patience)
        spool = Spool(folder, most_bytes)
        try:
            yield spool
        finally:
            await spool.close()
    finally:
        os.close(descriptor)


async def _lock(descriptor: int, folder: Path, patience: float) -> None:
    clock = asyncio.get_running_loop()
    until = clock.time() + patience
    while not is_locked(descriptor):
        if clock.time() >= until:
            raise SetupError(f"another process has the spool {folder}: give this controller a name of its own")
        await asyncio.sleep(_RETRY_SECONDS)


def is_locked(descriptor: int) -> bool:
    """Take the lock on an open file; return whether it is ours now."""
    with contextlib.suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
