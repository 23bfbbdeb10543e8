"""What holds for whatever visitors do, on both databases."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from logging_store.dumping import dump_ledger, load_ledger
from logging_store.facts import ConversationRecord, Withheld
from logging_store.ledger import Ledger, open_ledger
from logging_store.reading import Read, conversation_records
from tests.databases import PostgresServer
from tests.scenarios import VISITS, WITHHELD_COHORT, Visit, Visitor, play
from tests.tables import a_copy_of_an_empty_ledger, all_rows

Fresh = Callable[[], str]
CHAIN_KEY = b"a chain key of these tests"
SOME = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def sqlite(tmp_path: Path) -> Fresh:
    """Makes empty ledgers in files."""
    return lambda: a_copy_of_an_empty_ledger(tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, sqlite: Fresh) -> Fresh:
    """Makes empty databases, of each kind."""
    if request.param == "sqlite":
        return sqlite
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.fresh_ledger


def _after(url: str, visits: list[Visit], look: Callable[[Ledger, list[Visitor]], Awaitable[None]]) -> None:
    """Let it all happen in a ledger, and look at it."""

    async def happen() -> None:
        async with open_ledger(url, key=CHAIN_KEY, writer="tests") as ledger:
            await look(ledger, await play(ledger, visits))

    asyncio.run(happen())


async def _read(ledger: Ledger) -> list[Read]:
    return [each async for each in conversation_records(ledger, frozenset({WITHHELD_COHORT}), page=2)]


def _words(record: ConversationRecord) -> list[str]:
    return [words for turn in record.turns for words in (turn.text, turn.answer) if words]


@SOME
@given(VISITS)
def test_exactly_what_may_be_released_is_read(fresh: Fresh, visits: list[Visit]):
    async def look(ledger: Ledger, visitors: list[Visitor]) -> None:
        read = await _read(ledger)
        talks = {place: (each, talk) for each in visitors for place, talk in each.talks.items()}
        records = {each.conversation.id: each for each in read if isinstance(each, ConversationRecord)}
        withheld = [each.conversation_id for each in read if isinstance(each, Withheld)]

        assert sorted([*records, *withheld]) == sorted(talks)
        assert set(records) == {place for place, (whose, talk) in talks.items() if whose.may_be_released(talk)}
        assert all(sorted(_words(record)) == sorted(talks[place][1].words) for place, record in records.items())

    _after(fresh(), visits, look)


@SOME
@given(VISITS)
def test_what_was_taken_back_is_in_no_table(fresh: Fresh, visits: list[Visit]):
    async def look(ledger: Ledger, visitors: list[Visitor]) -> None:
        everything = str(await all_rows(ledger))
        gone = [each for each in visitors if each.visit.takes_all_back]
        words = [said for each in gone for talk in each.talks.values() for said in talk.words]
        kept = [said for each in visitors if each not in gone for talk in each.talks.values() for said in talk.words]

        assert [said for said in words if said in everything] == []
        assert [each.address_hash for each in gone if f"'{each.address_hash}'" in everything] == []
        assert [said for said in kept if said not in everything] == []

    _after(fresh(), visits, look)


async def _dump(ledger: Ledger) -> bytes:
    out = io.BytesIO()
    await dump_ledger(ledger, out)
    return out.getvalue()


async def _moved(ledger: Ledger, url: str) -> bytes:
    """Move a ledger; make sure that it is the same there; return its dump from there."""
    async with open_ledger(url) as other:
        await load_ledger(other, (await _dump(ledger)).splitlines(keepends=True))
        assert await all_rows(other) == await all_rows(ledger)
        assert await _read(other) == await _read(ledger)
        return await _dump(other)


@SOME
@given(VISITS)
def test_whatever_happened_a_ledger_moves_to_the_other_kind_of_database_and_is_the_same(
    sqlite: Fresh, postgres: PostgresServer, visits: list[Visit]
):
    async def look(ledger: Ledger, _visitors: list[Visitor]) -> None:
        assert await _moved(ledger, postgres.fresh_ledger()) == await _dump(ledger)

    _after(sqlite(), visits, look)


@SOME
@given(VISITS)
def test_and_back_again(sqlite: Fresh, postgres: PostgresServer, visits: list[Visit]):
    async def look(ledger: Ledger, _visitors: list[Visitor]) -> None:
        assert await _moved(ledger, sqlite()) == await _dump(ledger)

    _after(postgres.fresh_ledger(), visits, look)
