"""The turns that are running now, so that they can be stopped, and so that none runs twice."""

import asyncio
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from arena.errors import ShuttingDown, TurnRunning

T = TypeVar("T")
STOP_PATIENCE_SECONDS = 2.0


@dataclass
class RunningTurn:
    """One turn of a conversation, or both sides of a battle's turn."""

    sides: list[asyncio.Task[bool]] = field(default_factory=list[asyncio.Task[bool]])
    is_stopped: bool = False
    """By the visitor, or because we go down: the stream says so to its end. A visitor who left hears nothing."""
    is_shut_down: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self) -> None:
        """Let every side end now, keeping what was written."""
        if not self.is_stopped:
            self.is_stopped = True
            self.cancel()

    def cancel(self) -> None:
        """Cancel every side that runs."""
        for side in self.sides:
            side.cancel()


class RunningTurns:
    """All running turns of this process, by the id of their conversation or battle."""

    def __init__(self) -> None:
        self._turns: dict[str, RunningTurn] = {}
        self._kept: set[asyncio.Task[Any]] = set()
        self._is_closing = False

    def __len__(self) -> int:
        return len(self._turns)

    def is_running(self, key: str) -> bool:
        """Whether a turn of it is running here."""
        return key in self._turns

    def check(self, key: str) -> None:
        """Refuse a second turn at once, and any turn while we go down."""
        if self._is_closing:
            raise ShuttingDown
        if key in self._turns:
            raise TurnRunning

    @contextmanager
    def hold(self, key: str) -> Generator[RunningTurn]:
        """Be the one turn that is running."""
        self.check(key)
        turn = self._turns[key] = RunningTurn()
        try:
            yield turn
        finally:
            del self._turns[key]
            turn.ended.set()

    async def stop(self, key: str) -> None:
        """Stop the running turn, if there is one, and wait until the ledger knows."""
        turn = self._turns.get(key)
        if turn is None:
            return
        turn.stop()
        await asyncio.wait({asyncio.ensure_future(turn.ended.wait())}, timeout=STOP_PATIENCE_SECONDS)

    def shut_down(self) -> None:
        """Take no new turn, and let every running one end now."""
        self._is_closing = True
        for turn in self._turns.values():
            turn.is_shut_down = True
            turn.stop()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start something that has to be done to its end, whoever leaves meanwhile."""
        task = asyncio.create_task(work)
        self._kept.add(task)
        task.add_done_callback(self._kept.discard)
        return task

    async def keep(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something to its end even if the caller is cancelled meanwhile."""
        return await asyncio.shield(self.start(work))

    async def settle(self) -> None:
        """Wait for everything that had to be done to its end."""
        while self._kept:
            await asyncio.wait(set(self._kept))
