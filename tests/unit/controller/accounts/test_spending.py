import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.errors import LedgerError, SpendStopped
from arena.model import ModelEntry, WorkerKind
from controller.accounts.spending import SOON, Count, Spending
from controller.metrics import Metrics
from logging_store.facts import UsageFact
from logging_store.ledger import Ledger, open_ledger
from logging_store.usage import DayTotals, count_usage
from tests.facts import a_usage

MIDNIGHT = 1_795_219_200.0
"""The first moment of 2026-11-21, UTC."""
PRICED = ModelEntry(name="priced", worker=WorkerKind.OPENAI, price_in=1.0, price_out=2.0, dollars_per_day=0.001)
"""A dollar a million: a thousandth of a dollar is 1,000 tokens read, or 500 written."""
FREE = ModelEntry(name="free", worker=WorkerKind.DEMO)


@dataclass
class Clock:
    now: float = MIDNIGHT + 43_200.0

    def __call__(self) -> float:
        return self.now


def spending(ledger: Ledger | Count, clock: Callable[[], float] | None = None) -> Spending:
    entries = {entry.name: entry for entry in (PRICED, FREE)}
    at = clock or Clock()
    count = partial(count_usage, ledger) if isinstance(ledger, Ledger) else ledger
    return Spending(count, entries.get, Metrics(entries.__contains__), at, at)


async def nothing_is_kept(more: Collection[UsageFact], day: str) -> DayTotals:
    return DayTotals({}, {})


async def test_a_model_is_stopped_at_its_dollars_and_free_again_the_next_day(ledger: Ledger):
    clock = Clock()
    books = spending(ledger, clock)
    books.add("priced", None, 998, 0)
    books.check(PRICED)
    books.add("priced", "k", 0, 1)

    with pytest.raises(SpendStopped) as refused:
        books.check(PRICED)
    assert refused.value.retry_after == 43_200.0
    clock.now = MIDNIGHT + 86_400.0
    books.check(PRICED)


async def test_an_answer_costs_its_price_also_when_its_model_is_taken_off_the_list_meanwhile(ledger: Ledger):
    entries = {"priced": PRICED}
    books = Spending(partial(count_usage, ledger), entries.get, Metrics(entries.__contains__), Clock(), Clock())
    with books.hold(PRICED, None, 1000, 0):
        entries.clear()
        books.add("priced", None, 1000, 0)

    with pytest.raises(SpendStopped):
        books.check(PRICED)


async def test_a_model_without_a_price_or_a_stop_goes_on(ledger: Ledger):
    books = spending(ledger)
    books.add("free", None, 10**9, 10**9)
    books.add("unlisted", None, 10**9, 10**9)
    await books.tell()

    books.check(FREE)
    assert (await count_usage(ledger, [], "2026-11-21")).nanodollars == {"free": 0, "unlisted": 0}


async def test_controllers_and_restarts_see_one_total(ledger: Ledger, ledger_url: str):
    async with open_ledger(ledger_url) as another:
        first, second = spending(ledger), spending(another)
        first.add("priced", "k", 600, 0)
        second.add("priced", "k", 600, 0)
        assert not first.is_stopped(PRICED)
        await first.tell()
        await second.tell()
        assert not first.is_stopped(PRICED)
        assert second.is_stopped(PRICED)
        await first.tell()
    restarted = spending(ledger)
    await restarted.tell()

    assert first.is_stopped(PRICED)
    assert restarted.is_stopped(PRICED)
    assert [books.tokens_today("k") for books in (first, second, restarted)] == [1200] * 3


async def test_running_requests_count_by_estimate_until_they_end(ledger: Ledger):
    books = spending(ledger)
    with books.hold(PRICED, "k", 100, 450):
        assert books.promised("k") == 550
        with pytest.raises(SpendStopped, match="running") as refused, books.hold(PRICED, "k", 1, 1):
            raise AssertionError
        assert refused.value.retry_after == SOON
        books.add("priced", "k", 100, 5)

    assert books.promised("k") == 0
    books.check(PRICED)


async def test_a_request_that_breaks_off_gives_its_estimate_back(ledger: Ledger):
    books = spending(ledger)
    with pytest.raises(RuntimeError), books.hold(PRICED, None, 0, 10**12):
        raise RuntimeError

    books.check(PRICED)


async def test_what_cannot_be_written_is_written_later_and_counts_meanwhile(ledger: Ledger):
    failures = iter([LedgerError(), LedgerError()])

    async def count(more: Collection[UsageFact], day: str) -> DayTotals:
        for failure in failures:
            raise failure
        return await count_usage(ledger, more, day)

    books = spending(count)
    books.add("priced", "k", 600, 0)
    for _ in range(2):
        with pytest.raises(LedgerError):
            await books.tell()
    books.add("priced", "k", 600, 0)
    assert books.is_stopped(PRICED)
    await books.tell()

    assert books.tokens_today("k") == 1200
    assert (await count_usage(ledger, [], "2026-11-21")).tokens == {"k": 1200}


async def test_what_was_used_before_midnight_is_written_to_its_own_day(ledger: Ledger):
    clock = Clock(MIDNIGHT - 1)
    books = spending(ledger, clock)
    books.add("priced", "k", 600, 0)
    clock.now = MIDNIGHT
    books.add("priced", "k", 7, 0)
    await books.tell()

    assert books.tokens_today("k") == 7
    assert (await count_usage(ledger, [], "2026-11-20")).tokens == {"k": 600}


async def test_the_metrics_show_what_was_spent_and_where_it_stops(ledger: Ledger):
    entries = {entry.name: entry for entry in (PRICED, FREE)}
    metrics = Metrics(entries.__contains__)
    books = Spending(partial(count_usage, ledger), entries.get, metrics, Clock(), Clock())
    books.add("priced", "a key's id", 10, 20)
    await count_usage(ledger, [a_usage(model="priced", nanodollars=450_000)], "2026-11-21")
    await books.tell()

    told = metrics.text(running=0, workers=0, leases=0).decode()
    assert 'arena_tokens_total{kind="completion",model="priced"} 20.0' in told
    assert 'arena_spent_dollars_total{model="priced"} 5e-05' in told
    assert 'arena_spent_today_dollars{model="priced"} 0.0005' in told
    assert 'arena_spend_stop_dollars{model="priced"} 0.001' in told
    assert "a key's id" not in told


ANSWERS = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300), st.floats(0, 1)), max_size=30)


@settings(deadline=None)
@given(ANSWERS)
def test_a_burst_passes_the_stop_by_no_more_than_one_request(answers: list[tuple[int, int, float]]):
    """As long as no answer turns out longer than was estimated; all of them run at once."""
    books, spent, largest = spending(nothing_is_kept), 0, 0
    running = []
    for read, most, share in answers:
        held = books.hold(PRICED, None, read, most)
        try:
            held.__enter__()
        except SpendStopped:
            continue
        running.append((held, read, int(most * share)))
        largest = max(largest, read + 2 * most)
    for held, read, written in running:
        books.add("priced", None, read, written)
        held.__exit__(None, None, None)
        spent += read + 2 * written

    assert spent < 1000 + max(1, largest)


async def test_two_rounds_of_telling_do_not_count_twice(ledger: Ledger):
    books = spending(ledger)
    for number in range(20):
        books.add("free", "k", number, 1)
        await asyncio.gather(books.tell())

    assert books.tokens_today("k") == sum(range(20)) + 20
