"""What a release says of its own repetitions, from a ledger to the side file; and in which languages it is."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from export.marks.samples import OFFERED
from export.marks.side_file import RELEASED_MARKS
from logging_store.ledger import open_ledger
from tests.facts import a_said_conversation, a_visitor, a_voted_battle
from tests.releasing import release

RIDDLE = "A farmer has twelve sheep and all but five of them run away, how many are left on the farm?"
LIKE = RIDDLE.replace("twelve", "eleven")
GERMAN = "Kannst du mir bitte erklären, warum der Himmel am Abend rot wird?"
SAID = ((RIDDLE, "Five."), (RIDDLE.upper(), "five"), (LIKE, "Five."), (GERMAN, "Ja."))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release, and an earlier one of the half of it."""
    folder = tmp_path_factory.mktemp("marks")
    (folder / "riddles.txt").write_text(RIDDLE)
    asyncio.run(_fill(folder, SAID))
    release(_url(folder), folder / "before")
    asyncio.run(_fill(folder, [(OFFERED[0], "Air.")]))
    more: dict[str, Any] = {"earlier": folder / "before", "benchmarks": folder / "riddles.txt"}
    release(_url(folder), folder / "now", **more)
    release(_url(folder), folder / "few", sample=3, **more)
    release(_url(folder), folder / "battles", format="arena-battles", **more)
    return folder


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'ledger.sqlite3'}"


async def _fill(folder: Path, said: Sequence[tuple[str, str]]) -> None:
    async with open_ledger(_url(folder)) as ledger:
        consent = await a_visitor(ledger)
        for prompt, answer in said:
            await a_said_conversation(ledger, consent, (prompt, answer))
        await a_voted_battle(ledger, consent)


def _rows(made: Path) -> list[dict[str, Any]]:
    return [row for file in sorted((made / "data").glob("*.parquet")) for row in pq.read_table(file).to_pylist()]


def _marks(made: Path) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in pq.read_table(made / "side" / "marks.parquet").to_pylist()}


def _said(made: Path) -> dict[str, dict[str, Any]]:
    """Marks by what was said first, of the same only one."""
    marks = _marks(made)
    return {row["conversation"][0]["content"]: marks[row["conversation_id"]] for row in _rows(made)}


def test_every_row_has_its_marks_by_id_and_nothing_else_has_any(folder: Path):
    for made in (folder / "now", folder / "few"):
        assert sorted(row["conversation_id"] for row in _rows(made)) == list(_marks(made))
    assert sorted(row["question_id"] for row in _rows(folder / "battles")) == list(_marks(folder / "battles"))
    assert pq.read_schema(folder / "now" / "side" / "marks.parquet").equals(RELEASED_MARKS)


def test_repetitions_point_at_a_row_that_is_there(folder: Path):
    for made in (folder / "now", folder / "few"):
        marks = _marks(made)
        for row in marks.values():
            firsts = {row[name] for name in ("duplicate_of", "prompt_duplicate_of", "near_duplicate_of")} - {None}
            assert firsts <= set(marks)


def test_the_same_and_nearly_the_same_are_told_apart(folder: Path):
    said = _said(folder / "now")
    first = said[RIDDLE]

    assert (first["duplicate_of"], first["copies"], first["prompt_copies"], first["near_copies"]) == (None, 2, 2, 3)
    assert said[RIDDLE.upper()]["duplicate_of"] == first["id"]
    assert (said[LIKE]["prompt_duplicate_of"], said[LIKE]["near_duplicate_of"]) == (None, first["id"])
    assert said[GERMAN]["near_copies"] == 1


def test_what_was_known_before_is_marked(folder: Path):
    said = _said(folder / "now")

    assert [said[text]["benchmark"] for text in (RIDDLE, RIDDLE.upper(), GERMAN)] == ["riddles", "riddles", None]
    assert [said[text]["in_earlier_release"] for text in (RIDDLE, LIKE, OFFERED[0])] == [True, True, False]
    assert [said[text]["sample_prompt"] for text in (RIDDLE, OFFERED[0])] == [False, True]
    assert [row["in_earlier_release"] for row in _marks(folder / "before").values()] == [None] * 6


def test_the_language_is_that_of_the_first_message(folder: Path):
    languages = {row["conversation"][0]["content"]: row["language"] for row in _rows(folder / "now")}

    assert languages[GERMAN] == "German"
    assert languages[RIDDLE] == languages[LIKE] == "English"
