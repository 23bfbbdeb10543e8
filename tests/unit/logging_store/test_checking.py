import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arena.chat import Ending
from arena.errors import SetupError
from logging_store.api_keys import add_key
from logging_store.checking import faults
from logging_store.cli import command
from logging_store.fastchat_facts import Statement
from logging_store.fastchat_files import log_files
from logging_store.fault import Fault
from logging_store.importing import import_fastchat
from logging_store.ledger import Ledger, open_ledger
from logging_store.record_rules import OPEN_AT_MOST
from tests.databases import PostgresServer
from tests.facts import (
    ALL_SCOPES,
    a_fought_battle,
    a_kept_battle,
    a_reaction,
    a_release_choice,
    a_said_conversation,
    a_turn,
    a_visitor,
    a_vote,
    an_api_key,
)
from tests.fastchat_logs import a_battle_log, a_chat, a_state, write_log
from tests.launches import FakeLaunch
from tests.tampering import tamper

NOW = 100.0
CHANGED = "it was changed after it was written"
ADDED = "no link tells of it: it was added unseen"


async def _faults(url: str, now: float = NOW) -> list[Fault]:
    return [fault async for fault in faults(url, now)]


def _said(found: list[Fault]) -> list[Fault]:
    """Leave out what the chains tell of it besides: nothing of the sort was written by us."""
    return [fault for fault in found if fault.problem not in {CHANGED, ADDED}]


async def _break(ledger: Ledger, *statements: str) -> None:
    await tamper(ledger.database.writer.url.render_as_string(hide_password=False), *statements)


async def _fill(ledger: Ledger) -> None:
    """A conversation of three turns, one of them regenerated, a reaction, and a battle with its vote."""
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent, ("1", "1"), ("2", "2"), id="c")
    _, second = await ledger.turns_of(conversation.id)
    await ledger.open_turns(a_turn("c", consent.id, id="again", position=1, supersedes=second.id))
    await ledger.add_reaction(a_reaction(second.id, consent.session_id, id="r"))
    battle = await a_fought_battle(ledger, consent)
    await ledger.cast_vote(battle.id, lambda _: a_vote(battle.id, consent.session_id, id="v"))
    await ledger.add_release_choices(consent.session_id, a_release_choice("c", consent.session_id, id="h"))
    await add_key(ledger, an_api_key(id="k"))
    await a_visitor(ledger)  # a second one, for what is of another session


async def test_a_ledger_in_good_order_has_no_faults(ledger: Ledger, ledger_url: str, tmp_path: Path):
    await _fill(ledger)
    await a_fought_battle(ledger, await a_visitor(ledger))
    log = write_log(tmp_path / "log", *a_battle_log(), a_chat(a_state(9)))
    await import_fastchat(ledger, log_files(log), Statement("x", "x", ALL_SCOPES), b"key")

    assert await _faults(ledger_url) == []


OTHER_SESSION = "(SELECT max(id) FROM sessions)"
FIRST_OF = "(SELECT id FROM turns WHERE conversation_id = 'c' AND position = 0)"
MISSING = [
    ("UPDATE turns SET conversation_id = 'gone' WHERE id = 'again'", "turns", "its conversation_id names a row"),
    ("UPDATE turns SET consent_id = 'gone' WHERE id = 'again'", "turns", "its consent_id names a row"),
    ("UPDATE votes SET battle_id = 'gone'", "votes", "its battle_id names a row that is not in battles"),
    ("UPDATE reactions SET turn_id = 'gone'", "reactions", "its turn_id names a row that is not in turns"),
    ("UPDATE conversations SET session_id = 'gone' WHERE id = 'c'", "conversations", "its session_id names a row"),
    ("UPDATE release_choices SET conversation_id = 'gone'", "release_choices", "its conversation_id names a row"),
]
CONTRADICTIONS = [
    ("UPDATE turns SET finished_at = 5 WHERE id = 'again'", "turns", "it is open and has an end"),
    ("UPDATE turns SET answer = 'half' WHERE id = 'again'", "turns", "it is open and has an end"),
    ("UPDATE turns SET ending = 'failed' WHERE id = 'again'", "turns", "it has an ending but no time of it"),
    ("UPDATE turns SET ending = 'burnt' WHERE id = 'again'", "turns", "its ending is no word of ours"),
    ("UPDATE consents SET log = FALSE", "turns", "no consent of its session covers it"),
    ("DELETE FROM turns WHERE conversation_id = 'c' AND position = 0", "turns", "there is no turn at the position"),
    ("UPDATE turns SET position = -1 WHERE position = 0 AND conversation_id = 'c'", "turns", "its position is below 0"),
    (f"UPDATE turns SET supersedes = {FIRST_OF} WHERE id = 'again'", "turns", "it supersedes a turn at another place"),
    ("UPDATE battles SET mode = 'duel'", "battles", "its mode is no word of ours"),
    ("UPDATE battles SET conversation_b = 'gone'", "battles", "its conversation b is missing"),
    ("UPDATE battles SET model_a = 'other'", "battles", "its conversation a is missing, or belongs elsewhere"),
    ("UPDATE battles SET conversation_a = 'c'", "conversations", "its battle does not name it"),
    ("UPDATE conversations SET side = 'a' WHERE id = 'c'", "conversations", "its battle does not name it"),
    ("UPDATE conversations SET mode = 'battle' WHERE id = 'c'", "conversations", "its mode is that of a battle"),
    (f"UPDATE votes SET session_id = {OTHER_SESSION}", "votes", "it is of another session than its battle"),
    ("UPDATE votes SET outcome = 'leftvote'", "votes", "its outcome is no word of ours"),
    ("UPDATE votes SET is_anonymous = FALSE", "votes", "it counts, and names were shown"),
    ("UPDATE battles SET mode = 'side_by_side'", "votes", "it is called anonymous in a battle with names"),
    ("DELETE FROM turns WHERE conversation_id != 'c'", "votes", "a side of its battle never answered"),
    (f"UPDATE reactions SET session_id = {OTHER_SESSION}", "reactions", "it is of another session"),
    ("UPDATE reactions SET kind = 'meh'", "reactions", "its kind is no word of ours"),
    (f"UPDATE release_choices SET session_id = {OTHER_SESSION}", "release_choices", "it is of another session"),
    ("UPDATE consents SET age_group = 'old'", "consents", "its age_group is no word of ours"),
    ("UPDATE api_keys SET priority = 'first'", "api_keys", "its priority is no word of ours"),
    ("UPDATE api_keys SET may_release = TRUE", "api_keys", "it may be released and not logged"),
    ("UPDATE api_keys SET key_hash = 'arena-plain'", "api_keys", "its hash is no digest"),
]


@pytest.mark.parametrize(("statement", "table", "problem"), MISSING + CONTRADICTIONS)
async def test_each_fault_is_found_and_the_record_named(
    ledger: Ledger, ledger_url: str, statement: str, table: str, problem: str
):
    await _fill(ledger)
    await _break(ledger, statement)

    found = [fault for fault in await _faults(ledger_url) if fault.problem.startswith(problem)]

    assert {fault.table for fault in found} == {table}
    ids = {"turns": "again", "votes": "v", "reactions": "r", "conversations": "c", "api_keys": "k"}
    ids |= {"release_choices": "h"}
    if table in {"votes", "reactions", "api_keys", "release_choices"} or "'again'" in statement:
        assert [fault.id for fault in found] == [ids[table]]


async def test_a_second_first_turn_is_found(ledger: Ledger, ledger_url: str):
    await _fill(ledger)
    twice = "UPDATE turns SET supersedes = NULL WHERE id = 'again'"
    await _break(ledger, "DROP INDEX uq_turns_first_at_position", twice)

    found = {fault.problem for fault in _said(await _faults(ledger_url))}

    assert found == {"there is another first turn at its position"}


async def test_what_unique_keys_prevent_is_found_where_they_were_lost(postgres: PostgresServer):
    url = postgres.fresh_database()
    async with open_ledger(url) as ledger:
        await _fill(ledger)
        keys = (("turns", "supersedes"), ("votes", "battle_id"))
        await _break(
            ledger,
            *[f"ALTER TABLE {table} DROP CONSTRAINT uq_{table}_{column}" for table, column in keys],
            "CREATE TEMPORARY TABLE t ON COMMIT DROP AS SELECT * FROM turns WHERE id = 'again'",
            "UPDATE t SET id = 'and again'",
            "INSERT INTO turns SELECT * FROM t",
            "CREATE TEMPORARY TABLE w ON COMMIT DROP AS SELECT * FROM votes",
            "UPDATE w SET id = 'w'",
            "INSERT INTO votes SELECT * FROM w",
        )
        (superseded,) = {turn.supersedes for turn in await ledger.turns_of("c") if turn.supersedes}

    assert _said(await _faults(url)) == [
        Fault("turns", superseded, "it is superseded twice"),
        Fault("votes", "v", "its battle has another vote"),
        Fault("votes", "w", "its battle has another vote"),
    ]


async def test_a_turn_is_open_for_a_while_and_then_it_was_never_finished(ledger: Ledger, ledger_url: str):
    await _fill(ledger)
    (again,) = [turn for turn in await ledger.turns_of("c") if turn.ending is None]

    assert await _faults(ledger_url, again.opened_at + OPEN_AT_MOST) == []
    assert await _faults(ledger_url, again.opened_at + OPEN_AT_MOST + 1) == [
        Fault("turns", "again", "it was never finished")
    ]


async def test_lost_turns_and_battles_without_a_vote_are_in_good_order(ledger: Ledger, ledger_url: str):
    consent = await a_visitor(ledger)
    battle = await a_kept_battle(ledger, consent)
    await ledger.open_turns(a_turn(battle.conversation_a, consent.id))
    await ledger.lose_open_turns("first", now=50.0)

    assert (await ledger.turns_of(battle.conversation_a))[0].ending is Ending.LOST
    assert await _faults(ledger_url) == []


async def test_a_damaged_file_is_found(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    async with open_ledger(url) as ledger:
        consent = await a_visitor(ledger)
        for _ in range(20):
            await a_said_conversation(ledger, consent, ("?" * 2000, "!" * 2000))
    file = tmp_path / "ledger.sqlite3"
    content = bytearray(file.read_bytes())
    content[40_960:122_880] = b"\xff" * 81_920
    file.write_bytes(content)

    found = await _faults(url)

    assert found
    assert {fault.table for fault in found} == {"database"}


NO_TEXT = "CAST(x'ff41' AS TEXT)"


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (f"UPDATE turns SET answer = {NO_TEXT} WHERE id = 'again'", ("turns", "again")),
        ("UPDATE turns SET position = 1e308 * 10 WHERE id = 'again'", ("turns", "again")),
        (f"UPDATE reactions SET kind = {NO_TEXT}", ("reactions", "r")),
        (f"UPDATE reactions SET id = {NO_TEXT}", ("reactions", "r")),
        (f"UPDATE links SET chain = {NO_TEXT} WHERE record_id = 'r'", ("chains", r"\xffA")),
        ("UPDATE links SET number = 'x' WHERE record_id = 'r'", ("reactions", "r")),
        ("UPDATE links SET number = 'x' WHERE record_id = 'again'", ("turns", "again")),
        (f"UPDATE links SET mac = {NO_TEXT} WHERE record_id = 'r'", ("reactions", "r")),
        (f"UPDATE links SET salt = {NO_TEXT} WHERE record_id = 'r'", ("reactions", "r")),
        ("INSERT INTO marks SELECT CAST(x'ff' AS TEXT), value FROM marks", ("marks", r"\xff")),
        (f"UPDATE marks SET value = {NO_TEXT}", ("marks", "linked_since")),
        ("UPDATE marks SET value = -9223372036854775808", None),
    ],
)
async def test_what_sqlite_holds_and_nobody_can_read_is_named(
    tmp_path: Path, statement: str, named: tuple[str, str] | None
):
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    async with open_ledger(url) as ledger:
        await _fill(ledger)
    await tamper(url, statement)

    found = {(fault.table, fault.id) for fault in await _faults(url)}

    assert named is None or named in found


KEY = FakeLaunch().data_key(Path(), "chain").get_secret_value().encode()


def _check(url: str) -> tuple[int, list[str]]:
    done = CliRunner().invoke(command, ["check", "--store", url], obj=FakeLaunch(), catch_exceptions=False)
    return done.exit_code, done.stdout.splitlines()


async def _put(url: str, key: bytes, *statements: str) -> None:
    async with open_ledger(url, key=key, writer="test") as ledger:
        if not statements:
            await _fill(ledger)
            await ledger.lose_open_turns("first", now=50.0)
        await _break(ledger, *statements)


def test_the_command_says_what_it_found_by_its_exit_code(ledger_url: str):
    asyncio.run(_put(ledger_url, KEY))
    assert _check(ledger_url) == (0, ["the ledger is in good order"])

    asyncio.run(_put(ledger_url, KEY, "UPDATE votes SET is_anonymous = FALSE"))
    assert _check(ledger_url) == (
        1,
        ["votes v: it counts, and names were shown", f"votes v: {CHANGED}", "faults: 2"],
    )


def test_a_ledger_that_is_checked_with_another_key_is_told_so_once(ledger_url: str):
    asyncio.run(_put(ledger_url, b"another key"))

    code, (said, end) = _check(ledger_url)

    assert (code, end) == (1, "faults: 1")
    assert "ARENA_CHAIN_KEY" in said


def test_a_ledger_that_is_not_there_cannot_be_checked(tmp_path: Path):
    with pytest.raises(SetupError, match="there is no ledger"):
        _check(f"sqlite:///{tmp_path}/none.sqlite3")
