import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arena.errors import SetupError
from export.moderation.toxicity import read_toxicity
from export.release.arena_battles import TOXIC_CHAT_TAG

ROBERTA: dict[str, Any] = {"flagged": False, "probability": 0.1 + 0.2}
T5: dict[str, Any] = {"flagged": True, "score": -3.25}
BOTH: dict[str, Any] = {"roberta-large": ROBERTA, "t5-large": T5}


def _lines(file: Path, *rows: Any) -> Path:
    file.write_text("\n".join(json.dumps(row) for row in rows) + "\n")
    return file


def test_a_tagger_is_read_from_json_lines(tmp_path: Path):
    file = _lines(
        tmp_path / "tags.jsonl",
        {"question_id": "q", "toxic_chat_tag": BOTH},
        {"battle_id": "b", "roberta-large": ROBERTA},
        {"conversation_id": "c", "t5-large.flagged": True, "t5-large.score": -3.25},
    )

    tags = read_toxicity(file)

    assert tags.of("q") == BOTH
    assert tags.of(None, "unknown", "b") == {"roberta-large": ROBERTA, "t5-large": None}
    assert tags.of("c") == {"roberta-large": None, "t5-large": T5}
    assert tags.of("unknown") is None


def test_a_tagger_is_read_from_parquet_in_the_released_form(tmp_path: Path):
    file = tmp_path / "tags.parquet"
    schema = pa.schema([("question_id", pa.string()), ("toxic_chat_tag", TOXIC_CHAT_TAG)])
    pq.write_table(pa.Table.from_pylist([{"question_id": "q", "toxic_chat_tag": BOTH}], schema=schema), file)

    assert read_toxicity(file).of("q") == BOTH


def test_a_tagger_is_read_from_csv(tmp_path: Path):
    file = tmp_path / "tags.csv"
    head = "question_id,roberta-large.flagged,roberta-large.probability,t5-large.flagged,t5-large.score\n"
    file.write_text(head + "q,False,0.30000000000000004,true,-3.25\nr,1,0.5,,\n")

    tags = read_toxicity(file)

    assert tags.of("q") == BOTH
    assert tags.of("r") == {"roberta-large": {"flagged": True, "probability": 0.5}, "t5-large": None}


def test_what_is_read_has_the_type_of_the_column(tmp_path: Path):
    tags = read_toxicity(_lines(tmp_path / "tags.jsonl", {"id": "q", **BOTH}))

    assert pa.array([tags.of("q"), tags.of("r")], TOXIC_CHAT_TAG).to_pylist() == [BOTH, None]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"roberta-large": ROBERTA}, "row 2: has no id"),
        ([], "row 2: has no id"),
        ({"id": "x"}, "row 2: no tagger says anything"),
        ({"id": "x", "roberta-large": {"flagged": True}}, "row 2: roberta-large: `probability` is no probability"),
        ({"id": "x", "roberta-large": {**ROBERTA, "probability": 1.5}}, "`probability` is no probability"),
        ({"id": "x", "roberta-large": {**ROBERTA, "flagged": "maybe"}}, "`flagged` is neither true nor false"),
        ({"id": "x", "t5-large": {**T5, "score": "high"}}, "t5-large: `score` is no number"),
        ({"id": "x", "t5-large": {**T5, "score": True}}, "t5-large: `score` is no number"),
        ({"id": "q", "t5-large": {**T5, "score": 1.0}}, "row 2: q is tagged twice, and not alike"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: Any, problem: str):
    file = _lines(tmp_path / "tags.jsonl", {"id": "q", **BOTH}, row)

    with pytest.raises(SetupError) as raised:
        read_toxicity(file)
    assert problem in str(raised.value)
    assert str(file) in str(raised.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [("t.jsonl", None), ("t.jsonl", b""), ("t.txt", b"x"), ("t.parquet", b"x"), ("t.csv", b"question_id\n\xff\xff\n")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes | None):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SetupError) as raised:
        read_toxicity(file)
    assert str(file) in str(raised.value)
