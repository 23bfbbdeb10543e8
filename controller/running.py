"""The turns that are running now, so that they can be stopped, and so that none runs twice."""

import asyncio
import contextlib
from collections.abc import Coroutine, Generator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from arena.errors import ShuttingDown, TurnRunning

T = TypeVar("T")
STOP_PATIENCE_SECONDS = 2.0


@dataclass
class RunningTurn:
    """One turn of a conversation, or both sides of a battle's turn.

    It can be interrupted while a side writes, and only then: what comes after the writing is always done to its end.
    """

    session_id: str = ""
    """Whose it is."""
    turn_ids: frozenset[str] = frozenset()
    """Under which the ledger knows it."""
    is_cancelled: bool = False
    is_shut_down: bool = False
    """It was cancelled because we go down, and not because the visitor stopped it or left."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _writing: set[asyncio.Task[Any]] = field(default_factory=set[asyncio.Task[Any]])

    @contextmanager
    def writing(self) -> Generator[None]:
        """Be a side that writes. `cancel` interrupts it, also when it came before this began."""
        if self.is_cancelled:
            raise asyncio.CancelledError
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (there is one wherever this can be called)
        self._writing.add(task)
        try:
            yield
        finally:
            self._writing.discard(task)

    def cancel(self, *, is_shut_down: bool = False) -> None:
        """Let every side end now, keeping what was written. Only the first call counts."""
        if self.is_cancelled:
            return
        self.is_cancelled, self.is_shut_down = True, is_shut_down
        for task in self._writing:
            task.cancel()


class RunningTurns:
    """All running turns of this process, by the id of their conversation or battle."""

    def __init__(self) -> None:
        self._turns: dict[str, RunningTurn] = {}
        self._kept: set[asyncio.Task[Any]] = set()
        self.closing = asyncio.Event()
        """Set when we go down: no new turn then."""
        self.busy = asyncio.Event()
        """Set while any turn runs."""

    def __len__(self) -> int:
        return len(self._turns)

    def is_running(self, key: str) -> bool:
        """Whether a turn of it is running here."""
        return key in self._turns

    def check(self, key: str) -> None:
        """Refuse a second turn at once, and any turn while we go down."""
        if self.closing.is_set():
            raise ShuttingDown
        if key in self._turns:
            raise TurnRunning

    @contextmanager
    def hold(self, key: str, turn: RunningTurn) -> Generator[None]:
        """Be the one turn that is running."""
        self.check(key)
        self._turns[key] = turn
        self.busy.set()
        try:
            yield
        finally:
            del self._turns[key]
            turn.ended.set()
            if not self._turns:
                self.busy.clear()

    async def stop(self, key: str) -> None:
        """Stop the running turn, if there is one, and wait until the ledger knows."""
        turn = self._turns.get(key)
        await _stop([] if turn is None else [turn])

    async def stop_session(self, session_id: str) -> None:
        """Stop every running turn of a session, and wait until the ledger knows."""
        await _stop([turn for turn in self._turns.values() if turn.session_id == session_id])

    def cancel(self, turn_ids: Set[str]) -> None:
        """Let the running turns that the ledger knows by these ids end now."""
        for turn in self._turns.values():
            if turn.turn_ids & turn_ids:
                turn.cancel()

    def shut_down(self) -> None:
        """Take no new turn, and let every running one end now."""
        self.closing.set()
        for turn in self._turns.values():
            turn.cancel(is_shut_down=True)

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start something that has to be done to its end, whoever leaves meanwhile."""
        task = asyncio.create_task(work)
        self._kept.add(task)
        task.add_done_callback(self._kept.discard)
        return task

    async def settle(self) -> None:
        """Wait for everything that had to be done to its end."""
        while self._kept:
            await asyncio.wait(set(self._kept))


async def _stop(turns: list[RunningTurn]) -> None:
    for turn in turns:
        turn.cancel()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(STOP_PATIENCE_SECONDS):
            for turn in turns:
                await turn.ended.wait()
