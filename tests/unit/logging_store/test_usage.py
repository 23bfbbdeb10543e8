import asyncio

from logging_store.facts import UsageFact
from logging_store.ledger import Ledger, open_ledger
from logging_store.usage import DayTotals, count_usage
from tests.facts import a_usage
from tests.tables import all_rows

DAY = "2026-11-21"


async def test_what_is_counted_adds_up_by_model_and_by_key(ledger: Ledger):
    await count_usage(ledger, [a_usage(), a_usage(key_id="k", model="doctor")], DAY)
    totals = await count_usage(ledger, [a_usage(), a_usage(key_id="k"), a_usage(day="2026-11-20")], DAY)

    assert totals == DayTotals({"echo": 90, "doctor": 30}, {"": 60, "k": 60})
    assert await count_usage(ledger, [], "2026-11-20") == DayTotals({"echo": 30}, {"": 30})
    assert await count_usage(ledger, [], "2026-11-22") == DayTotals({}, {})


async def test_figures_beyond_32_bits_are_kept_whole(ledger: Ledger):
    large = a_usage(prompt_tokens=2**40, completion_tokens=2**41, nanodollars=2**60)

    await count_usage(ledger, [large], DAY)
    totals = await count_usage(ledger, [large], DAY)

    assert totals == DayTotals({"echo": 2**61}, {"": 2**41 + 2**42})


async def test_two_controllers_count_into_the_same_rows_at_once(ledger: Ledger, ledger_url: str):
    models = [f"model-{number}" for number in range(5)]

    async def count(at: Ledger, names: list[str]) -> None:
        for _ in range(10):
            await count_usage(at, [a_usage(model=name) for name in names], DAY)

    async with open_ledger(ledger_url) as second:
        await asyncio.gather(count(ledger, models), count(second, models[::-1]))

    rows = [UsageFact(*row) for row in (await all_rows(ledger))["usage"]]
    assert rows == [
        a_usage(model=name, requests=20, prompt_tokens=200, completion_tokens=400, nanodollars=600) for name in models
    ]
