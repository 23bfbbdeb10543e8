import random
from pathlib import Path

import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from export.marks.benchmarks import BenchmarkIndex
from export.marks.sketch import FEWEST_WORDS, PERMUTATIONS, SKETCH_SCHEMA, signature, similarity, sketch
from tests.unit.export.marks.sketched import rows_of, write_sketches

RIDDLE = "A farmer has twelve sheep and all but five of them run away, how many are left on the farm?"


@given(st.lists(st.text(), max_size=5))
def test_the_same_messages_have_the_same_sketch(texts: list[str]):
    assert sketch(texts) == sketch(tuple(texts))


def test_messages_cannot_trade_words_unnoticed():
    assert sketch(["ab", "c"]).whole != sketch(["a", "bc"]).whole
    assert sketch(["ab", "c"]).prompt != sketch(["a", "bc"]).prompt


def test_similarity_is_estimated_closely():
    chance = random.Random(5)
    said = [f"word{number}" for number in range(100)]
    other = said[:80] + [f"other{number}" for number in range(20)]
    chance.shuffle(other)

    one, two = signature(" ".join(said)), signature(" ".join(other))

    assert one is not None
    assert two is not None
    assert abs(similarity(one, two) - 80 / 120) < 0.12


def test_too_few_words_have_no_signature():
    enough = " ".join(f"w{number}" for number in range(FEWEST_WORDS))

    assert signature(enough) is not None
    assert signature(f"{enough[3:]} w1") is None


def test_only_what_visitors_said_is_compared_with_benchmarks():
    index = BenchmarkIndex({"riddles": [RIDDLE]})

    assert sketch(["Hello", RIDDLE], index).overlap is None
    assert sketch(["Hello", "Hi", RIDDLE, "Five"], index).overlap is not None
    assert sketch(["Hello", "Hi", RIDDLE], index, answers=2).overlap is None
    assert sketch(["Hello", "Hi", "Ho", RIDDLE, "5", "7"], index, answers=2).overlap is not None


def test_a_sketch_takes_a_few_hundred_bytes(tmp_path: Path):
    rows = rows_of([(f"please tell me about the {n} rivers of {n * 7} and {n * 3}", "ok") for n in range(2_000)])

    assert len(rows[0]["signature"]) == 2 * PERMUTATIONS  # pyright: ignore[reportArgumentType]
    assert write_sketches(rows, tmp_path / "s.parquet").stat().st_size / len(rows) < 350
    assert pq.read_schema(tmp_path / "s.parquet").equals(SKETCH_SCHEMA)
