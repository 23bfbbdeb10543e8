"""The default engine: processes of this machine."""

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import connection, get_context, parent_process
from typing import TypeVar

from arena.errors import ArenaError
from export.release.engines.protocol import Engine

T = TypeVar("T")


class AtOnce:
    """Does one piece after the other, in this process."""

    def run(self, work: Callable[[int], T], pieces: Iterable[int]) -> Iterator[T]:
        """See `Engine.run`."""
        return map(work, pieces)


class Processes:
    """Spreads pieces over processes: new ones for each work, as those of the last one hold what it needed."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None

    def run(self, work: Callable[[int], T], pieces: Iterable[int]) -> Iterator[T]:
        """See `Engine.run`."""
        listed = list(pieces)
        if not listed:
            return
        processes = min(self._processes, len(listed))
        pool = self._pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_begin)
        try:
            for each in as_completed([pool.submit(work, piece) for piece in listed]):
                yield each.result()
        except BrokenProcessPool as error:
            raise ArenaError(
                "a process of the release was killed, perhaps for its memory: go on with --resume"
            ) from error
        pool.shutdown()

    def kill(self) -> None:
        """End all processes: whoever interrupts does not want to wait for pieces of minutes."""
        for each in list(getattr(self._pool, "_processes", None) or {}):
            with suppress(ProcessLookupError):  # the one that was killed may be gone
                os.kill(each, signal.SIGTERM)
        with suppress(RuntimeError):  # interrupted while the pool was starting: it knows of nothing to wait for
            self.close()

    def close(self) -> None:
        """Wait for the processes to end."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


@contextmanager
def local_engine(processes: int) -> Generator[Engine]:
    """Lend processes of this machine; with one, the work is done in this one."""
    if processes == 1:
        yield AtOnce()
        return
    engine = Processes(processes)
    try:
        yield engine
    except BaseException:
        engine.kill()
        raise
    engine.close()


def _begin() -> None:
    """Leave Ctrl-C to the parent, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
