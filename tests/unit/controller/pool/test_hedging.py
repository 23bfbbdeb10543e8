import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from arena.errors import NoWorker, ProviderRefusedRequest, WorkerBroke, WorkerTimeout
from arena.worker import WorkerCard
from controller.pool.answering import answer
from controller.pool.worker_pool import WorkerPool
from controller.routing.demand import Demand
from controller.routing.rules import Rules
from controller.worker_words import Piece
from tests.pools import is_idle

SLOW = 0.02
Step = Piece | Exception | asyncio.Event


@dataclass
class Company:
    """Workers that write, raise, or wait; and who was cut off."""

    scripts: dict[str, list[Step]]
    hedge_seconds: float = SLOW
    retry_share: float = 1.0
    asked: list[str] = field(default_factory=list[str])
    cut: list[str] = field(default_factory=list[str])
    told: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.pool = WorkerPool(15, Rules(hedge_seconds=self.hedge_seconds, retry_share=self.retry_share))
        for name in self.scripts:
            self.pool.register(WorkerCard(id=name, url="http://127.0.0.1:1", models=("echo",), slots=2), 0.0)

    async def ask(self, card: WorkerCard, body: Mapping[str, Any]) -> AsyncGenerator[Piece]:
        self.asked.append(card.id)
        try:
            for step in self.scripts[card.id]:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    await step.wait()
                else:
                    yield step
        except (asyncio.CancelledError, GeneratorExit):
            self.cut.append(card.id)
            raise

    def answer(self) -> AsyncGenerator[Piece]:
        return answer(self.pool, self.ask, Demand("echo"), {}, self.told.append)

    async def text(self) -> str:
        async with contextlib.aclosing(self.answer()) as pieces:
            text = "".join([piece.text async for piece in pieces])
        assert is_idle(self.pool)
        return text


def never() -> asyncio.Event:
    return asyncio.Event()


def role() -> Piece:
    return Piece()


async def test_a_worker_that_speaks_in_time_is_the_only_one_asked():
    company = Company({"one": [role(), Piece("Hello"), Piece(" there")], "two": [Piece("Other")]}, hedge_seconds=60)

    assert await company.text() == "Hello there"
    assert (company.asked, company.cut) == (["one"], [])
    assert company.told[-1] == "one"


async def test_after_a_while_a_second_worker_is_asked_and_the_first_to_speak_wins():
    company = Company({"one": [role(), never(), Piece("Late")], "two": [role(), Piece("Quick"), Piece(" one")]})

    assert await company.text() == "Quick one"
    assert (company.asked, company.cut) == (["one", "two"], ["one"])
    assert company.told == ["one", "two"]


async def test_the_first_may_still_win_and_the_second_is_cut_off():
    go_on = asyncio.Event()
    company = Company({"one": [go_on, Piece("First")], "two": [never()]})
    text = asyncio.create_task(company.text())
    while len(company.asked) < 2:
        await asyncio.sleep(0)
    go_on.set()

    assert await text == "First"
    assert company.cut == ["two"]


async def test_a_second_one_that_fails_changes_nothing():
    go_on = asyncio.Event()
    company = Company({"one": [go_on, Piece("First")], "two": [WorkerBroke()]})
    text = asyncio.create_task(company.text())
    while len(company.asked) < 2:
        await asyncio.sleep(0)
    go_on.set()

    assert await text == "First"


async def test_when_both_fail_the_first_ones_failure_is_told():
    company = Company({"one": [asyncio.Event(), ProviderRefusedRequest()], "two": [WorkerTimeout()]})
    text = asyncio.create_task(company.text())
    while len(company.asked) < 2:
        await asyncio.sleep(0)
    (step, _) = company.scripts["one"]
    assert isinstance(step, asyncio.Event)
    step.set()

    with pytest.raises(ProviderRefusedRequest):
        await text
    assert is_idle(company.pool)


async def test_where_nobody_could_be_asked_nobody_is_named():
    company = Company({"one": []})
    company.pool.leave("one")

    with pytest.raises(NoWorker):
        await company.text()
    assert company.told == []


async def test_a_failure_after_the_first_word_is_raised_and_nobody_else_is_asked():
    company = Company({"one": [Piece("Half"), WorkerBroke()], "two": [Piece("Other")]}, hedge_seconds=60)

    with pytest.raises(WorkerBroke):
        await company.text()
    assert company.asked == ["one"]


@pytest.mark.parametrize("workers", [{"one"}, {"one", "two"}])
async def test_without_another_worker_or_a_budget_nobody_else_is_asked(workers: set[str]):
    go_on = asyncio.Event()
    company = Company({name: [go_on, Piece("First")] for name in sorted(workers)}, retry_share=0.0, hedge_seconds=1e-9)
    text = asyncio.create_task(company.text())
    for _ in range(20):
        await asyncio.sleep(0)
    go_on.set()

    assert await text == "First"
    assert len(company.asked) == 1


@pytest.mark.parametrize("steps", range(0, 40, 3))
async def test_whoever_leaves_the_race_leaves_nothing_behind(steps: int):
    company = Company({"one": [never()], "two": [role(), never()]}, hedge_seconds=1e-9)
    reading = asyncio.create_task(company.text())
    for _ in range(steps):
        await asyncio.sleep(0)

    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert is_idle(company.pool)
    assert sorted(company.cut) == sorted(company.asked)
