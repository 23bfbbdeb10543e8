"""What a trace tells of an answer's way through the pool."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from arena.errors import WorkerBroke
from arena.telemetry import begin_request, current_span
from arena.worker import WorkerCard
from controller.pool.answering import answer
from controller.pool.worker_pool import WorkerPool
from controller.routing.demand import Demand
from controller.worker_words import Piece
from tests.unit.arena.test_telemetry import Noted

DEMAND = Demand("echo")


def a_pool(*workers: str) -> WorkerPool:
    pool = WorkerPool(15)
    for name in workers:
        pool.register(WorkerCard(id=name, url="http://127.0.0.1:1", models=("echo",), slots=1), pool.house.clock())
    return pool


def ignore(_: str) -> None:
    pass


async def test_each_attempt_is_a_span_and_a_failed_one_says_why():
    begin_request("r1", root := Noted())
    asked: list[str] = []

    async def ask(card: WorkerCard, _: Mapping[str, Any]) -> AsyncGenerator[Piece]:
        asked.append(card.id)
        if len(asked) == 1:
            raise WorkerBroke
        yield Piece(text="Hello")
        yield Piece(prompt_tokens=3, completion_tokens=5)

    pieces = answer(a_pool("one", "two"), ask, DEMAND, {}, ignore)
    async with contextlib.aclosing(pieces):
        assert len([piece async for piece in pieces]) == 2

    first, second = root.children
    assert first.attributes == {"arena.worker": asked[0], "gen_ai.request.model": "echo", "error.type": "worker_broke"}
    assert second.events == ["first word"]
    assert second.attributes["gen_ai.usage.output_tokens"] == 5
    assert [len(each.ends) for each in root.children] == [1, 1]
    assert current_span() is root


async def test_waiting_in_the_queue_is_a_span():
    begin_request("r1", root := Noted())
    pool = a_pool("one")
    waits = asyncio.Event()

    def on_wait(_: int, __: float | None) -> None:
        waits.set()

    async def wait() -> None:
        async with pool.lease(DEMAND, on_wait=on_wait):
            pass

    async with pool.lease(DEMAND):
        waiting = asyncio.create_task(wait())
        await waits.wait()
    await waiting

    assert [span.name for span in root.children] == ["attempt"]
    # The task began within the first attempt, and its spans with it.
    assert [span.name for span in root.children[0].children] == ["queue", "attempt"]
    assert all(len(span.ends) == 1 for span in root.children[0].children)
