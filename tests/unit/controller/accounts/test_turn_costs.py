import asyncio
from collections.abc import Collection
from typing import Any

import pytest

from arena.errors import SpendStopped
from arena.model import ModelEntry, WorkerKind
from controller.accounts.spending import Spending
from controller.accounts.turn_costs import TurnCosts, free
from controller.draft import Draft
from controller.metrics import Metrics
from controller.worker_client import Piece
from logging_store.facts import UsageFact
from logging_store.usage import DayTotals

PRICED = ModelEntry(name="priced", worker=WorkerKind.OPENAI, price_in=1.0, price_out=1.0, dollars_per_day=0.001)
BODY: dict[str, Any] = {"messages": [{"role": "user", "content": "x" * 40}], "max_tokens": 100}


class Books:
    """Spending that can be looked into."""

    def __init__(self) -> None:
        self.counted: list[UsageFact] = []
        self.spending = Spending(self._count, {"priced": PRICED}.get, Metrics(), lambda: 0.0, lambda: 0.0)
        self.costs = TurnCosts(self.spending, {"priced": PRICED}.get)

    async def _count(self, more: Collection[UsageFact], day: str) -> DayTotals:
        self.counted.extend(more)
        return DayTotals({}, {})

    async def used(self) -> list[tuple[int, int]]:
        await self.spending.tell()
        return [(fact.prompt_tokens, fact.completion_tokens) for fact in self.counted]


def a_draft(*pieces: Piece, worker: str | None = "w") -> Draft:
    draft = Draft("turn")
    if worker is not None:
        draft.on_worker(worker)
    for piece in pieces:
        draft.take(piece, 0.0)
    return draft


@pytest.mark.parametrize(
    ("pieces", "used"),
    [
        ([Piece(text="y" * 8), Piece(prompt_tokens=3, completion_tokens=7)], (3, 7)),
        ([Piece(text="y" * 8)], (10, 2)),
        ([Piece(reasoning="y" * 8), Piece(text="y" * 4)], (10, 3)),
        ([Piece(text="y" * 8), Piece(prompt_tokens=3)], (3, 2)),
        ([], (10, 0)),
    ],
)
async def test_what_the_worker_counted_is_used_else_the_length(pieces: list[Piece], used: tuple[int, int]):
    books = Books()
    with books.costs.paid("priced", BODY, a_draft(*pieces)):
        pass

    assert await books.used() == [used]


async def test_what_broke_off_after_its_first_word_is_paid_and_before_it_is_not():
    books = Books()
    for draft in (a_draft(), a_draft(Piece(text="y" * 4)), a_draft(worker=None)):
        with pytest.raises(RuntimeError), books.costs.paid("priced", BODY, draft):
            raise RuntimeError

    assert await books.used() == [(10, 1)]


async def test_what_a_visitor_stops_is_paid_once_a_worker_was_asked():
    books = Books()
    for draft in (a_draft(), a_draft(worker=None)):
        with pytest.raises(asyncio.CancelledError), books.costs.paid("priced", BODY, draft):
            raise asyncio.CancelledError

    assert await books.used() == [(10, 0)]


async def test_a_stopped_model_is_not_asked_and_a_running_turn_counts_by_estimate():
    books = Books()
    large = BODY | {"max_tokens": 2000}
    with books.costs.paid("priced", large, a_draft()):
        assert books.spending.is_stopped(PRICED)
        with pytest.raises(SpendStopped), books.costs.paid("priced", BODY, a_draft()):
            raise AssertionError
    books.spending.check(PRICED)


async def test_a_model_that_is_listed_no_more_costs_nothing():
    books = Books()
    for paid in (books.costs.paid, free):
        with paid("removed", BODY, a_draft(Piece(text="y"))):
            pass

    assert await books.used() == []
