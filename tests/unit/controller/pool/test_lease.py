import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import pytest

from arena.errors import (
    ArenaError,
    ContextTooLong,
    ProviderOverloaded,
    ProviderRateLimited,
    WorkerBroke,
    WorkerError,
    WorkersBusy,
    WorkerUnreachable,
)
from arena.worker import WorkerCard
from controller.pool.answering import answer
from controller.pool.lease import Lease
from controller.pool.worker_pool import WorkerPool
from controller.routing.breaker import FAILURES_IN_A_ROW, BreakerState
from controller.routing.demand import Demand
from controller.routing.rules import Rules
from controller.routing.seat import Seat
from controller.worker_words import Piece
from tests.pools import is_idle

CARD = WorkerCard(id="one", url="http://127.0.0.1:1", models=("echo", "other"), slots=50)


class Bench:
    """One worker, and a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.seat = Seat(CARD, 0.0)

    def lease(self, model: str = "echo") -> Lease:
        self.seat.lease(self.now)
        return Lease(CARD, Demand(model), self.seat, self.now, lambda: self.now, lambda: 0.5)

    def fail(self, error: ArenaError, times: int = 1) -> None:
        for _ in range(times):
            self.lease().failed(error)

    def states(self, model: str = "echo") -> tuple[BreakerState, BreakerState]:
        worker, of_model = self.seat.breakers(model)
        return worker.state(self.now), of_model.state(self.now)


CLOSED, OPEN = BreakerState.CLOSED, BreakerState.OPEN


@pytest.mark.parametrize(
    ("error", "times", "states"),
    [
        (WorkerUnreachable(), 1, (OPEN, CLOSED)),
        (WorkerBroke(), FAILURES_IN_A_ROW, (OPEN, CLOSED)),
        (WorkerError(), FAILURES_IN_A_ROW, (CLOSED, OPEN)),
        (ProviderOverloaded(), FAILURES_IN_A_ROW - 1, (CLOSED, CLOSED)),
        (ProviderRateLimited(), 1, (CLOSED, OPEN)),
        (ContextTooLong(), 20, (CLOSED, CLOSED)),
        (WorkersBusy(), 20, (CLOSED, CLOSED)),
    ],
)
def test_only_a_workers_own_faults_close_it_and_only_as_far_as_they_reach(
    error: ArenaError, times: int, states: tuple[BreakerState, BreakerState]
):
    bench = Bench()
    bench.fail(error, times)

    assert bench.states() == states
    assert bench.states("other") == (states[0], CLOSED)


def test_the_first_word_of_a_probe_closes_and_what_breaks_after_it_counts_anew():
    bench = Bench()
    bench.fail(WorkerUnreachable())
    bench.now += 1.0
    probe = bench.lease()
    probe.first_word()
    assert bench.states() == (CLOSED, CLOSED)

    probe.failed(WorkerBroke())
    bench.fail(WorkerBroke(), FAILURES_IN_A_ROW - 1)
    assert bench.states() == (OPEN, CLOSED)


def test_a_refused_request_shows_that_a_worker_is_back():
    bench = Bench()
    bench.fail(WorkerUnreachable())
    bench.now += 1.0
    bench.lease().failed(ContextTooLong())
    assert bench.states() == (CLOSED, CLOSED)


def test_only_the_first_news_counts():
    bench = Bench()
    lease = bench.lease()
    lease.done()
    for _ in range(9):
        lease.failed(WorkerUnreachable())
        lease.ended()
    assert bench.states() == (CLOSED, CLOSED)


def test_the_speed_is_that_of_the_first_word_and_of_those_after_it():
    bench = Bench()
    lease = bench.lease()
    bench.now += 0.5
    lease.first_word()
    lease.first_word()
    lease.wrote(3)
    lease.used(7, 101)
    bench.now += 2.0
    lease.done()

    speed = bench.seat.serving("echo").speed
    assert speed.first_word.value == 0.5
    assert speed.word.value == pytest.approx(0.02)
    assert lease.tokens == 108


async def test_a_storm_of_failures_reaches_a_worker_only_in_probes():
    asked = 0

    async def ask(_: WorkerCard, __: Mapping[str, Any]) -> AsyncGenerator[Piece]:
        nonlocal asked
        asked += 1
        raise ProviderRateLimited
        yield Piece()

    pool = WorkerPool(15, Rules(queue_seconds=0.001))
    pool.register(CARD, 0.0)
    for _ in range(100):
        with contextlib.suppress(ArenaError):
            async for _ in answer(pool, ask, Demand("echo"), {}, lambda _: None):
                pass
    assert asked <= 2
    assert is_idle(pool)


async def test_two_controllers_share_a_worker_that_has_fewer_slots_than_it_says():
    """Each sees only its own requests and the answers `busy`; all are answered, and few are sent in vain."""
    running = most = refused = 0

    async def ask(_: WorkerCard, __: Mapping[str, Any]) -> AsyncGenerator[Piece]:
        nonlocal running, most, refused
        if running == 4:
            refused += 1
            raise WorkersBusy
        running, most = running + 1, max(most, running + 1)
        try:
            await asyncio.sleep(0.005)
            yield Piece("Hello")
        finally:
            running -= 1

    async def request(pool: WorkerPool) -> str:
        return "".join([piece.text async for piece in answer(pool, ask, Demand("echo"), {}, lambda _: None)])

    pools = [WorkerPool(15), WorkerPool(15)]
    for pool in pools:
        pool.register(CARD, 0.0)
    answers = await asyncio.gather(*(request(pools[number % 2]) for number in range(60)))

    assert answers == ["Hello"] * 60
    assert most == 4
    assert refused < 150, "far fewer than if each had been sent until it was taken"
    assert all(is_idle(pool) for pool in pools)
