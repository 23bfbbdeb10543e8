import asyncio
import contextlib
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from typer.testing import CliRunner

from arena.battle import Outcome
from arena.chat import Ending
from arena.errors import ConsentRequired, LedgerError, NotFound, SessionRequired, SetupError
from controller.accounts.api_log import Answered, exchange_of
from logging_store.burying import apply_to
from logging_store.chain import Event
from logging_store.checking import faults
from logging_store.cli import command
from logging_store.erasing import NOBODY, Forgotten
from logging_store.exchanges import add_exchange
from logging_store.facts import ConsentFact, ConversationRecord
from logging_store.forgetting import ASKED, forget, forget_key, forget_session, give_code, plain_code
from logging_store.ledger import Ledger, open_ledger
from logging_store.opening import open_in
from logging_store.queries import insert_in
from logging_store.reading import conversation_records
from logging_store.spool_file import Waiting, encode, spool_of
from logging_store.sweeping import sweep
from logging_store.tables import release_choices, turns
from logging_store.telling import start_telling
from logging_store.tombstone_file import Tombstone, digest, tombstones_in
from logging_store.vote_reading import counting_votes
from tests.databases import PostgresServer
from tests.facts import (
    a_consent,
    a_conversation,
    a_kept_conversation,
    a_reaction,
    a_said_conversation,
    a_session,
    a_turn,
    a_visitor,
    a_voted_battle,
    an_api_key,
    an_end,
    an_id,
)
from tests.launches import FakeLaunch
from tests.tables import a_copy_of_an_empty_ledger, all_rows

SECRET = "swordfish"
NOW = 1000.0


async def _says(ledger: Ledger, consent: ConsentFact, word: str = SECRET) -> str:
    """Let the visitor say the word in every place that takes text. Return the conversation's id."""
    conversation = await a_said_conversation(ledger, consent, (f"{word} 1?", f"{word}!"))
    turn = a_turn(conversation.id, consent.id, position=1, text=f"{word} 2?")
    await ledger.open_turns(turn)
    await ledger.finish_turn(an_end(turn.id, answer=f"{word}!", reasoning=f"hm, {word}"))
    await ledger.add_reaction(a_reaction(turn.id, consent.session_id))
    await a_voted_battle(ledger, consent, Outcome.MODEL_B)
    return conversation.id


async def test_what_a_visitor_said_is_in_no_table_any_more(ledger: Ledger):
    consent = await a_visitor(ledger)
    await _says(ledger, consent)

    assert (await forget(ledger, await give_code(ledger, consent.session_id, 1.0), NOW)).conversations == 3

    rows = str({name: rows for name, rows in (await all_rows(ledger)).items() if name != "links"})
    assert not [word for word in (SECRET, consent.session_id, consent.id) if word in rows]


async def test_votes_stay_and_nobody_can_be_found_by_them(ledger: Ledger):
    consent = await a_visitor(ledger)
    battle = await a_voted_battle(ledger, consent, Outcome.MODEL_B)

    await forget(ledger, await give_code(ledger, consent.session_id, 1.0), NOW)
    record = await ledger.battle_record(battle.id)

    assert await counting_votes(ledger, "") == []
    assert record is not None
    assert record.vote is not None
    assert consent.session_id not in {record.vote.session_id, record.battle.session_id}
    assert [turn.text for turn in record.turns_a + record.turns_b] == ["", ""]


async def test_other_visitors_keep_everything(ledger: Ledger):
    other = await a_visitor(ledger)
    await _says(ledger, other, "haddock")
    before = await all_rows(ledger)
    consent = await a_visitor(ledger)
    await _says(ledger, consent)

    await forget(ledger, await give_code(ledger, consent.session_id, 1.0), NOW)
    after = await all_rows(ledger)

    before.pop("chains")  # they grow
    assert all(set(map(str, rows)) <= set(map(str, after[table])) for table, rows in before.items())


async def test_a_forgotten_conversation_is_not_read_and_the_ledger_is_in_good_order(ledger: Ledger, ledger_url: str):
    kept = await _says(ledger, await a_visitor(ledger), "haddock")
    consent = await a_visitor(ledger)
    forgotten = await _says(ledger, consent)

    await forget(ledger, await give_code(ledger, consent.session_id, 1.0), NOW)
    records = [record async for record in conversation_records(ledger)]
    read = [record.conversation.id for record in records if isinstance(record, ConversationRecord)]

    assert kept in read
    assert forgotten not in read
    assert len(read) == 3
    assert [fault async for fault in faults(ledger_url, NOW)] == []


async def test_a_check_finds_text_that_came_back(ledger: Ledger, ledger_url: str):
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent)
    await forget(ledger, await give_code(ledger, consent.session_id, 1.0), NOW)
    await ledger.database.write(lambda connection: connection.execute(turns.update().values(text="back")))

    (fault,) = [fault async for fault in faults(ledger_url, NOW)]

    assert [fault.id] == [turn.id for turn in await ledger.turns_of(conversation.id)]
    assert fault.problem == "it is forgotten and holds text"


async def test_an_answer_still_being_written_is_not_written_any_more(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_kept_conversation(ledger, consent)
    turn = a_turn(conversation.id, consent.id)
    await ledger.open_turns(turn)

    await forget(ledger, await give_code(ledger, consent.session_id, 1.0), NOW)

    assert not await ledger.finish_turn(an_end(turn.id, answer=SECRET))
    (kept,) = await ledger.turns_of(conversation.id)
    assert (kept.ending, kept.text, kept.answer) == (Ending.CANCELLED, "", "")


async def test_what_another_process_opens_at_the_same_moment_is_forgotten_too(postgres: PostgresServer):
    url = postgres.fresh_database()
    async with open_ledger(url, writer="first") as ledger, open_ledger(url, writer="second") as other:
        consent = await a_visitor(ledger)
        home = await a_kept_conversation(ledger, consent)
        at_once, later = (a_turn(home.id, consent.id, position=position, text=SECRET) for position in range(2))
        async with other.database.writer.connect() as connection:
            start_telling(connection)
            await open_in(connection, [at_once])
            forgetting = asyncio.create_task(forget_session(ledger, consent.session_id, NOW))
            await _until_somebody_waits(other)
            too_late = asyncio.create_task(other.open_turns(later))
            await connection.commit()

        assert at_once.id in (await forgetting).turn_ids
        with contextlib.suppress(ConsentRequired, SessionRequired):
            await too_late
        assert SECRET not in str(await all_rows(ledger))


async def _until_somebody_waits(ledger: Ledger) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(10):
        async with ledger.database.reader.connect() as connection:
            while not (await connection.execute(waiting)).scalar_one():
                await connection.rollback()


async def test_nothing_can_be_added_to_what_was_forgotten(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent)

    await forget(ledger, await give_code(ledger, consent.session_id, 1.0), NOW)

    with pytest.raises(ConsentRequired):
        await ledger.open_turns(a_turn(conversation.id, consent.id, position=1))
    for adding in (
        ledger.add_consent(a_consent(consent.session_id)),
        ledger.add_conversation(a_conversation(consent.session_id)),
    ):
        with pytest.raises(SessionRequired):
            await adding


async def test_a_code_is_worth_something_once_and_only_the_latest(ledger: Ledger):
    consent = await a_visitor(ledger)
    old = await give_code(ledger, consent.session_id, 1.0)
    code = await give_code(ledger, consent.session_id, 2.0)

    for worthless in (old, "", consent.session_id):
        with pytest.raises(NotFound):
            await forget(ledger, worthless, NOW)
    await forget(ledger, f" {code.upper().replace('0', 'O').replace('-', '  ')}\n", NOW)
    with pytest.raises(NotFound):
        await forget(ledger, code, NOW)


async def test_the_code_itself_is_not_kept(ledger: Ledger):
    session = a_session()
    await ledger.add_session(session)
    code = await give_code(ledger, session.id, 1.0)

    assert [len(part) for part in code.split("-")] == [4] * 8
    assert len(bytes.fromhex(plain_code(code))) == 16
    assert plain_code(code) not in str(await all_rows(ledger))


async def test_there_is_no_code_for_an_unknown_session(ledger: Ledger):
    with pytest.raises(NotFound):
        await give_code(ledger, "unknown", 1.0)


async def _forgets(url: str, words: list[tuple[bool, str]]) -> None:
    async with open_ledger(url) as ledger:
        first, second = await a_visitor(ledger), await a_visitor(ledger)
        for is_first, word in words:
            await _says(ledger, *((first, f"{SECRET}{word}{SECRET}") if is_first else (second, f"haddock{word}")))
        code = await give_code(ledger, first.session_id, 1.0)
        await forget(ledger, code, NOW)
        assert (await sweep(ledger)).is_clean


WORDS = st.tuples(st.booleans(), st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=2000))


@settings(max_examples=25, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=3))
def test_what_was_forgotten_is_in_no_file(words: list[tuple[bool, str]]):
    with tempfile.TemporaryDirectory() as folder:
        url = a_copy_of_an_empty_ledger(Path(folder))
        asyncio.run(_forgets(url, words))
        raw = b"".join(file.read_bytes() for file in Path(folder).rglob("*") if file.is_file())

    assert SECRET.encode() not in raw
    assert all(f"haddock{word}".encode() in raw for is_first, word in words if not is_first and len(word) < 200)


async def test_the_ledger_is_whole_after_a_sweep(ledger: Ledger):
    await _says(ledger, await a_visitor(ledger), "haddock")
    before = await all_rows(ledger)

    assert (await sweep(ledger)).is_clean

    assert await all_rows(ledger) == before


async def test_a_sweep_that_cannot_be_says_so(tmp_path: Path):
    async with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite3") as ledger:
        await _says(ledger, await a_visitor(ledger))
        with contextlib.closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as other:
            other.execute("BEGIN IMMEDIATE")
            assert not (await sweep(ledger, wait_seconds=0.05)).is_clean
            other.rollback()
        assert (await sweep(ledger)).is_clean


async def test_the_file_says_it_first_and_a_wrong_code_says_nothing(ledger: Ledger, tmp_path: Path):
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent)
    code, file = await give_code(ledger, consent.session_id, 1.0), tmp_path / "tombstones.jsonl"
    before = await all_rows(ledger)

    for wrong in ("", "0" * 32, consent.session_id):
        with pytest.raises(NotFound):
            await forget(ledger, wrong, NOW, tombstones=file)
    assert not file.exists()
    assert await all_rows(ledger) == before

    await forget(ledger, code, NOW, tombstones=file)
    assert list(tombstones_in(file)) == [
        Tombstone((digest(conversation.id),), NOW, ASKED, session=digest(consent.session_id))
    ]


async def test_what_cannot_be_noted_is_not_forgotten(ledger: Ledger, tmp_path: Path):
    consent = await a_visitor(ledger)
    await _says(ledger, consent)
    before = await all_rows(ledger)
    (tmp_path / "data").touch()

    with pytest.raises(LedgerError):
        await forget_session(ledger, consent.session_id, NOW, tombstones=tmp_path / "data" / "tombstones.jsonl")

    assert await all_rows(ledger) == before


async def test_it_says_what_was_forgotten_and_never_repeats_the_words(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent, (f"{SECRET}?", f"{SECRET}!"))
    (turn,) = await ledger.turns_of(conversation.id)

    forgotten = await forget_session(ledger, consent.session_id, NOW)

    assert forgotten == Forgotten((conversation.id,), (turn.id,), (f"{SECRET}?", f"{SECRET}!"))
    assert SECRET not in repr(forgotten)


async def test_the_session_of_everybody_who_was_forgotten_cannot_be_forgotten(ledger: Ledger):
    await forget_session(ledger, (await a_visitor(ledger)).session_id, NOW)

    with pytest.raises(NotFound):
        await forget_session(ledger, NOBODY, NOW)


async def test_choices_about_publication_stay_without_their_session(ledger: Ledger):
    consent = await a_visitor(ledger)
    conversation = await a_said_conversation(ledger, consent)
    row = {"id": an_id(), "conversation_id": conversation.id, "session_id": consent.session_id}
    choice = row | {"allowed": False, "chosen_at": 9.0}
    await ledger.database.write(lambda connection: insert_in(connection, (release_choices, choice)))

    await forget_session(ledger, consent.session_id, NOW)

    ((_, _, session_id, *_),) = (await all_rows(ledger))["release_choices"]
    assert session_id == NOBODY


async def test_no_salt_is_left_of_what_was_forgotten_and_the_chains_hold(ledger_url: str):
    async with open_ledger(ledger_url, key=b"a key", writer="test") as ledger:
        kept, consent = await a_visitor(ledger), await a_visitor(ledger)
        await a_said_conversation(ledger, kept)
        await _says(ledger, consent)
        await forget_session(ledger, consent.session_id, NOW)
        linked = (await all_rows(ledger))["links"]

    by_record: dict[str, list[tuple[str, str | None]]] = {}
    for _, _, event, record_id, _, salt, _, _ in linked:
        by_record.setdefault(record_id, []).append((event, salt))
    gone = [links for links in by_record.values() if any(event == Event.FORGOTTEN for event, _ in links)]
    assert consent.session_id in by_record
    assert all(salt is None for links in gone for event, salt in links if event != Event.FORGOTTEN)
    assert len(by_record) - len(gone) == 4
    assert [fault async for fault in faults(ledger_url, NOW, b"a key")] == []


async def test_what_a_key_asked_is_forgotten_and_the_key_goes_on(ledger: Ledger, tmp_path: Path):
    key, other, file = an_api_key(may_log=True), an_api_key(may_log=True), tmp_path / "tombstones.jsonl"
    said = {"messages": [{"role": "user", "content": SECRET}]}
    for whose in (key, key, other):
        answered = Answered("echo", said, "well", opened_at=4.5, finished_at=5.5)
        await add_exchange(ledger, exchange_of(whose, answered, "first"))

    forgotten = await forget_key(ledger, key.id, NOW, tombstones=file)
    await add_exchange(ledger, exchange_of(key, Answered("echo", said, "again", 2000.0, 2001.0), "first"))
    await apply_to(ledger, [file])

    assert forgotten.conversations == 2
    texts = sorted((row[6], row[16]) for row in (await all_rows(ledger))["turns"])
    assert texts == [("", ""), ("", ""), (SECRET, "again"), (SECRET, "well")]
    with pytest.raises(NotFound):
        await forget_key(ledger, "unknown", NOW)


def _forget(url: str, given: str, data: Path, *options: str) -> str:
    arguments = ["forget", "--store", url, "--data", str(data), *options]
    done = CliRunner().invoke(command, arguments, obj=FakeLaunch(), catch_exceptions=False, input=given)
    assert done.exit_code == 0
    return done.stdout


async def _a_code(url: str) -> str:
    async with open_ledger(url) as ledger:
        consent = await a_visitor(ledger)
        await _says(ledger, consent)
        return await give_code(ledger, consent.session_id, 1.0)


def test_the_command_reads_the_code_and_says_what_is_out_of_reach(ledger_url: str, tmp_path: Path):
    said = _forget(ledger_url, asyncio.run(_a_code(ledger_url)) + "\n", tmp_path)

    assert said.startswith("forgotten: conversations 3\n")
    assert "traces 0\n" in said
    assert "older backups and dumps" in said


async def _a_code_and_a_turn_that_waits(url: str, data: Path) -> str:
    """Put two turns of the visitor's, and of another's, into a spool; the ledger has heard of one each."""
    async with open_ledger(url) as ledger:
        consent, other = await a_visitor(ledger), await a_visitor(ledger)
        segment = spool_of(data, "first") / "1.jsonl"
        segment.parent.mkdir(parents=True)
        for whose, word in ((consent, SECRET), (other, "haddock")):
            conversation = await a_kept_conversation(ledger, whose)
            turn = a_turn(conversation.id, whose.id, text=f"{word}?")
            await ledger.open_turns(turn)
            unheard = a_turn(conversation.id, whose.id, position=1, text=f'{word}, "conversation_id":"{turn.id}"')
            with segment.open("ab") as lines:
                lines.write(encode(Waiting(turn.id, turn, an_end(turn.id, answer=f"{word}!"))))
                lines.write(encode(Waiting(unheard.id, unheard)))
                lines.write(encode(Waiting(unheard.id, end=an_end(unheard.id, answer=f"{word}!"))))
        return await give_code(ledger, consent.session_id, 1.0)


def test_what_waits_in_a_spool_is_forgotten_too(ledger_url: str, tmp_path: Path):
    said = _forget(ledger_url, asyncio.run(_a_code_and_a_turn_that_waits(ledger_url, tmp_path)), tmp_path)

    spooled = (spool_of(tmp_path, "first") / "1.jsonl").read_bytes()
    assert "taken out of the spool: turns 2\n" in said
    assert SECRET.encode() not in spooled
    assert spooled.count(b"haddock!") == 2


def test_without_a_code_nothing_is_forgotten(ledger_url: str, tmp_path: Path):
    code = asyncio.run(_a_code(ledger_url))

    with pytest.raises(SetupError, match="standard input"):
        _forget(ledger_url, "", tmp_path)

    assert "conversations 3" in _forget(ledger_url, code, tmp_path)


async def _a_key_that_asked(url: str) -> str:
    async with open_ledger(url) as ledger:
        key = an_api_key(may_log=True)
        said = {"messages": [{"role": "user", "content": SECRET}]}
        await add_exchange(ledger, exchange_of(key, Answered("echo", said, "well", 4.5, 5.5), "first"))
        return key.id


def test_the_command_forgets_what_a_key_asked_without_any_code(ledger_url: str, tmp_path: Path):
    key = asyncio.run(_a_key_that_asked(ledger_url))

    assert "forgotten: conversations 1\n" in _forget(ledger_url, "", tmp_path, "--key", key)
    with pytest.raises(NotFound):
        _forget(ledger_url, "", tmp_path, "--key", "unknown")
