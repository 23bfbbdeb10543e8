"""How long a worker may be silent."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from arena.errors import WorkerBroke, WorkerTimeout
from controller.upstream.client import Answer


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a worker may be silent, in seconds."""

    first_word: float
    between_words: float


class Watch:
    """Breaks an answer off when its worker is silent for too long: one timer for a whole stream, that looks seldom."""

    def __init__(self, answer: Answer, seconds: float) -> None:
        self._answer = answer
        self._loop = asyncio.get_running_loop()
        self._deadline = self._looks_at = self._loop.time() + seconds
        self._timer = self._loop.call_at(self._deadline, self._look)
        self._is_over = False

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def is_alive(self, seconds: float) -> None:
        """Note a sign of life: the next one has to come within so many seconds."""
        self._deadline = self._loop.time() + seconds
        if self._deadline < self._looks_at:
            self._timer.cancel()
            self._look()

    @contextmanager
    def reading(self) -> Generator[None]:
        """Say of an answer that was broken off from here that its worker was too slow."""
        try:
            yield
        except WorkerBroke as error:
            if self._is_over:
                raise WorkerTimeout from error
            raise

    def _look(self) -> None:
        if self._loop.time() >= self._deadline:
            self._is_over = True
            self._answer.break_off()
        else:
            self._looks_at = self._deadline
            self._timer = self._loop.call_at(self._deadline, self._look)
