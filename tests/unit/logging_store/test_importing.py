import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.battle import Mode, Outcome
from arena.chat import Ending, ReactionKind
from arena.errors import SetupError
from arena.session import Scope
from logging_store.checking import faults
from logging_store.facts import standing
from logging_store.fastchat_facts import Statement
from logging_store.fastchat_files import Skipped, log_files
from logging_store.fastchat_log import VOTES
from logging_store.forgetting import forget_session
from logging_store.importing import ImportReport, import_fastchat
from logging_store.ledger import Ledger, open_ledger
from logging_store.tombstone_file import digest
from logging_store.vote_reading import counting_votes
from tests.fastchat_logs import NOON, Row, a_battle_log, a_chat, a_reaction_row, a_state, a_vote_row, write_log
from tests.kept import Kept, all_kept
from tests.tables import a_copy_of_an_empty_ledger, all_rows

SERVED = frozenset({Scope.SERVE, Scope.LOG})
STATED = Statement("fastchat", "FastChat's terms of 2023", SERVED)
RELEASED = Statement("fastchat", "FastChat's terms of 2023", SERVED | {Scope.RELEASE})
KEY = b"a key for tests"


async def _import(ledger: Ledger, folder: Path, statement: Statement = STATED, key: bytes = KEY) -> ImportReport:
    return await import_fastchat(ledger, log_files(folder), statement, key)


def _said(record: Kept) -> list[tuple[str, str]]:
    return [(turn.text, turn.answer) for turn in standing(record.turns)]


async def test_the_last_state_of_a_conversation_is_what_stands(ledger: Ledger, tmp_path: Path):
    one, two = ("One?", "1"), ("Two?", "2")
    rows = a_chat(a_state(1, one)), a_chat(a_state(1, one, two), NOON + 60), a_chat(a_state(2, two), NOON + 90)
    report = await _import(ledger, write_log(tmp_path, *rows))

    first, second = await all_kept(ledger)

    assert (_said(first), _said(second)) == ([one, two], [two])
    assert first.conversation.mode is Mode.DIRECT
    assert [(turn.finished_at, turn.ending) for turn in first.turns] == [
        (NOON, Ending.COMPLETED),
        (NOON + 60, Ending.COMPLETED),
    ]
    assert report.added == {"conversations": 2, "turns": 3}


async def test_an_answer_that_was_written_again_supersedes_the_first(ledger: Ledger, tmp_path: Path):
    first, again = a_chat(a_state(1, ("One?", "1"))), a_chat(a_state(1, ("One?", "I")), NOON + 60)
    await _import(ledger, write_log(tmp_path, first, again))

    (record,) = await all_kept(ledger)

    assert (len(record.turns), _said(record)) == (2, [("One?", "I")])


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("leftvote", Outcome.MODEL_A),
        ("rightvote", Outcome.MODEL_B),
        ("tievote", Outcome.TIE),
        ("bothbad_vote", Outcome.BOTH_BAD),
    ],
)
async def test_a_vote_makes_its_two_conversations_a_battle(ledger: Ledger, tmp_path: Path, kind: str, outcome: Outcome):
    await _import(ledger, write_log(tmp_path, *a_battle_log(kind)))

    a, b = sorted([each.conversation for each in await all_kept(ledger)], key=lambda each: each.side or "")
    battle = await ledger.battle_record(a.battle_id or "")

    assert battle is not None
    assert battle.vote is not None
    assert (a.side, b.side, a.battle_id) == ("a", "b", b.battle_id)
    assert (battle.battle.model_a, battle.battle.model_b) == (a.model, b.model) == ("vicuna-13b", "koala-13b")
    assert (battle.battle.mode, battle.vote.outcome, battle.vote.voted_at) == (Mode.BATTLE, outcome, NOON + 9)
    assert (battle.vote.is_anonymous, battle.vote.reasons) == (True, ())
    assert len(await counting_votes(ledger, "")) == 1


async def test_a_vote_under_shown_names_is_kept_with_the_reason_not_to_count(ledger: Ledger, tmp_path: Path):
    shown = ["### Model A: vicuna-13b", "### Model B: koala-13b"]
    await _import(ledger, write_log(tmp_path, *a_battle_log(models=shown)))

    first, _ = await all_kept(ledger)
    battle = await ledger.battle_record(first.conversation.battle_id or "")

    assert battle is not None
    assert battle.vote is not None
    assert battle.battle.mode is Mode.SIDE_BY_SIDE
    assert (battle.vote.is_anonymous, battle.vote.reasons) == (False, ("not_anonymous",))
    assert await counting_votes(ledger, "") == []


async def test_the_first_vote_on_a_battle_counts_and_the_others_are_noted(ledger: Ledger, tmp_path: Path):
    *sides, vote = a_battle_log("leftvote")
    later = vote | {"type": "rightvote", "tstamp": NOON + 60, "models": ["vicuna-13b", "koala-13b"]}
    report = await _import(ledger, write_log(tmp_path, *sides, vote, later))

    assert [vote[1:] for vote in await counting_votes(ledger, "")] == [("vicuna-13b", "koala-13b", Outcome.MODEL_A)]
    assert report.noted == {"further votes on the same battle": 1}


async def test_a_conversation_fights_in_one_battle_only(ledger: Ledger, tmp_path: Path):
    rows = a_battle_log()
    other = a_vote_row("tievote", rows[0]["state"], a_state(9), NOON + 99)
    report = await _import(ledger, write_log(tmp_path, *rows, other))

    assert report.added["battles"] == report.added["votes"] == 1
    assert report.noted == {"votes on a conversation of another battle": 1}


@pytest.mark.parametrize(
    ("kind", "reaction"),
    [("upvote", ReactionKind.UP), ("downvote", ReactionKind.DOWN), ("flag", ReactionKind.FLAG)],
)
async def test_a_reaction_is_one_to_the_last_answer(ledger: Ledger, tmp_path: Path, kind: str, reaction: ReactionKind):
    state = a_state(1, ("One?", "1"), ("Two?", "2"))
    await _import(ledger, write_log(tmp_path, a_chat(state), a_reaction_row(kind, state)))

    (record,) = await all_kept(ledger)
    (kept,) = await ledger.reactions_of(record.conversation.id)

    assert (kept.kind, kept.turn_id, kept.reacted_at) == (reaction, record.turns[-1].id, NOON + 5)


async def test_a_share_tells_what_was_said_and_nothing_more(ledger: Ledger, tmp_path: Path):
    report = await _import(ledger, write_log(tmp_path, a_reaction_row("share")))

    assert report.added == {"conversations": 1, "turns": 1}
    assert report.rows == {"share": 1}


async def test_what_a_torn_chat_row_lost_comes_back_from_the_vote(ledger: Ledger, tmp_path: Path):
    first, _, vote = a_battle_log()
    report = await _import(ledger, write_log(tmp_path, first, b'{"type": "chat", "sta', vote))

    assert [_said(record) for record in await all_kept(ledger)] == [[("Who?", "I am A.")], [("Who?", "I am B.")]]
    assert report.skipped == {"torn line": 1}


async def test_each_line_that_is_skipped_is_named(ledger: Ledger, tmp_path: Path):
    folder = write_log(tmp_path, a_chat(), b"", b"{", a_chat(tstamp=None), name="server0/{day}-conv.json")
    seen: list[Skipped] = []

    await import_fastchat(ledger, log_files(folder), STATED, KEY, skipped=seen.append)

    file = "server0/2024-03-01-conv.json"
    assert seen == [Skipped(file, 3, "torn line"), Skipped(file, 4, "no time")]


async def test_images_are_noted(ledger: Ledger, tmp_path: Path):
    messages = [["USER", ["What?", ["0a1b"]]], ["ASSISTANT", "A cat."]]
    rows = a_chat(a_state(messages=messages))
    report = await _import(ledger, write_log(tmp_path, rows, rows, name="vision-tmp-{day}-conv.json"))

    assert [_said(record) for record in await all_kept(ledger)] == [[("What?\n[image 0a1b]", "A cat.")]]
    assert report.noted == {"images": 1}


async def test_files_of_abuse_material_are_not_opened(tmp_path: Path):
    write_log(tmp_path, a_chat())
    write_log(tmp_path, a_chat(), name="vision-csam-{day}-conv.json")

    assert [file.name for file in log_files(tmp_path)] == ["2024-03-01-conv.json"]


@pytest.mark.parametrize(("statement", "releasable"), [(STATED, False), (RELEASED, True)])
async def test_the_consent_is_what_the_operator_says(
    ledger: Ledger, tmp_path: Path, statement: Statement, releasable: bool
):
    await _import(ledger, write_log(tmp_path, a_chat()), statement)

    (record,) = await all_kept(ledger)
    consent = await ledger.consent_of(record.conversation.session_id)

    assert record.releasable is releasable
    assert consent is not None
    assert (consent.consent.scopes, consent.consent.terms_version) == (statement.scopes, statement.terms)


async def test_the_same_import_does_not_take_another_statement(ledger: Ledger, tmp_path: Path):
    await _import(ledger, write_log(tmp_path, a_chat()))

    with pytest.raises(SetupError, match="another --name"):
        await _import(ledger, tmp_path, RELEASED)


async def test_addresses_are_kept_as_hashes_under_the_imports_key(ledger: Ledger, tmp_path: Path):
    addresses = ["203.0.113.7", "203.0.113.7", "2001:db8::1", "2001:db8::2", None, None]
    rows = [a_chat(a_state(number), ip=address) for number, address in enumerate(addresses)]
    await _import(ledger, write_log(tmp_path, *rows))

    hashes = [record.address_hash for record in await all_kept(ledger)]

    assert len(set(hashes)) == 4
    assert "203.0.113.7" not in str(await all_rows(ledger))


async def test_another_key_gives_other_pseudonyms(tmp_path: Path):
    folder = write_log(tmp_path / "log", a_chat())
    hashes: set[str] = set()
    for key in (b"one", b"two"):
        async with open_ledger(f"sqlite:///{tmp_path}/{key.decode()}.sqlite3") as ledger:
            await _import(ledger, folder, key=key)
            hashes |= {record.address_hash for record in await all_kept(ledger)}

    assert len(hashes) == 2


async def test_a_folder_without_logs_is_a_setup_error(tmp_path: Path):
    with pytest.raises(SetupError, match="no FastChat log"):
        log_files(tmp_path)


async def test_what_a_running_server_adds_meanwhile_is_left_for_the_next_time(ledger: Ledger, tmp_path: Path):
    files = log_files(write_log(tmp_path, a_chat()))
    write_log(tmp_path, a_chat(), a_chat(a_state(2)))

    first = await import_fastchat(ledger, files, STATED, KEY)
    second = await _import(ledger, tmp_path)

    assert (first.added["conversations"], second.added["conversations"]) == (1, 1)


async def test_a_log_that_is_taken_twice_is_taken_once(ledger: Ledger, tmp_path: Path):
    state = a_state(7, ("One?", "1"))
    again = a_state(7, ("One?", "I"))
    rows = a_chat(state), a_reaction_row("upvote", state), a_chat(again, NOON + 50), a_chat(state, NOON + 70)
    folder = write_log(tmp_path, *a_battle_log(), *rows)
    await _import(ledger, folder)
    once = await all_rows(ledger)

    report = await _import(ledger, folder)

    assert await all_rows(ledger) == once
    assert not +report.added


TABLES = ("sessions", "consents", "battles", "conversations", "turns", "votes", "reactions")
STATE = a_state(1, ("One?", "1"), ("Two?", "2"))
OF_EVERY_TYPE: list[tuple[Row, tuple[int, ...]]] = [
    (a_chat(STATE), (1, 1, 0, 1, 2, 0, 0)),
    (a_reaction_row("share", STATE), (1, 1, 0, 1, 2, 0, 0)),
    (a_vote_row("share", STATE, a_state(2)), (1, 1, 0, 2, 3, 0, 0)),
    *[(a_reaction_row(kind, STATE), (1, 1, 0, 1, 2, 0, 1)) for kind in ("upvote", "downvote", "flag")],
    *[(a_vote_row(kind, STATE, a_state(2)), (1, 1, 1, 2, 3, 1, 0)) for kind in VOTES],
]


@pytest.mark.parametrize(("row", "numbers"), OF_EVERY_TYPE)
async def test_every_type_of_row_ends_in_its_tables(
    ledger: Ledger, ledger_url: str, tmp_path: Path, row: Row, numbers: tuple[int, ...]
):
    await _import(ledger, write_log(tmp_path, row))

    counts = await ledger.row_counts()

    assert tuple(counts[table] for table in TABLES) == numbers
    assert [fault async for fault in faults(ledger_url, NOON)] == []


async def test_answers_that_were_written_again_within_a_millisecond_are_told_apart(ledger: Ledger, tmp_path: Path):
    answers = ("yes", "no", "yes")
    rows = [a_chat(a_state(1, ("One?", each)), NOON + 0.0002 * number) for number, each in enumerate(answers)]
    await _import(ledger, write_log(tmp_path, *rows))

    (record,) = await all_kept(ledger)

    assert (len(record.turns), _said(record)) == (3, [("One?", "yes")])


async def test_what_was_forgotten_does_not_come_back_with_its_log(ledger: Ledger, ledger_url: str, tmp_path: Path):
    first, second, *more = a_battle_log()
    await _import(ledger, write_log(tmp_path, first, second))
    session_id = (await all_kept(ledger))[0].conversation.session_id
    await forget_session(ledger, session_id, NOON)

    later = a_chat(a_state(1, ("Who?", "I am A."), ("Really?", "Yes.")), NOON + 99)
    report = await _import(ledger, write_log(tmp_path, later, *more))

    assert report.noted == {"rows of forgotten conversations": 2}
    assert not +report.added
    assert "Really?" not in str(await all_rows(ledger))
    assert [fault async for fault in faults(ledger_url, NOON)] == []


async def test_what_tombstones_beside_the_ledger_speak_of_is_left_out(ledger: Ledger, tmp_path: Path):
    folder = write_log(tmp_path, a_chat(a_state(1)), a_chat(a_state(2)))
    async with open_ledger(f"sqlite:///{tmp_path}/other.sqlite3") as other:
        await _import(other, folder)
        gone, kept = (each.conversation.id for each in await all_kept(other))

    await import_fastchat(ledger, log_files(folder), STATED, KEY, buried={digest(gone)})

    assert [each.conversation.id for each in await all_kept(ledger)] == [kept]


ANSWERS = st.sampled_from(["yes", "no", "\ud83d\ude00"])
EVENTS = st.sampled_from(["chat", "again", "upvote", "leftvote", "tievote", "share"])


@st.composite
def logs(draw: st.DrawFn) -> list[Row]:
    """Some visitors chat with four models, ask again, and vote; times go on."""
    said: dict[int, list[tuple[str, str]]] = {number: [] for number in range(4)}
    rows: list[Row] = []
    for step, event in enumerate(draw(st.lists(EVENTS, min_size=1, max_size=12))):
        number, answer, at = draw(st.integers(0, 3)), draw(ANSWERS), NOON + 600 * step
        if event == "again" and said[number]:
            said[number].pop()
        if event in {"chat", "again"} or not said[number]:
            said[number].append((f"Question {len(said[number])}?", answer))
            rows.append(a_chat(a_state(number, *said[number]), at, ip=f"203.0.113.{number // 2}"))
        elif event in {"leftvote", "tievote"}:
            if said[number ^ 1]:
                a, b = (a_state(each, *said[each]) for each in sorted([number, number ^ 1]))
                rows.append(a_vote_row(event, a, b, at))
        else:
            rows.append(a_reaction_row(event, a_state(number, *said[number]), at))
    return rows


async def _imported(url: str, folder: Path, *logs: list[Row]) -> tuple[dict[str, Any], list[list[tuple[str, str]]]]:
    async with open_ledger(url) as ledger:
        for log in logs:
            await _import(ledger, write_log(folder, *log))
        assert [fault async for fault in faults(url, NOON)] == []
        return await all_rows(ledger), [_said(record) for record in await all_kept(ledger)]


@settings(max_examples=10, deadline=None)
@given(logs(), st.integers(0, 12))
def test_however_often_and_in_whatever_parts_a_log_is_taken_it_ends_the_same(log: list[Row], cut: int):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first, second = a_copy_of_an_empty_ledger(folder), a_copy_of_an_empty_ledger(folder)
        once, said = asyncio.run(_imported(first, folder, log))
        in_parts, said_in_parts = asyncio.run(_imported(second, folder, log[: max(cut, 1)], log, log))

    assert said == said_in_parts
    for table in once.keys() - {"links", "chains"}:  # what was told in parts may be told in other words
        assert once[table] == in_parts[table]
