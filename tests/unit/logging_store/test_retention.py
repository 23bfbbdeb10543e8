import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from arena.errors import SetupError
from arena.session import AgeGroup, Scope
from logging_store.checking import faults
from logging_store.cli import command
from logging_store.erasing import NOBODY
from logging_store.facts import ConsentFact, ConversationFact
from logging_store.ledger import Ledger, open_ledger
from logging_store.queries import insert_in
from logging_store.retention import RETENTION, Limit, retain
from logging_store.tables import release_choices, tombstones
from logging_store.tombstone_file import digest, tombstones_in
from tests.facts import a_consent, a_said_conversation, a_session, a_turn, a_visitor, a_voted_battle, an_end, an_id
from tests.launches import FakeLaunch
from tests.tables import all_rows

LOGGED = frozenset({Scope.SERVE, Scope.LOG})
SAID_AT = 5.5
"""When the builders' turns finish."""
LIMIT = Limit(cutoff=SAID_AT + 1)
NOW = 1000.0


async def _texts(ledger: Ledger, conversation: ConversationFact) -> list[str]:
    return [turn.text for turn in await ledger.turns_of(conversation.id)]


async def _a_visitor_with(ledger: Ledger, *given: ConsentFact, **session: Any) -> str:
    whose = a_session(**session)
    await ledger.add_session(whose)
    for consent in given:
        await ledger.add_consent(replace(consent, session_id=whose.id))
    return whose.id


async def test_old_text_without_a_release_scope_goes_and_the_rest_stays(ledger: Ledger):
    kept = await a_said_conversation(ledger, await a_visitor(ledger), ("haddock", "haddock!"))
    consent = await a_visitor(ledger, LOGGED)
    gone = await a_said_conversation(ledger, consent, ("swordfish", "swordfish!"), ("swordfish", "swordfish!"))
    battle = await a_voted_battle(ledger, consent)
    before = await all_rows(ledger)

    removed = await retain(ledger, LIMIT, NOW)
    after = await all_rows(ledger)

    assert (removed.conversations, removed.turns) == (3, 4)
    assert await _texts(ledger, kept) == ["haddock"]
    assert await _texts(ledger, gone) == ["", ""]
    assert {turn.consent_id for turn in await ledger.turns_of(gone.id)} == {NOBODY}
    record = await ledger.battle_record(battle.id)
    assert record is not None
    assert record.vote is not None
    assert record.vote.session_id == consent.session_id
    assert set(before["sessions"]) < set(after["sessions"])
    assert before["votes"] == after["votes"]


async def test_what_is_younger_stays_also_in_a_conversation_whose_beginning_goes(ledger: Ledger):
    consent = await a_visitor(ledger, LOGGED)
    conversation = await a_said_conversation(ledger, consent, ("old", "old!"))
    turn = a_turn(conversation.id, consent.id, position=1, text="young")
    await ledger.open_turns(turn)
    await ledger.finish_turn(an_end(turn.id, finished_at=SAID_AT + 2))
    being_written = a_turn(conversation.id, consent.id, position=2, text="open")
    await ledger.open_turns(being_written)

    await retain(ledger, LIMIT, NOW)
    first = await _texts(ledger, conversation)
    await retain(ledger, Limit(cutoff=SAID_AT + 3), NOW)

    assert first == ["", "young", "open"]
    assert await _texts(ledger, conversation) == ["", "", "open"]


async def test_what_may_not_be_released_for_another_reason_goes_too(ledger: Ledger):
    consent = await a_visitor(ledger)
    unwanted = await a_said_conversation(ledger, consent)
    row = {"id": an_id(), "conversation_id": unwanted.id, "session_id": consent.session_id}
    choice = row | {"allowed": False, "chosen_at": 9.0}
    await ledger.database.write(lambda connection: insert_in(connection, (release_choices, choice)))
    minor = a_consent("", accepted_at=9.0)
    minor = replace(minor, consent=minor.consent.model_copy(update={"age_group": AgeGroup.MINOR}))
    given = a_consent("")
    at_school = await _a_visitor_with(ledger, given, cohort="school")
    of_school = await a_said_conversation(ledger, replace(given, session_id=at_school))
    before_it_said_so = a_consent("")
    child = await _a_visitor_with(ledger, before_it_said_so)
    of_a_child = await a_said_conversation(ledger, replace(before_it_said_so, session_id=child))
    await ledger.add_consent(replace(minor, session_id=child))

    removed = await retain(ledger, replace(LIMIT, withheld_cohorts=frozenset({"school"})), NOW)

    assert removed.conversations == 3
    for conversation in (unwanted, of_school, of_a_child):
        assert await _texts(ledger, conversation) == [""]


async def test_a_later_consent_for_the_past_keeps_text(ledger: Ledger):
    consent = await a_visitor(ledger, LOGGED)
    conversation = await a_said_conversation(ledger, consent)
    later = a_consent(consent.session_id, accepted_at=9.0)
    await ledger.add_consent(replace(later, consent=later.consent.model_copy(update={"covers_past": True})))

    assert (await retain(ledger, LIMIT, NOW)).turns == 0
    assert await _texts(ledger, conversation) == ["Hello?"]


async def test_a_dry_run_counts_and_changes_nothing(ledger: Ledger, tmp_path: Path):
    await a_said_conversation(ledger, await a_visitor(ledger, LOGGED), ("one", "1"), ("two", "2"))
    before = await all_rows(ledger)

    removed = await retain(ledger, Limit(LIMIT.cutoff, tombstones=tmp_path / "stones", is_dry=True), NOW)

    assert (removed.conversations, removed.turns) == (1, 2)
    assert await all_rows(ledger) == before
    assert not (tmp_path / "stones").exists()


async def test_tombstones_are_kept_and_a_second_time_changes_nothing(ledger: Ledger, tmp_path: Path):
    file = tmp_path / "stones"
    conversation = await a_said_conversation(ledger, await a_visitor(ledger, LOGGED))
    limit = Limit(LIMIT.cutoff, tombstones=file)

    await retain(ledger, limit, NOW)
    once, lines = await all_rows(ledger), file.read_text()
    again = await retain(ledger, limit, NOW + 1)
    async with ledger.database.snapshot() as connection:
        (stone,) = (await connection.execute(select(tombstones))).all()

    assert (again.turns, file.read_text()) == (0, lines)
    assert await all_rows(ledger) == once
    assert tuple(stone) == (conversation.id, NOW, RETENTION)
    (line,) = tombstones_in(file)
    assert (line.conversations, line.session, line.before) == ((digest(conversation.id),), None, LIMIT.cutoff)


async def test_the_ledger_is_in_good_order_afterwards(ledger_url: str):
    async with open_ledger(ledger_url, key=b"a key", writer="test") as ledger:
        consent = await a_visitor(ledger, LOGGED)
        conversation = await a_said_conversation(ledger, consent, ("old", "old!"))
        turn = a_turn(conversation.id, consent.id, position=1, text="young")
        await ledger.open_turns(turn)
        await ledger.finish_turn(an_end(turn.id, finished_at=SAID_AT + 2))
        await a_voted_battle(ledger, consent)
        await retain(ledger, LIMIT, NOW)

    assert [fault async for fault in faults(ledger_url, NOW, b"a key")] == []


def _retain(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, ["retain", *arguments], obj=FakeLaunch(), catch_exceptions=False)
    return done.exit_code, done.stdout


async def test_the_command_removes_what_is_older_than_so_many_days(ledger: Ledger, ledger_url: str, tmp_path: Path):
    conversation = await a_said_conversation(ledger, await a_visitor(ledger, LOGGED))
    where = ("--store", ledger_url, "--data", str(tmp_path))

    code, said = _retain_in_a_thread(*where, "--days", "30")

    assert (code, said.splitlines()[0]) == (0, "text of more than 30 days removed: turns 1, conversations 1")
    assert await _texts(ledger, conversation) == [""]
    (line,) = (tmp_path / "tombstones.jsonl").read_text().splitlines()
    assert json.loads(line)["reason"] == RETENTION


def _retain_in_a_thread(*arguments: str) -> tuple[int, str]:
    """Run the command beside this test's own event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_retain, *arguments).result()


def test_without_a_number_of_days_nothing_is_removed(tmp_path: Path):
    with pytest.raises(SetupError, match="retention_days"):
        _retain("--data", str(tmp_path))
