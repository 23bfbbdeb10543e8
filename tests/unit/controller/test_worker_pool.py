import asyncio
import contextlib
from typing import Any

import pytest

from arena.errors import NoWorker, UnknownWorker, WorkersBusy
from arena.worker import Heartbeat, WorkerCard
from controller.routing.demand import Demand
from controller.routing.rules import Rules
from controller.worker_pool import WorkerPool
from tests.arenas import is_idle

ECHO = Demand("echo")


def a_card(id: str = "one", **given: Any) -> WorkerCard:  # noqa: A002
    default: dict[str, Any] = {"id": id, "url": "http://127.0.0.1:1", "models": ("echo",), "slots": 2}
    return WorkerCard(**default | given)


def a_pool(*cards: WorkerCard, **rules: Any) -> WorkerPool:
    pool = WorkerPool(15, Rules(**rules))
    for card in cards or (a_card(),):
        pool.register(card, 0.0)
    return pool


def leases(pool: WorkerPool) -> int:
    return sum(seat.leased for seat in pool.seats.values())


async def test_the_worker_with_the_least_delay_is_leased_until_all_are_full():
    pool = a_pool(a_card("small", slots=2), a_card("large", slots=8), queue_length=0)
    async with contextlib.AsyncExitStack() as held:
        order = [(await held.enter_async_context(pool.lease(ECHO))).card.id for _ in range(10)]

        assert order.count("small") == 2
        assert order[:3] == ["large"] * 3
        with pytest.raises(WorkersBusy) as refused:
            await held.enter_async_context(pool.lease(ECHO))
    assert refused.value.retry_after == 2
    assert is_idle(pool)


async def test_a_lease_is_given_back_when_its_work_breaks():
    pool = a_pool()
    with pytest.raises(ZeroDivisionError):
        async with pool.lease(ECHO):
            _ = 1 / 0

    assert is_idle(pool)


async def test_a_model_that_nobody_serves_has_no_worker():
    with pytest.raises(NoWorker):
        async with a_pool().lease(Demand("other")):
            pass


async def test_workers_that_were_tried_are_left_out():
    pool = a_pool(a_card("one"), a_card("two"))
    async with pool.lease(ECHO, {"one"}) as lease:
        assert lease.card.id == "two"
    with pytest.raises(NoWorker):
        async with pool.lease(ECHO, {"one", "two"}):
            pass


async def test_what_a_worker_reports_counts_where_it_is_more_than_we_know():
    pool = a_pool(a_card("one", slots=10), a_card("two", slots=10))
    pool.beat("one", Heartbeat(busy=3), 1.0)
    async with pool.lease(ECHO) as lease:
        assert lease.card.id == "two"


def test_a_silent_worker_leaves_and_one_that_beats_stays():
    pool = a_pool(a_card("silent"), a_card("alive"))
    pool.beat("alive", Heartbeat(), 10.0)

    assert pool.forget_silent(15.0) == []
    assert pool.forget_silent(15.5) == ["silent"]
    assert set(pool.seats) == {"alive"}
    with pytest.raises(UnknownWorker):
        pool.beat("silent", Heartbeat(), 16.0)


async def test_a_worker_that_registers_again_keeps_its_leases_under_its_new_card():
    pool = a_pool()
    async with pool.lease(ECHO):
        pool.register(a_card(slots=5), 3.0)
        assert (leases(pool), pool.seats["one"].card.slots) == (1, 5)
    assert is_idle(pool)


def test_the_models_are_those_of_the_workers_that_are_there():
    pool = a_pool(a_card("one", models=("a", "b")), a_card("two", models=("b", "c")))
    pool.leave("one")
    pool.leave("nobody")

    assert pool.models() == {"b", "c"}


async def test_whoever_waits_gets_the_slot_that_is_given_back():
    pool = a_pool(a_card(slots=1))
    told: list[int] = []
    async with contextlib.AsyncExitStack() as held:
        await held.enter_async_context(pool.lease(ECHO))
        waiting = asyncio.create_task(pool.lease(ECHO, on_wait=lambda place, _: told.append(place)).__aenter__())
        while not told:
            await asyncio.sleep(0)
        assert not waiting.done()
    await waiting

    assert (told, leases(pool)) == ([1], 1)
