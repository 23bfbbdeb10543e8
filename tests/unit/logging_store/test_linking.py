"""Every record has its links, in the order of the commits, whatever fails beside them."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import ConsentRequired, LedgerError, TurnRunning
from logging_store.chain import Event, Link, Said
from logging_store.chain_checking import chain_faults
from logging_store.chain_rules import ChainEnd
from logging_store.engine import open_database, parse_url
from logging_store.ledger import Ledger, open_ledger
from logging_store.linking import Linker
from logging_store.migrate import migrate
from logging_store.tables import chains, links
from logging_store.telling import tell
from tests.facts import a_kept_conversation, a_said_conversation, a_session, a_turn, a_visitor, a_voted_battle, an_end

KEY = b"the arena's key"
NOON = 1_795_262_400.0
"""2026-11-21 12:00 UTC."""


async def _links(ledger: Ledger) -> list[Link]:
    async def read(connection: AsyncConnection) -> list[Link]:
        return [Link(*row) for row in await connection.execute(select(links).order_by(links.c.chain, links.c.number))]

    return await ledger.database.read(read)


async def _ends(ledger: Ledger) -> dict[str, ChainEnd]:
    async def read(connection: AsyncConnection) -> dict[str, ChainEnd]:
        columns = [chains.c[name] for name in ("name", "key_mark", "length", "head", "seal")]
        return {row.name: ChainEnd(*row) for row in await connection.execute(select(*columns))}

    return await ledger.database.read(read)


async def _faults(ledger: Ledger, key: bytes = KEY) -> list[str]:
    async with ledger.database.snapshot() as connection:
        return [str(each) async for each in chain_faults(connection, key)]


async def test_each_event_has_one_link(ledger_url: str):
    async with open_ledger(ledger_url, key=KEY, writer="first") as ledger:
        consent = await a_visitor(ledger)
        await a_said_conversation(ledger, consent)
        await a_voted_battle(ledger, consent)

        told = Counter(link.event for link in await _links(ledger))

        assert told == {
            Event.SESSION: 1,
            Event.CONSENT: 1,
            Event.CONVERSATION: 3,
            Event.BATTLE: 1,
            Event.TURN_OPENED: 3,
            Event.TURN_ENDED: 3,
            Event.VOTE: 1,
        }
        assert await _faults(ledger) == []


async def test_what_many_write_at_once_is_one_chain(ledger_url: str):
    async with open_ledger(ledger_url, key=KEY, writer="first") as ledger:
        consent = await a_visitor(ledger)
        await asyncio.gather(*(a_said_conversation(ledger, consent) for _ in range(50)))

        ends = await _ends(ledger)

        assert [end.length for end in ends.values()] == [2 + 3 * 50]
        assert all(name.startswith("first-") for name in ends)
        assert await _faults(ledger) == []


async def test_every_process_has_its_own_chain(ledger_url: str):
    for _ in range(2):
        async with open_ledger(ledger_url, key=KEY, writer="first") as ledger:
            await a_visitor(ledger)

            assert await _faults(ledger) == []

    async with open_ledger(ledger_url) as ledger:
        assert len(await _ends(ledger)) == 2


async def test_what_was_refused_is_in_no_chain(ledger_url: str):
    async with open_ledger(ledger_url, key=KEY, writer="first") as ledger:
        consent, other = await a_visitor(ledger), await a_visitor(ledger)
        conversation = await a_kept_conversation(ledger, consent)
        turns = [a_turn(conversation.id, consent.id, position=number // 2) for number in range(40)]
        wrong = [a_turn(conversation.id, other.id, position=number) for number in range(40, 60)]

        came = await asyncio.gather(*map(ledger.open_turns, turns + wrong), return_exceptions=True)

        written = [turn.id for turn, each in zip(turns, came, strict=False) if each is None]
        assert len(written) == 20
        assert {type(each) for each in came} == {type(None), TurnRunning, ConsentRequired}
        assert {turn.id for turn in await ledger.turns_of(conversation.id)} == set(written)
        assert await _told(ledger, Event.TURN_OPENED) == sorted(written)
        assert await _faults(ledger) == []


async def _told(ledger: Ledger, event: Event) -> list[str]:
    return sorted(link.record_id for link in await _links(ledger) if link.event is event)


async def test_a_turn_that_several_end_at_once_ends_once(ledger_url: str):
    async with open_ledger(ledger_url, key=KEY, writer="first") as ledger:
        consent = await a_visitor(ledger)
        conversation = await a_kept_conversation(ledger, consent)
        turn = a_turn(conversation.id, consent.id)
        await ledger.open_turns(turn)
        end = an_end(turn.id)

        ended = await asyncio.gather(*(ledger.finish_turn(end) for _ in range(5)))

        assert sorted(ended) == [False] * 4 + [True]
        assert await _told(ledger, Event.TURN_ENDED) == [turn.id]


async def test_turns_that_are_lost_are_told(ledger_url: str):
    async with open_ledger(ledger_url, key=KEY, writer="first") as ledger:
        consent = await a_visitor(ledger)
        conversation = await a_kept_conversation(ledger, consent)
        turns = [a_turn(conversation.id, consent.id, position=number) for number in range(3)]
        await ledger.open_turns(*turns)

        assert await ledger.lose_open_turns("first", 99.0) == 3

        assert await _told(ledger, Event.TURN_ENDED) == sorted(turn.id for turn in turns)
        assert await _faults(ledger) == []


async def test_a_work_that_fails_takes_back_what_it_told(ledger_url: str):
    async def break_off(connection: AsyncConnection) -> None:
        tell(connection, Said(Event.FORGOTTEN, "nobody", 1.0, {}))
        raise KeyError("its own")

    async with open_ledger(ledger_url, key=KEY, writer="first") as ledger:
        works = [ledger.database.write(break_off) if number % 2 else a_visitor(ledger) for number in range(10)]
        await asyncio.gather(*works, return_exceptions=True)

        assert await _told(ledger, Event.FORGOTTEN) == []
        assert len(await _told(ledger, Event.SESSION)) == 5
        assert await _faults(ledger) == []


async def test_after_a_commit_that_failed_a_new_chain_begins(ledger_url: str):
    """Nobody knows what became of it: the old chain stays as the database has it."""

    async def spoil(connection: AsyncConnection) -> None:
        # a foreign key that is looked at only at the commit: nothing is wrong before it
        if connection.dialect.name == "sqlite":
            await connection.execute(text("PRAGMA defer_foreign_keys=ON"))
        else:
            await connection.execute(
                text("ALTER TABLE consents ALTER CONSTRAINT fk_consents_session_id DEFERRABLE INITIALLY DEFERRED")
            )
        columns = "id, session_id, terms_version, serve, log, release, share, language, accepted_at"
        values = "'c', 'nobody', 't', true, true, true, true, '', 1"
        await connection.execute(text(f"INSERT INTO consents ({columns}) VALUES ({values})"))
        tell(connection, Said(Event.FORGOTTEN, "never", 1.0, {}))

    async with open_ledger(ledger_url, key=KEY, writer="first") as ledger:
        await a_visitor(ledger)
        with pytest.raises(LedgerError):
            await ledger.database.write(spoil)
        await a_visitor(ledger)

        assert sorted(end.length for end in (await _ends(ledger)).values()) == [2, 2]
        assert await _told(ledger, Event.FORGOTTEN) == []
        assert await _faults(ledger) == []


async def test_an_end_that_somebody_changed_stops_the_chain_and_a_new_one_begins(ledger_url: str):
    async with open_ledger(ledger_url, key=KEY, writer="first") as ledger:
        await a_visitor(ledger)
        await ledger.database.write(lambda connection: connection.execute(chains.update().values(length=1)))

        with pytest.raises(LedgerError):
            await ledger.add_session(a_session())
        await a_visitor(ledger)

        assert sorted(end.length for end in (await _ends(ledger)).values()) == [1, 2]


async def test_a_new_day_begins_a_new_chain(ledger_url: str):
    now = [NOON, NOON + 43_199, NOON + 43_200]
    async with open_database(parse_url(ledger_url), Linker(KEY, "first", lambda: now.pop(0))) as database:
        await migrate(database)
        ledger = Ledger(database)
        for _ in range(3):
            await ledger.add_session(a_session())

        days = {name.partition("/")[2]: end.length for name, end in (await _ends(ledger)).items()}

        assert days == {"2026-11-21": 2, "2026-11-22": 1}
        assert await _faults(ledger) == []


async def test_under_another_key_no_chain_holds(ledger_url: str):
    async with open_ledger(ledger_url, key=KEY, writer="first") as ledger:
        await a_visitor(ledger)

        assert await _faults(ledger, b"another key") != []
