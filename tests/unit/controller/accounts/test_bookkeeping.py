import asyncio
import logging
from collections.abc import Collection

import pytest
from pydantic import SecretStr

from arena.errors import LedgerError
from controller.accounts.bookkeeping import books_kept
from controller.accounts.callers import Callers
from controller.accounts.key_ring import KeyRing
from controller.accounts.spending import Spending
from controller.metrics import Metrics
from logging_store.facts import ApiKeyFact, UsageFact
from logging_store.usage import DayTotals
from tests.facts import an_api_key

KEY = an_api_key()


class Database:
    """Takes what it is told, and can be away."""

    def __init__(self) -> None:
        self.told: list[UsageFact] = []
        self.keys = {KEY.key_hash: KEY}
        self.rounds = 0
        self.is_away = False
        self.changed = asyncio.Condition()
        self.spending = Spending(self._count, lambda _: None, Metrics())
        self.callers = Callers(KeyRing(self._read), self.spending, SecretStr("the operator's"))

    async def _count(self, more: Collection[UsageFact], day: str) -> DayTotals:
        await self._round()
        self.told.extend(more)
        return DayTotals({}, {})

    async def _read(self, hashes: Collection[str]) -> dict[str, ApiKeyFact]:
        return self.keys

    async def _round(self) -> None:
        async with self.changed:
            self.rounds += 1
            self.changed.notify_all()
        if self.is_away:
            raise LedgerError

    async def rounds_more(self, number: int) -> None:
        until = self.rounds + number
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: self.rounds >= until)

    def tokens(self) -> int:
        return sum(fact.prompt_tokens for fact in self.told)


async def test_what_is_used_is_told_every_few_seconds_and_at_the_end():
    database = Database()
    async with books_kept(database.spending, database.callers, 0.001):
        assert database.rounds == 1
        database.spending.add("m", None, 5, 0)
        await database.rounds_more(2)
        assert database.tokens() == 5

    async with books_kept(database.spending, database.callers, 3600.0):
        database.spending.add("m", None, 7, 0)
    assert database.tokens() == 12


async def test_an_outage_is_said_once_and_nothing_is_lost(caplog: pytest.LogCaptureFixture):
    database = Database()
    with caplog.at_level(logging.WARNING):
        async with books_kept(database.spending, database.callers, 0.001):
            database.is_away = True
            database.spending.add("m", None, 5, 0)
            await database.rounds_more(3)
            database.is_away = False
            await database.rounds_more(2)
            assert database.tokens() == 5

    assert [record.message for record in caplog.records] == [
        "The ledger cannot be reached: what is used is counted here until it is back"
    ]


async def test_what_cannot_be_told_at_the_end_is_said(caplog: pytest.LogCaptureFixture):
    database = Database()
    async with books_kept(database.spending, database.callers, 3600.0):
        database.is_away = True

    assert "before going down" in caplog.text


async def test_a_controller_that_cannot_read_what_was_spent_does_not_start():
    database = Database()
    database.is_away = True
    with pytest.raises(LedgerError):
        async with books_kept(database.spending, database.callers, 3600.0):
            raise AssertionError


async def test_known_keys_are_read_again_in_every_round():
    database = Database()
    find = database.callers.ring.find
    assert await find(KEY.key_hash) == KEY
    database.keys[KEY.key_hash] = ended = an_api_key(id=KEY.id, key_hash=KEY.key_hash, revoked_at=1.0)

    async with books_kept(database.spending, database.callers, 0.001):
        await database.rounds_more(1)

    assert await find(KEY.key_hash) == ended
