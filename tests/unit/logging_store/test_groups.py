"""What many ask for is done at once; what can't be done is found out, and fails alone."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import LedgerError
from logging_store.chain import Event, Said
from logging_store.groups import MOST_AT_ONCE, Job, Line
from logging_store.ledger import Ledger
from logging_store.tables import links
from logging_store.telling import tell
from tests.facts import a_kept_conversation, a_turn, a_visitor, an_end


class Bulk:
    """Doubles numbers, all or none of them: those that are `bad` break whatever they come with."""

    def __init__(self, *bad: int, error: Exception | None = None) -> None:
        self.bad = bad
        self.error = error or ValueError("bad")
        self.tries: list[int] = []

    async def __call__(self, connection: AsyncConnection, asked: Sequence[int]) -> list[int | Exception]:
        """Tell of each number."""
        self.tries.append(len(asked))
        tell(connection, *(Said(Event.FORGOTTEN, f"number {each}", 1.0, {}) for each in asked))
        if set(asked) & set(self.bad):
            raise self.error
        return [KeyError(each) if each == 0 else 2 * each for each in asked]


async def _told(ledger: Ledger) -> list[str]:
    async def read(connection: AsyncConnection) -> list[str]:
        return sorted((await connection.execute(select(links.c.record_id))).scalars())

    return await ledger.database.read(read)


async def test_each_is_told_what_came_of_its_own(ledger: Ledger):
    bulk = Bulk()
    asked = [ledger.database.write_many(bulk, number) for number in range(30)]

    came = await asyncio.gather(*asked, return_exceptions=True)

    assert isinstance(came[0], KeyError)
    assert came[1:] == [2 * number for number in range(1, 30)]
    assert sum(bulk.tries) == 30
    assert len(bulk.tries) < 5


async def test_those_that_break_the_others_are_found_and_fail_alone(ledger: Ledger):
    bulk = Bulk(7, 23)
    asked = [ledger.database.write_many(bulk, number) for number in range(1, 30)]

    came = await asyncio.gather(*asked, return_exceptions=True)

    assert [number for number, each in enumerate(came, start=1) if isinstance(each, ValueError)] == [7, 23]
    assert [each for each in came if not isinstance(each, ValueError)] == [
        2 * n for n in range(1, 30) if n not in {7, 23}
    ]
    assert await _told(ledger) == sorted(f"number {n}" for n in range(1, 30) if n not in {7, 23})


async def test_what_is_the_databases_fault_is_not_tried_for_each(ledger: Ledger):
    bulk = Bulk(7, error=OperationalError("", {}, Exception("the disk is full")))
    asked = [ledger.database.write_many(bulk, number) for number in range(1, 30)]

    came = await asyncio.gather(*asked, return_exceptions=True)

    assert LedgerError in {type(each) for each in came}
    assert len(bulk.tries) <= 3
    assert await ledger.database.write_many(Bulk(), 5) == 10


async def test_a_single_work_that_meets_a_database_in_trouble_ends_its_group(ledger: Ledger):
    async def trouble(_: AsyncConnection) -> None:
        raise OperationalError("", {}, Exception("the disk is full"))

    async def nothing(connection: AsyncConnection) -> None:
        await connection.execute(text("SELECT 1"))

    works = [ledger.database.write(nothing) for _ in range(5)]
    came = await asyncio.gather(*works, ledger.database.write(trouble), return_exceptions=True)

    assert isinstance(came[-1], LedgerError)
    await ledger.database.write(nothing)


async def test_a_number_that_no_column_takes_fails_alone(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_kept_conversation(ledger, consent)
    turns = [a_turn(conversation.id, consent.id, position=number) for number in range(20)]
    await ledger.open_turns(*turns)
    ends = [an_end(turn.id, prompt_tokens=2**70 if turn.position == 9 else 3) for turn in turns]

    came = await asyncio.gather(*map(ledger.finish_turn, ends), return_exceptions=True)

    assert [position for position, each in enumerate(came) if each is not True] == [9]
    assert {turn.ending is None for turn in await ledger.turns_of(conversation.id) if turn.position != 9} == {False}


@pytest.fixture
async def line() -> Line:
    return Line()


async def test_urgent_work_comes_first_and_by_itself_and_others_get_their_turn(line: Line):
    votes, others = [Job(None) for _ in range(3)], [Job(None) for _ in range(MOST_AT_ONCE)]
    for job in others:
        line.put(job)
    for job in votes:
        line.put(job, urgent=True)

    first = line.take_now(MOST_AT_ONCE)
    line.put(votes[0], urgent=True)
    second = line.take_now(MOST_AT_ONCE)

    assert first == votes
    assert second == [votes[0], *others[:-1]]
    assert line.take_now(MOST_AT_ONCE) == others[-1:]


async def test_a_line_that_is_closed_takes_nothing_and_gives_what_it_has(line: Line):
    kept = Job(None)
    line.put(kept)
    line.close()

    with pytest.raises(LedgerError):
        line.put(Job(None))
    assert line.take(5) == [kept]
    assert line.take(5) == []
