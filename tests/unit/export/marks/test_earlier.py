from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arena.errors import SetupError
from export.marks.mark import MarkSettings
from export.marks.samples import OFFERED
from tests.unit.export.marks.sketched import marks_of
from web_ui import texts


def a_release(folder: Path, **columns: list[Any]) -> Path:
    (folder / "data").mkdir(parents=True)
    pq.write_table(pa.table(columns), folder / "data" / "train-00000-of-00001.parquet")
    return folder


def said(prompt: str) -> list[dict[str, str]]:
    return [{"content": prompt, "role": "user"}, {"content": "Yes.", "role": "assistant"}]


def test_a_prompt_that_an_earlier_release_holds_is_marked(tmp_path: Path):
    older = a_release(tmp_path / "older", conversation=[said("Is it raining?"), []])
    battles = a_release(tmp_path / "all" / "arena-battles", conversation_a=[said("Who won?")])

    settings = MarkSettings(earlier=(older, battles.parent))
    marks = marks_of([("is it raining", "No"), ("Who won?", "Me"), ("And now?", "Wait")], tmp_path, settings)

    assert [row["in_earlier_release"] for row in marks] == [True, True, False]
    assert [row["first_seen"] for row in marks] == [True, True, True]


def test_messages_in_pieces_are_read_too(tmp_path: Path):
    pieces = [[{"role": "user", "content": [{"type": "text", "text": "Who won?"}]}]]

    marks = marks_of(
        [("who won", "Me")], tmp_path, MarkSettings(earlier=(a_release(tmp_path / "a", conversation_a=pieces),))
    )

    assert [row["in_earlier_release"] for row in marks] == [True]


def test_without_earlier_releases_nothing_is_claimed(tmp_path: Path):
    assert [row["in_earlier_release"] for row in marks_of([("Hi", "Ho")], tmp_path)] == [None]


def test_a_folder_that_holds_no_release_is_named(tmp_path: Path):
    (tmp_path / "empty").mkdir()

    with pytest.raises(SetupError, match="empty"):
        marks_of([("Hi", "Ho")], tmp_path, MarkSettings(earlier=(tmp_path / "empty",)))


def test_a_file_that_holds_no_conversations_is_named(tmp_path: Path):
    other = a_release(tmp_path / "other", prompt=["Hi"])
    torn = a_release(tmp_path / "torn", conversation=[said("Hi")])
    (torn / "data" / "train-00000-of-00001.parquet").write_bytes(b"PAR1")

    for folder in (other, torn):
        with pytest.raises(SetupError, match=folder.name):
            marks_of([("Hi", "Ho")], tmp_path, MarkSettings(earlier=(folder,)))


def test_every_prompt_that_the_page_offers_counts_as_a_sample():
    assert set(texts.EXAMPLES) <= set(OFFERED)
