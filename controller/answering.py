"""One answer: lease a worker, stream from it, and before the first word try another if it fails."""

import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

from arena.errors import (
    ArenaError,
    NoWorker,
    ProviderRefusedRequest,
    WorkerBroke,
    WorkerError,
    WorkersBusy,
    WorkerUnreachable,
)
from arena.worker import WorkerCard
from controller.worker_client import Piece
from controller.worker_pool import WorkerPool

logger = logging.getLogger(__name__)

Ask = Callable[[WorkerCard, Mapping[str, Any]], AsyncGenerator[Piece]]


class Attempts:
    """The workers tried for one request. A request is tried again elsewhere only while nothing of it was shown."""

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool
        self.tried: set[str] = set()
        self.has_shown = False
        self._last: ArenaError | None = None

    def failed(self, card: WorkerCard, error: ArenaError) -> None:
        """Learn from a failure; raise it if there is no use in trying another worker."""
        if isinstance(error, WorkerUnreachable | WorkerBroke) and self._pool.expel(card):
            logger.warning("Worker %s left the pool (%s); it may register again", card.id, error.code)
        self.tried.add(card.id)
        self._last = error
        if self.has_shown or not is_worth_another(error):
            raise error

    def nobody_left(self, error: ArenaError) -> ArenaError:
        """Return what to say when no untried worker is free: what the last one said, if any was tried."""
        return self._last or error


def is_worth_another(error: ArenaError) -> bool:
    """Whether another worker may do better: not when the request itself was refused."""
    return (isinstance(error, WorkerError) or error.retryable) and not isinstance(error, ProviderRefusedRequest)


async def answer(
    pool: WorkerPool, ask: Ask, model: str, body: Mapping[str, Any], on_worker: Callable[[str], None]
) -> AsyncGenerator[Piece]:
    """Stream one answer. The slot is taken on the first step: unstarted streams hold nothing.

    `on_worker` is told the id of each worker that is tried. Raises a `WorkerError` when all that can be tried failed.
    """
    attempts = Attempts(pool)
    while True:
        try:
            with pool.lease(model, attempts.tried) as card:
                on_worker(card.id)
                try:
                    async with contextlib.aclosing(ask(card, body)) as pieces:
                        async for piece in pieces:
                            attempts.has_shown |= bool(piece.text or piece.reasoning)
                            yield piece
                except ArenaError as error:
                    attempts.failed(card, error)
                else:
                    return
        except (NoWorker, WorkersBusy) as error:
            raise attempts.nobody_left(error) from None
