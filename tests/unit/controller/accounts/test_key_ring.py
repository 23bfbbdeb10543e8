import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field, replace

import pytest

from arena.errors import LedgerError
from controller.accounts.key_ring import BELIEVED_SECONDS, FORGOTTEN_SECONDS, MOST, OUTAGE_SECONDS, KeyRing
from logging_store.facts import ApiKeyFact
from tests.facts import an_api_key

KEY = an_api_key()
HASH = KEY.key_hash


@dataclass
class Database:
    """Keys that can be asked for, a clock, and what goes wrong."""

    keys: dict[str, ApiKeyFact] = field(default_factory=lambda: {HASH: KEY})
    now: float = 0.0
    is_away: bool = False
    asked: list[Collection[str]] = field(default_factory=list[Collection[str]])
    answering: asyncio.Event | None = None

    async def read(self, hashes: Collection[str]) -> dict[str, ApiKeyFact]:
        self.asked.append(list(hashes))
        if self.answering is not None:
            await self.answering.wait()
        if self.is_away:
            raise LedgerError
        return {each: self.keys[each] for each in hashes if each in self.keys}

    def clock(self) -> float:
        return self.now

    def ring(self) -> KeyRing:
        return KeyRing(self.read, self.clock)


async def test_a_key_is_asked_for_once_and_then_known():
    database = Database()
    ring = database.ring()

    assert [await ring.find(HASH) for _ in range(3)] == [KEY] * 3
    assert [await ring.find("unknown") for _ in range(3)] == [None] * 3
    assert database.asked == [[HASH], ["unknown"]]


async def test_those_who_ask_at_once_ask_together():
    database = Database()
    ring = database.ring()

    assert await asyncio.gather(*(ring.find(HASH) for _ in range(50))) == [KEY] * 50
    assert len(database.asked) == 1


async def test_whoever_leaves_takes_the_question_from_nobody():
    database = Database(answering=asyncio.Event())
    ring = database.ring()
    leaving, staying = (asyncio.create_task(ring.find(HASH)) for _ in range(2))
    while not database.asked:
        await asyncio.sleep(0)
    leaving.cancel()
    assert database.answering is not None
    database.answering.set()

    assert await staying == KEY


async def test_a_revoked_key_is_known_as_revoked_after_a_few_seconds_without_any_refresh():
    database = Database()
    ring = database.ring()
    await ring.find(HASH)
    revoked = database.keys[HASH] = replace(KEY, revoked_at=1.0)
    database.now = BELIEVED_SECONDS - 0.1
    assert await ring.find(HASH) == KEY

    database.now = BELIEVED_SECONDS
    assert await ring.find(HASH) == revoked
    assert BELIEVED_SECONDS < 10


async def test_a_refresh_asks_for_all_known_keys_in_one_question():
    other = an_api_key()
    database = Database(keys={HASH: KEY, other.key_hash: other})
    ring = database.ring()
    for each in (HASH, other.key_hash, "unknown"):
        await ring.find(each)
    revoked = database.keys[HASH] = replace(KEY, revoked_at=1.0)
    del database.keys[other.key_hash]
    database.now = 3.0
    await ring.refresh()
    database.now = BELIEVED_SECONDS + 2

    assert [await ring.find(each) for each in (HASH, other.key_hash)] == [revoked, None]
    assert database.asked[3:] == [[HASH, other.key_hash]]


async def test_a_refresh_without_known_keys_asks_nothing():
    database = Database()
    await database.ring().refresh()

    assert database.asked == []


async def test_a_key_that_nobody_used_for_long_is_forgotten():
    database = Database()
    ring = database.ring()
    await ring.find(HASH)
    database.now = FORGOTTEN_SECONDS
    await ring.refresh()

    assert database.asked == [[HASH]]


async def test_while_the_database_is_away_known_keys_go_on_and_unknown_ones_cannot_be_judged():
    database = Database()
    ring = database.ring()
    await ring.find(HASH)
    database.is_away, database.now = True, OUTAGE_SECONDS - 1

    with pytest.raises(LedgerError):
        await ring.refresh()
    assert await ring.find(HASH) == KEY
    with pytest.raises(LedgerError):
        await ring.find("unknown")


async def test_after_a_long_outage_no_key_is_believed():
    database = Database()
    ring = database.ring()
    await ring.find(HASH)
    database.is_away, database.now = True, OUTAGE_SECONDS

    with pytest.raises(LedgerError):
        await ring.find(HASH)


async def test_a_database_that_hangs_keeps_no_known_key_waiting(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("controller.accounts.key_ring.PATIENCE_SECONDS", 0.01)
    database = Database()
    ring = database.ring()
    await ring.find(HASH)
    database.answering, database.now = asyncio.Event(), BELIEVED_SECONDS

    assert await ring.find(HASH) == KEY
    database.answering.set()


async def test_an_answer_that_comes_late_does_not_undo_a_newer_one():
    database = Database()
    ring = database.ring()
    await ring.find(HASH)
    database.answering, database.now = asyncio.Event(), 3.0
    late = asyncio.create_task(ring.refresh())
    while len(database.asked) < 2:
        await asyncio.sleep(0)
    answering, database.answering = database.answering, None
    database.now = BELIEVED_SECONDS
    revoked = database.keys[HASH] = replace(KEY, revoked_at=1.0)
    assert await ring.find(HASH) == revoked
    database.keys[HASH] = KEY
    answering.set()
    await late

    assert await ring.find(HASH) == revoked


async def test_whoever_tries_many_keys_fills_no_memory():
    database = Database()
    ring = database.ring()
    await ring.find(HASH)
    for number in range(MOST + 10):
        await ring.find(f"{number}")

    assert len(ring) <= MOST
    database.is_away = True
    assert await ring.find(HASH) == KEY
