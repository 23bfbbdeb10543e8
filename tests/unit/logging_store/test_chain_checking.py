import asyncio
import functools
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from logging_store import chain_checking
from logging_store.chain import Chain, Event, Said, key_mark
from logging_store.checking import faults
from logging_store.dumping import plain_tables
from logging_store.fault import Fault
from logging_store.forgetting import forget, give_code
from logging_store.ledger import open_ledger
from logging_store.telling import TABLES, said_of, tell
from tests.facts import (
    a_consent,
    a_conversation,
    a_kept_battle,
    a_reaction,
    a_release_choice,
    a_session,
    a_turn,
    a_vote,
    an_end,
)
from tests.tampering import tamper

KEY = b"the arena's key"
NOW = 100.0
CHANGED = "it was changed after it was written"
GONE = "it was written, and is not there any more"
ADDED = "no link tells of it: it was added unseen"


async def _write(url: str) -> None:
    """Make a ledger, or a copy of one that was made so before."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).write_bytes(await asyncio.to_thread(_template))
    else:
        await _live(url)


@functools.cache
def _template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.sqlite3"
        asyncio.run(_live(f"sqlite:///{file}"))
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return file.read_bytes()


async def _live(url: str) -> None:
    """A chat of two turns, the second one open; a reaction and a choice; a battle with its vote."""
    async with open_ledger(url, key=KEY, writer="test") as ledger:
        consent = a_consent("s")
        await ledger.add_session(a_session(id="s"))
        await ledger.add_consent(consent)
        await ledger.add_conversation(a_conversation("s", id="c"))
        await ledger.open_turns(a_turn("c", consent.id, id="t0"))
        await ledger.finish_turn(an_end("t0"))
        await ledger.open_turns(a_turn("c", consent.id, id="t1", position=1))
        await ledger.add_reaction(a_reaction("t0", "s", id="r"))
        await ledger.add_release_choices("s", a_release_choice("c", "s", id="h"))
        battle = await a_kept_battle(ledger, consent)
        for its_id, side in (("ta", battle.conversation_a), ("tb", battle.conversation_b)):
            await ledger.open_turns(a_turn(side, consent.id, id=its_id))
            await ledger.finish_turn(an_end(its_id))
        await ledger.cast_vote(battle.id, lambda _: a_vote(battle.id, "s", id="v"))


async def _faults(url: str, key: bytes = KEY) -> list[Fault]:
    return [fault async for fault in faults(url, NOW, key)]


async def _problems(url: str, record: str) -> set[str]:
    return {fault.problem for fault in await _faults(url) if f"{fault.table} {fault.id}" == record}


async def test_what_the_ledger_wrote_has_no_faults(ledger_url: str):
    await _write(ledger_url)

    assert await _faults(ledger_url) == []


COLUMNS = {"turns": "t0", "votes": "v", "reactions": "r", "release_choices": "h", "sessions": "s", "conversations": "c"}
COPIES = {
    table: "id, " + ", ".join(column.name for column in plain_tables()[table].columns if column.name != "id")
    for table in COLUMNS
}


@pytest.mark.parametrize(("table", "record"), COLUMNS.items())
async def test_a_record_that_was_taken_away_is_named(ledger_url: str, table: str, record: str):
    await _write(ledger_url)
    await tamper(ledger_url, f"DELETE FROM {table} WHERE id = '{record}'")

    assert GONE in await _problems(ledger_url, f"{table} {record}")


@pytest.mark.parametrize("table", ["reactions", "release_choices", "turns"])
async def test_a_record_that_was_copied_under_another_id_is_named(ledger_url: str, table: str):
    await _write(ledger_url)
    columns = COPIES[table].replace("id, ", "", 1)
    source = columns.replace("position", "position + 2") if table == "turns" else columns
    copied = f"INSERT INTO {table} (id, {columns}) SELECT 'copy', {source} FROM {table} WHERE id = '{COLUMNS[table]}'"
    await tamper(ledger_url, copied)

    assert ADDED in await _problems(ledger_url, f"{table} copy")


CHANGES = [
    ("UPDATE turns SET text = 'Hello!' WHERE id = 't0'", "turns t0", CHANGED),
    ("UPDATE turns SET opened_at = 4.25 WHERE id = 't0'", "turns t0", CHANGED),
    ("UPDATE turns SET parameters = '{\"top_p\": 1.0}' WHERE id = 't1'", "turns t1", CHANGED),
    ("UPDATE turns SET answer = 'Bye.' WHERE id = 'ta'", "turns ta", "its end was changed after it was written"),
    ("UPDATE turns SET ending = 'failed' WHERE id = 'tb'", "turns tb", "its end was changed after it was written"),
    (
        "UPDATE turns SET ending = NULL, finished_at = NULL, answer = '' WHERE id = 't0'",
        "turns t0",
        "its end was changed after it was written",
    ),
    ("UPDATE turns SET ending = 'lost', finished_at = 9 WHERE id = 't1'", "turns t1", "nothing tells how it ended"),
    ("UPDATE votes SET outcome = 'model_b'", "votes v", CHANGED),
    ("UPDATE votes SET voted_at = voted_at + 1", "votes v", CHANGED),
    ("UPDATE votes SET reasons = '[\"late\"]'", "votes v", CHANGED),
    ("UPDATE sessions SET address_hash = 'another'", "sessions s", CHANGED),
    ("UPDATE sessions SET cohort = 'school'", "sessions s", CHANGED),
    ("UPDATE release_choices SET allowed = TRUE", "release_choices h", CHANGED),
    ("UPDATE conversations SET model = 'other' WHERE id = 'c'", "conversations c", CHANGED),
    ("UPDATE links SET salt = NULL WHERE record_id = 'v'", "votes v", "its salt is gone, and no later link"),
    ("UPDATE links SET digest = mac WHERE record_id = 'v'", "votes v", CHANGED),
    ("UPDATE links SET at = 1 WHERE record_id = 'r'", "reactions r", "was changed"),
    ("UPDATE links SET mac = digest WHERE record_id = 'r'", "reactions r", "was changed"),
    ("DELETE FROM links WHERE record_id = 'r'", "reactions r", ADDED),
    ("DELETE FROM links WHERE event = 'turn_ended'", "turns ta", "nothing tells how it ended"),
    ("DELETE FROM marks", "marks linked_since", "it is missing, or no time"),
    ("UPDATE marks SET value = 'soon'", "marks linked_since", "it is missing, or no time"),
    ("UPDATE marks SET value = '9e9'", "marks linked_since", "it is later than the first chain's day"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "record", "problem"), CHANGES)
async def test_what_was_changed_is_named(ledger_url: str, statement: str, record: str, problem: str):
    await _write(ledger_url)
    await tamper(ledger_url, statement)

    assert [each for each in await _problems(ledger_url, record) if problem in each]


async def test_salts_that_were_swapped_are_found_on_both_records(ledger_url: str):
    await _write(ledger_url)
    other = "(SELECT salt FROM kept WHERE kept.record_id = CASE links.record_id WHEN 'v' THEN 'r' ELSE 'v' END)"
    await tamper(
        ledger_url,
        "CREATE TEMPORARY TABLE kept AS SELECT record_id, salt FROM links",
        f"UPDATE links SET salt = {other} WHERE record_id IN ('v', 'r')",
    )

    assert {f"{fault.table} {fault.id}" for fault in await _faults(ledger_url)} == {"votes v", "reactions r"}


async def test_links_in_another_order_are_named(ledger_url: str):
    await _write(ledger_url)
    moves = (2, 99), (3, 2), (99, 3)
    await tamper(ledger_url, *(f"UPDATE links SET number = {after} WHERE number = {before}" for before, after in moves))

    assert {fault.problem.partition(",")[0] for fault in await _faults(ledger_url)} == {"its link"}


async def test_an_end_that_was_cut_off_with_its_records_is_found(ledger_url: str):
    await _write(ledger_url)
    await tamper(ledger_url, "DELETE FROM votes", "DELETE FROM links WHERE record_id = 'v'")

    (fault,) = await _faults(ledger_url)

    assert (fault.table, fault.id.split("-")[0]) == ("chains", "test")
    assert fault.problem.startswith("its end was cut off: number ")


async def test_an_end_that_was_cut_off_with_the_length_is_found_by_the_seal(ledger_url: str):
    await _write(ledger_url)
    head = "(SELECT mac FROM links ORDER BY number DESC LIMIT 1)"
    cut = "DELETE FROM links WHERE record_id = 'v'", f"UPDATE chains SET length = length - 1, head = {head}"
    await tamper(ledger_url, "DELETE FROM votes", *cut)

    assert [fault.problem for fault in await _faults(ledger_url)] == [
        "its seal does not fit: its end was cut off or changed"
    ]


async def test_a_chain_that_was_written_anew_under_another_key_is_found(ledger_url: str):
    await _write(ledger_url)
    forged = Chain(b"another", "test-0/2026-11-21")
    row = f"'{forged.name}', 'test', '2026-11-21', '{key_mark(b'another')}', 0, '{forged.head}', '{forged.seal}'"
    await tamper(ledger_url, "DELETE FROM chains", f"INSERT INTO chains VALUES ({row})")
    await tamper(ledger_url, f"UPDATE links SET chain = '{forged.name}'")

    problems = {fault.problem for fault in await _faults(ledger_url)}

    assert any("under another key" in problem for problem in problems)


async def test_a_ledger_under_another_key_says_so_once_for_each_chain_and_still_checks_what_is_said(ledger_url: str):
    await _write(ledger_url)
    await tamper(ledger_url, "UPDATE votes SET outcome = 'tie'")

    found = {fault.table: fault.problem for fault in await _faults(ledger_url, b"another")}

    assert found["votes"] == CHANGED
    assert "keys/chain.key" in found["chains"]
    assert len(found) == 2


async def test_chains_and_their_links_belong_together(ledger_url: str):
    await _write(ledger_url)
    await tamper(ledger_url, "DELETE FROM chains")
    assert [fault.problem for fault in await _faults(ledger_url)] == ["its links are there, and it is not"]

    await tamper(ledger_url, "DELETE FROM links")
    assert ADDED in await _problems(ledger_url, "votes v")


async def test_a_record_that_was_told_of_twice_is_named(ledger_url: str):
    await _write(ledger_url)
    async with open_ledger(ledger_url, key=KEY, writer="other") as ledger:
        (reaction,) = await ledger.reactions_of("c")

        async def again(connection: AsyncConnection) -> None:
            tell(connection, *said_of(reaction))

        await ledger.database.write(again)

    assert await _faults(ledger_url) == [Fault("reactions", "r", "it was told of twice")]


async def test_what_was_told_and_never_written_is_named(ledger_url: str):
    async with open_ledger(ledger_url, key=KEY, writer="test") as ledger:

        async def only_tell(connection: AsyncConnection) -> None:
            tell(connection, Said(Event.VOTE, "ghost", 1.5, {}))

        await ledger.database.write(only_tell)

    assert await _faults(ledger_url) == [Fault("votes", "ghost", GONE)]


async def test_forgetting_leaves_no_faults_and_hides_no_later_change(ledger_url: str):
    await _write(ledger_url)
    async with open_ledger(ledger_url, key=KEY, writer="test") as ledger:
        await forget(ledger, await give_code(ledger, "s", NOW), NOW)
    assert await _faults(ledger_url) == []

    await tamper(ledger_url, "UPDATE turns SET text = 'back again' WHERE id = 't0'")
    assert await _problems(ledger_url, "turns t0") == {"it is forgotten and holds text"}


async def test_records_from_before_there_were_links_need_none(ledger_url: str):
    await _write(ledger_url)
    await tamper(ledger_url, "DELETE FROM links", "DELETE FROM chains", "UPDATE marks SET value = '50.0'")
    async with open_ledger(ledger_url, key=KEY, writer="test") as ledger:
        await ledger.finish_turn(an_end("t1", finished_at=60.0))
        await ledger.add_session(a_session(id="later", opened_at=61.0))
    assert await _faults(ledger_url) == []

    await tamper(ledger_url, "DELETE FROM links")
    assert {fault.id for fault in await _faults(ledger_url) if fault.table != "chains"} == {"t1", "later"}


async def test_however_many_links_are_read_at_once_the_same_is_found(ledger_url: str, monkeypatch: pytest.MonkeyPatch):
    await _write(ledger_url)
    await tamper(ledger_url, "UPDATE votes SET outcome = 'tie'", "DELETE FROM links WHERE number IN (3, 6)")
    at_once = await _faults(ledger_url)
    monkeypatch.setattr(chain_checking, "LINKS_AT_ONCE", 2)

    assert await _faults(ledger_url) == at_once


async def test_who_watches_is_told_how_far_the_check_is(ledger_url: str):
    await _write(ledger_url)
    told: list[tuple[int, int]] = []

    def moved(done: int, total: int) -> None:
        told.append((done, total))

    assert [fault async for fault in faults(ledger_url, NOW, KEY, moved)] == []
    assert told[-1][0] == told[-1][1] > 10


CELLS = [(table.name, column.name) for table in dict.fromkeys(TABLES.values()) for column in table.columns]
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9)
VALUES = TEXTS | st.integers(-9, 9) | st.floats(-9, 9) | st.binary(max_size=3) | st.none()


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(CELLS), VALUES, st.data())
def test_whatever_cell_is_changed_the_record_is_named(cell: tuple[str, str], value: Any, data: st.DataObject):
    table, column = cell
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.sqlite3"
        file.write_bytes(_template())
        with closing(sqlite3.connect(file)) as connection:
            ids = [row[0] for row in connection.execute(f"SELECT id FROM {table} ORDER BY id")]
            record = data.draw(st.sampled_from(ids))
            where = f"FROM {table} WHERE id = ?"
            before = connection.execute(f"SELECT quote({column}) {where}", [record]).fetchone()
            try:
                connection.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", [value, record])
            except sqlite3.IntegrityError:  # it has to be there, or must not be there twice
                return
            after = connection.execute(f"SELECT quote({column}) {where}", [record]).fetchone()
            connection.commit()
        found = asyncio.run(_faults(f"sqlite:///{file}"))

    assert (before == after) or (table, record) in {(fault.table, fault.id) for fault in found}
