import contextlib
import time
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import pytest

from arena.errors import (
    ArenaError,
    ContextTooLong,
    LedgerError,
    NoWorker,
    ProviderOverloaded,
    ProviderRefusedRequest,
    WorkerBroke,
    WorkersBusy,
    WorkerTimeout,
    WorkerUnreachable,
)
from arena.worker import WorkerCard
from controller.pool.answering import answer
from controller.pool.worker_pool import WorkerPool
from controller.routing.demand import Demand
from controller.routing.rules import Rules
from controller.worker_words import Piece
from tests.pools import is_idle

HELLO = Piece(text="Hello")


class Company:
    """Workers that do what they are told: write pieces, or raise."""

    def __init__(self, **scripts: list[Piece | Exception]) -> None:
        self.scripts = scripts
        self.asked: list[str] = []
        self.pool = WorkerPool(15, Rules(queue_seconds=0.05))
        for name in scripts:
            card = WorkerCard(id=name, url="http://127.0.0.1:1", models=("echo",), slots=1)
            self.pool.register(card, 0.0)

    async def ask(self, card: WorkerCard, body: Mapping[str, Any]) -> AsyncGenerator[Piece]:
        self.asked.append(card.id)
        for step in self.scripts[card.id]:
            if isinstance(step, Exception):
                raise step
            yield step

    async def answer(self) -> list[Piece]:
        told: list[str] = []
        pieces = answer(self.pool, self.ask, Demand("echo"), {}, told.append)
        async with contextlib.aclosing(pieces):
            try:
                return [piece async for piece in pieces]
            finally:
                assert told == self.asked
                assert is_idle(self.pool)


async def test_an_answer_comes_from_one_worker():
    company = Company(one=[HELLO], two=[HELLO])

    assert await company.answer() == [HELLO]
    assert company.asked == ["one"]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (WorkerUnreachable(), "open"),
        (WorkerBroke(), "closed"),
        (WorkerTimeout(), "closed"),
        (ProviderOverloaded(), "closed"),
    ],
)
async def test_a_worker_that_failed_before_anything_was_shown_is_followed_by_another(error: ArenaError, state: str):
    company = Company(one=[Piece(finish_reason="stop"), error], two=[HELLO])

    assert (await company.answer())[-1] == HELLO
    assert company.asked == ["one", "two"]
    assert company.pool.seats["one"].state(time.monotonic()) == state


@pytest.mark.parametrize("shown", [Piece(text="H"), Piece(reasoning="Hm")])
async def test_after_something_was_shown_the_failure_is_raised(shown: Piece):
    company = Company(one=[shown, WorkerBroke()], two=[HELLO])

    with pytest.raises(WorkerBroke):
        await company.answer()
    assert company.asked == ["one"]


@pytest.mark.parametrize("error", [ProviderRefusedRequest(), ContextTooLong()])
async def test_a_request_that_was_refused_itself_is_not_sent_elsewhere(error: ArenaError):
    company = Company(one=[error], two=[HELLO])

    with pytest.raises(type(error)):
        await company.answer()
    assert company.asked == ["one"]


async def test_every_worker_is_tried_once_and_the_last_failure_is_told():
    company = Company(one=[WorkerBroke()], two=[WorkerTimeout()], three=[LedgerError()])

    with pytest.raises(LedgerError):
        await company.answer()
    assert company.asked == ["one", "two", "three"]


async def test_a_failure_with_nobody_else_to_ask_costs_no_retry():
    company = Company(one=[WorkerBroke()])
    before = company.pool.retries.saved

    with pytest.raises(WorkerBroke):
        await company.answer()
    assert company.pool.retries.saved >= before


async def test_without_a_worker_that_is_said():
    with pytest.raises(NoWorker):
        await Company().answer()


async def test_when_all_are_busy_that_is_said():
    company = Company(one=[HELLO])
    async with company.pool.lease(Demand("echo")):
        pieces = answer(company.pool, company.ask, Demand("echo"), {}, company.asked.append)
        with pytest.raises(WorkersBusy):
            await anext(pieces)


async def test_a_slot_is_taken_on_the_first_step_and_given_back_when_the_answer_is_closed():
    company = Company(one=[HELLO, HELLO])
    pieces = answer(company.pool, company.ask, Demand("echo"), {}, company.asked.append)
    assert company.pool.seats["one"].leased == 0

    await anext(pieces)
    assert company.pool.seats["one"].leased == 1

    await pieces.aclose()
    assert company.pool.seats["one"].leased == 0


async def test_a_mistake_of_our_own_gives_the_slot_back_and_is_raised():
    company = Company(one=[ZeroDivisionError()])

    with pytest.raises(ZeroDivisionError):
        await company.answer()
