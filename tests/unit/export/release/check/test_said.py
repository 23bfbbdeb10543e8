"""Rows compared with what the ledger holds of them."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from arena.battle import Outcome
from arena.chat import Ending
from export.release.all_forms import FORMS
from export.release.check.said import Read, compared, said_in_files
from export.release.steps import Bundle, Row
from logging_store.facts import PROGRAM, ConversationRecord, Withheld
from logging_store.withholding import Withholding
from tests.unit.export.release.bundles import RELEASE, a_battle_bundle, a_said_battle, a_side
from tests.unit.export.release.check.folders import DATA, Change, a_release
from tests.unit.export.release.rows import a_row, a_said_turn

OTHER = "its messages are not the ledger's"


async def _each(*reads: Read) -> AsyncIterator[Read]:
    for each in reads:
        yield each


def _reads(*bundles: Bundle) -> list[ConversationRecord]:
    """What the ledger says of bundles; a battle comes with its sides."""
    rows = [(row, bundle.battle) for bundle in bundles for row in bundle.rows if isinstance(row, Row)]
    return [replace(row.record, battle=battle) for row, battle in rows]


async def _found(folder: Path, form: str, bundles: list[Bundle], *reads: Read, change: Change = lambda _row: None):
    made = a_release(folder, form, bundles, change)
    with said_in_files([made], RELEASE.key) as kept:
        async for _ in compared(_each(*reads), kept):
            pass
        return [each.partition(": ")[2] for each in kept[0].findings()]


@pytest.mark.parametrize("form", FORMS)
async def test_rows_as_they_were_made_say_what_the_ledger_holds(tmp_path: Path, form: str):
    bundles = [Bundle((a_row("c1"),)), Bundle((a_row("c2"),)), a_battle_bundle()]

    assert await _found(tmp_path, form, bundles, *_reads(*bundles)) == []


def _with(**columns: Any) -> Change:
    return lambda row: row.update(columns)


def _other_text(row: Mapping[str, Any]) -> None:
    row["conversation"][1]["content"] = "Hello, and buy this!"


@pytest.mark.parametrize(
    ("change", "problem"),
    [(_other_text, OTHER), (_with(model="doctor"), "its model is not the ledger's"), (_with(conversation=[]), None)],
)
async def test_what_was_changed_is_found(tmp_path: Path, change: Change, problem: str | None):
    bundles = [Bundle((a_row("c1"),))]

    assert await _found(tmp_path, "chat-1m", bundles, *_reads(*bundles), change=change) == (
        [problem] if problem else []
    )


@pytest.mark.parametrize("form", ["arena-battles", "preference-140k"])
@pytest.mark.parametrize(
    "changed",
    [{"outcome": Outcome.TIE}, {"voted_at": 1_790_000_001.5}, {"outcome": None}, {"voted_at": float("inf")}],
)
async def test_a_vote_is_the_ledgers(tmp_path: Path, form: str, changed: dict[str, Any]):
    bundles = [a_battle_bundle()]
    reads = [replace(each, battle=a_said_battle(**changed)) for each in _reads(*bundles)]

    assert await _found(tmp_path, form, bundles, *reads) == ["its vote is not the ledger's"]


async def test_both_bad_is_told_as_each_form_does(tmp_path: Path):
    bundles = [a_battle_bundle(outcome=Outcome.BOTH_BAD)]

    for form in FORMS:
        assert await _found(tmp_path / form, form, bundles, *_reads(*bundles)) == []


async def test_each_side_of_a_battle_is_compared(tmp_path: Path):
    bundles = [a_battle_bundle(b=a_side("b", ("Hello?", "I am b, and who are you?")))]

    assert await _found(tmp_path, "arena-battles", bundles, *_reads(a_battle_bundle())) == [OTHER]


async def test_a_visitor_has_one_pseudonym(tmp_path: Path):
    bundles = [Bundle((a_row(name),)) for name in ("c1", "c2", "c3")]

    def change(row: dict[str, Any]) -> None:
        row["session"] = f"{int(row['conversation_id'] == RELEASE.id('full', 'c3')):032x}"

    assert await _found(tmp_path, "full", bundles, *_reads(*bundles), change=change) == [
        "its pseudonym is not that of the same visitor's other rows"
    ]


def _redacted(raw: str, shown: str) -> tuple[Bundle, Read]:
    turn = a_said_turn(text=raw)
    row = a_row("c1", turns=(turn,), texts=(shown, turn.answer), replaced={"NAME": 1})
    return Bundle((row,)), row.record


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("I am Ann Lee.", "I am NAME_1."),
        ("Ann and Bo", "NAME_1 and NAME_2"),
        ("Ann5 apples", "NAME_15 apples"),
        ("a@b.org, Ann, a@b.org", "[EMAIL], NAME_1, [EMAIL]"),
        ("I wrote NAME_7 and Ann\0", "I wrote NAME_7 and NAME_1\ufffd"),
    ],
)
async def test_what_was_replaced_may_have_been_anything(tmp_path: Path, raw: str, shown: str):
    bundle, read = _redacted(raw, shown)

    assert await _found(tmp_path, "chat-1m", [bundle], read) == []


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("I am Ann Lee.", "I was NAME_1."),
        ("Ann and Bo", "NAME_1 or NAME_2"),
        ("Ann and Bo", "NAME_1 and NAME_2 and NAME_1"),
        ("Ann", "NAME_1 hates you"),
        ("aba", "abNAME_1ba"),
    ],
)
async def test_what_stands_around_it_must_be_as_it_was(tmp_path: Path, raw: str, shown: str):
    bundle, read = _redacted(raw, shown)

    assert await _found(tmp_path, "chat-1m", [bundle], read) == [OTHER]


async def test_a_conversation_that_went_on_or_was_told_again_since_is_no_other(tmp_path: Path):
    first = a_said_turn(answer="One.")
    again = a_said_turn(answer="Another.", supersedes=first.id)
    later = a_said_turn(position=1, text="More?", answer="No.")
    failed = a_said_turn(ending=Ending.FAILED, answer="")
    then, now = a_row("c1", turns=(first,)), a_row("c1", turns=(failed, first, again, later))

    assert await _found(tmp_path, "chat-1m", [Bundle((then,))], now.record) == []


async def test_the_order_of_turns_is_the_ledgers(tmp_path: Path):
    one, two = a_said_turn(text="1?", answer="1"), a_said_turn(position=1, text="2?", answer="2")

    swapped = [Bundle((a_row("c1", turns=(two, one)),))]

    assert await _found(tmp_path, "chat-1m", swapped, a_row("c1", turns=(one, two)).record) == [OTHER]


async def test_a_program_is_compared_without_its_system_prompt(tmp_path: Path):
    turn = a_said_turn(text="[system]\nBe brief.\n\n[user]\nHello?")
    row = a_row("c1", turns=(turn,), texts=("Hello?", "Hello!"), visitor=("", f"{PROGRAM}1"))

    assert await _found(tmp_path, "chat-1m", [Bundle((row,))], row.record) == []


async def test_no_more_was_read_than_the_ledger_holds(tmp_path: Path):
    bundles = [Bundle((a_row("c1"),)), a_battle_bundle()]
    _, *missing = _reads(*bundles)

    assert await _found(tmp_path / "c", "chat-1m", bundles, *missing) == ["counts: 3 were read, the ledger holds 2"]
    assert await _found(tmp_path / "b", "arena-battles", bundles, *missing) == []
    assert await _found(tmp_path / "n", "arena-battles", bundles) == ["counts: 1 were read, the ledger holds 0"]


async def test_what_is_withheld_or_not_released_is_passed_over(tmp_path: Path):
    gone = Withheld("c1", Withholding.FORGOTTEN)

    assert await _found(tmp_path, "chat-1m", [Bundle((a_row("c1"),))], gone, a_row("c2").record) == []


async def test_data_that_cannot_be_read_is_passed_over(tmp_path: Path):
    made = a_release(tmp_path)
    (tmp_path / DATA).write_bytes(b"nothing")

    with said_in_files([made], RELEASE.key) as kept:
        assert [each.wrong for each in kept] == [{}]
