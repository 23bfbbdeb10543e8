"""A race: when one source is slow to speak a second one is begun, and whoever speaks first is listened to.

"The Tail at Scale" (J. Dean and L. Barroso, 2013), hedged requests.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from controller.worker_client import Piece

Source = Callable[[Callable[[str], None]], AsyncGenerator[Piece]]
"""Begins an answer; the function that it is given is told each worker that is asked for it."""


@dataclass(eq=False)
class Racer:
    """One source, read in a task of its own."""

    changed: asyncio.Event
    """Set whenever something has become of any racer."""
    worker: str = ""
    has_spoken: bool = False
    pieces: "asyncio.Queue[Piece | None]" = field(default_factory=asyncio.Queue)

    def start(self, source: Source) -> "Racer":
        """Begin to read."""
        self.task = asyncio.create_task(self._read(source(self._asked)))
        return self

    @property
    def is_decided(self) -> bool:
        """It speaks, or has ended without a failure."""
        return self.has_spoken or (self.task.done() and not self.task.cancelled() and self.task.exception() is None)

    def _asked(self, worker: str) -> None:
        self.worker = worker
        self.changed.set()

    async def _read(self, source: AsyncGenerator[Piece]) -> None:
        try:
            async with contextlib.aclosing(source):
                async for piece in source:
                    self.pieces.put_nowait(piece)
                    if not self.has_spoken and (piece.text or piece.reasoning):
                        self.has_spoken = True
                        self.changed.set()
        finally:
            self.pieces.put_nowait(None)
            asyncio.get_running_loop().call_soon(self.changed.set)  # after the task is done


async def race(
    first: Source, second: Callable[[str], Source | None], seconds: float, on_worker: Callable[[str], None]
) -> AsyncGenerator[Piece]:
    """Yield the pieces of whoever speaks first; the other is cut off, and has given back what it held.

    `second` is called with the worker that was silent for `seconds`, and may decline. `on_worker` is told who is asked
    first, and who is listened to. When all fail, the first one's failure is raised.
    """
    changed = asyncio.Event()
    racers = [Racer(changed).start(first)]
    try:
        await _until(racers, lambda: bool(racers[0].worker))
        if racers[0].worker:  # else it has failed without asking anybody
            on_worker(racers[0].worker)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await _until(racers, lambda: False)
        if not racers[0].is_decided and not racers[0].task.done():
            source = second(racers[0].worker)
            if source is not None:
                racers.append(Racer(changed).start(source))
        await _until(racers, lambda: False)
        winner = next((racer for racer in racers if racer.is_decided), racers[0])
        await _stop([racer for racer in racers if racer is not winner])
        if winner.worker:
            on_worker(winner.worker)
        while (piece := await winner.pieces.get()) is not None:
            yield piece
        await winner.task
    finally:
        await _stop(racers)


async def _until(racers: list[Racer], is_so: Callable[[], bool]) -> None:
    """Wait until something is so, one racer is decided, or all have failed."""
    while not (is_so() or any(each.is_decided for each in racers) or all(each.task.done() for each in racers)):
        racers[0].changed.clear()
        await racers[0].changed.wait()


async def _stop(racers: list[Racer]) -> None:
    for racer in racers:
        racer.task.cancel()
    await asyncio.gather(*(racer.task for racer in racers), return_exceptions=True)
