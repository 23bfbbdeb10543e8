"""One answer: lease a worker, stream from it, and before the first word try another if it fails."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from arena.errors import ArenaError, NoWorker, WorkersBusy, WorkerTimeout
from arena.worker import WorkerCard
from controller.pool.hedging import Source, race
from controller.pool.worker_pool import Lease, OnWait, WorkerPool
from controller.routing.demand import Demand
from controller.routing.faults import is_worth_another
from controller.worker_client import Piece

logger = logging.getLogger(__name__)

OnWorker = Callable[[str], None]
Ask = Callable[[WorkerCard, Mapping[str, Any]], AsyncGenerator[Piece]]


class Attempts:
    """The workers tried for one request. A request is tried again elsewhere only while nothing of it was shown."""

    def __init__(self, pool: WorkerPool, demand: Demand) -> None:
        self._pool = pool
        self._demand = demand
        self._since = pool.house.clock()
        self._until = self._since + pool.rules.queue_seconds
        self.tried: set[str] = set()
        self.has_shown = False
        self._last: ArenaError | None = None
        pool.retries.request(self._since)

    def lease(self, on_wait: OnWait | None = None) -> AbstractAsyncContextManager[Lease]:
        """Hold a slot of a worker that was not tried; all waits together take no longer than one may."""
        return self._pool.lease(self._demand, self.tried, on_wait, since=self._since, until=self._until)

    def failed(self, lease: Lease, error: ArenaError) -> None:
        """Learn from a failure; raise it if there is no use in trying another worker, or no budget for it.

        A worker that says it is busy was not tried at all: the request goes back to its place in the queue. That needs
        no budget, because of such a worker fewer slots are believed in from then on.
        """
        now = self._pool.house.clock()
        lease.failed(error)
        self._last = error
        if self.has_shown or not is_worth_another(error):
            raise error
        if not isinstance(error, WorkersBusy):
            self._until += now - lease.began_at
            self.tried.add(lease.card.id)
            is_worth_it = self._pool.has_another(self._demand.model, self.tried)
            if not is_worth_it or not self._pool.retries.take(now):
                raise error
            logger.warning("Worker %s failed (%s): another one is tried", lease.card.id, error.code)
        self._pool.house.watcher.retried(self._demand.model, error.code)

    def nobody_left(self, error: ArenaError) -> ArenaError:
        """Return what to say when no untried worker is free: what the last one said, if any was tried and failed."""
        return error if self._last is None or isinstance(self._last, WorkersBusy) else self._last


@contextlib.asynccontextmanager
async def within(seconds: float) -> AsyncGenerator[None]:
    """End what takes longer than a request may. Never around a `yield` of a generator: the reader would be cut."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise WorkerTimeout from error


def answer(
    pool: WorkerPool,
    ask: Ask,
    demand: Demand,
    body: Mapping[str, Any],
    on_worker: OnWorker,
    on_wait: OnWait | None = None,
) -> AsyncGenerator[Piece]:
    """Stream one answer. The slot is taken on the first step: unstarted streams hold nothing.

    `on_worker` is told the id of each worker that is tried, `on_wait` each new place in the queue.
    Raises a `WorkerError` when all that can be tried failed.
    """

    def first(on_worker: OnWorker) -> AsyncGenerator[Piece]:
        return _tried(pool, ask, demand, body, on_worker, on_wait)

    def second(silent: str) -> Source | None:
        if not pool.has_another(demand.model, {silent}) or not pool.retries.take(pool.house.clock()):
            return None
        pool.house.watcher.retried(demand.model, "hedged")
        return lambda on_worker: _hedge(pool, ask, demand, body, on_worker, silent)

    seconds = pool.rules.hedge_seconds
    return race(first, second, seconds, on_worker) if seconds > 0 else first(on_worker)


async def _tried(
    pool: WorkerPool,
    ask: Ask,
    demand: Demand,
    body: Mapping[str, Any],
    on_worker: OnWorker,
    on_wait: OnWait | None,
) -> AsyncGenerator[Piece]:
    """Ask one worker after the other until one answers."""
    attempts = Attempts(pool, demand)
    while True:
        try:
            async with attempts.lease(on_wait) as lease:
                on_worker(lease.card.id)
                try:
                    async with contextlib.aclosing(ask(lease.card, body)) as pieces:
                        async for piece in pieces:
                            _tell(lease, piece)
                            attempts.has_shown = lease.first_word_at is not None
                            yield piece
                except ArenaError as error:
                    attempts.failed(lease, error)
                else:
                    _tell_pace(pool, lease)
                    return
        except (NoWorker, WorkersBusy) as error:
            raise attempts.nobody_left(error) from None


async def _hedge(
    pool: WorkerPool, ask: Ask, demand: Demand, body: Mapping[str, Any], on_worker: OnWorker, silent: str
) -> AsyncGenerator[Piece]:
    """Ask one worker more, if one is free now."""
    async with pool.lease(demand, {silent}, until=0.0) as lease:
        on_worker(lease.card.id)
        async with contextlib.aclosing(ask(lease.card, body)) as pieces:
            async for piece in pieces:
                _tell(lease, piece)
                yield piece
        _tell_pace(pool, lease)


def _tell(lease: Lease, piece: Piece) -> None:
    if piece.text or piece.reasoning:
        lease.first_word()
        lease.wrote()
    if piece.completion_tokens is not None or piece.prompt_tokens is not None:
        lease.used(piece.prompt_tokens, piece.completion_tokens)


def _tell_pace(pool: WorkerPool, lease: Lease) -> None:
    if lease.first_word_at is not None and lease.words > 1:
        seconds = pool.house.clock() - lease.first_word_at
        pool.house.watcher.word_time(lease.demand.model, seconds / (lease.words - 1))
