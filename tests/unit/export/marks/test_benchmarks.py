import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arena.errors import SetupError
from export.marks.benchmarks import BenchmarkIndex, benchmark_index
from export.marks.prompt_file import prompts
from tests.unit.export.marks.sketched import marks_of

RIDDLE = "A farmer has twelve sheep and all but five of them run away, how many are left on the farm?"
INDEX = BenchmarkIndex({"riddles": [RIDDLE, "What is 2+2?"], "others": ["Name every river that flows into the lake."]})


def found(*messages: str) -> tuple[str, float] | None:
    overlap = INDEX.overlap(messages)
    return (overlap.benchmark, overlap.share) if overlap else None


def test_an_item_is_found_in_the_midst_of_a_message():
    assert found(f"Please solve this for me. {RIDDLE.upper()} Answer in one word.") == ("riddles", 1.0)


def test_half_an_item_is_enough_and_a_few_words_are_not():
    halves = RIDDLE.split()

    half = found(" ".join(halves[:16]))
    assert half is not None
    assert 0.5 <= half[1] < 1
    assert found(" ".join(halves[:9])) is None


def test_a_short_item_counts_only_as_a_whole():
    assert found("what is 2+2") == ("riddles", 1.0)
    assert found("what is 2+2, and why?") is None


def test_the_message_with_most_of_an_item_decides():
    assert found(" ".join(RIDDLE.split()[:16]), "name every river that flows into the lake") == ("others", 1.0)
    assert found() is None


def test_without_benchmarks_nothing_is_found():
    assert BenchmarkIndex({}).overlap([RIDDLE]) is None


def test_each_item_is_found_among_thousands():
    items = [f"tell me what the {n} people of house {n * 7} ate on day {n * 13} of the year" for n in range(3_000)]
    index = BenchmarkIndex({"many": items})

    assert all((overlap := index.overlap([item])) and overlap.share == 1 for item in items)


def test_benchmarks_are_read_from_lines_tables_and_text(tmp_path: Path):
    (tmp_path / "lines.jsonl").write_text('{"question": "one?"}\n\n{"turns": ["two?", "three?"], "id": 4}\n')
    (tmp_path / "whole.json").write_text(json.dumps([{"prompt": "four?"}, "five?"]))
    (tmp_path / "plain.txt").write_text("six?\n\nseven?\n")
    pq.write_table(pa.table({"problem": ["eight?", "nine?"], "answer": ["1", "2"]}), tmp_path / "table.parquet")

    read = [
        text.strip()
        for name in ("lines.jsonl", "whole.json", "plain.txt", "table.parquet")
        for text in prompts(tmp_path / name)
    ]

    assert read == ["one?", "two?", "three?", "four?", "five?", "six?", "seven?", "eight?", "nine?"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", b'{"answer": "4"}'),
        ("a.jsonl", b"{"),
        ("a.txt", b"\xff\xfe"),
        ("a.parquet", b"PAR"),
        ("a.json", b"4"),
    ],
)
def test_a_file_without_prompts_is_named(tmp_path: Path, name: str, content: bytes):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(SetupError, match=name):
        benchmark_index([tmp_path / name])


def test_a_table_without_prompts_is_named(tmp_path: Path):
    pq.write_table(pa.table({"answer": ["4"]}), tmp_path / "a.parquet")

    with pytest.raises(SetupError, match=r"a\.parquet"):
        benchmark_index([tmp_path / "a.parquet"])


def test_a_benchmark_is_named_after_its_file(tmp_path: Path):
    (tmp_path / "riddles.txt").write_text(RIDDLE)

    overlap = benchmark_index([tmp_path / "riddles.txt"]).overlap([RIDDLE])

    assert overlap is not None
    assert overlap.benchmark == "riddles"


def test_the_overlap_reaches_the_marks(tmp_path: Path):
    marks = marks_of([("Hello", "Hi"), (RIDDLE, "Five")], tmp_path, benchmarks=INDEX)

    assert [row["benchmark"] for row in marks] == [None, "riddles"]
    assert [row["benchmark_share"] for row in marks] == [None, 1.0]
