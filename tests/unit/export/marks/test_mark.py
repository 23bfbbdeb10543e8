import random
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena.errors import SetupError
from export.marks.mark import MarkSettings, mark
from export.marks.sketch import signature, similarity
from export.marks.words import normalised
from tests.unit.export.marks.sketched import Said, marks_of, number_of, rows_of, write_sketches

LONG = "Please explain to me in a few simple words why the sea looks blue from far away"
LIKE = "Please explain to me in a few simple words why the sea seems blue from far away"
OTHER = "Which three books about the history of bridges would you give to an engineer as a present"

WORDS = ["river", "bread", "seven", "quickly", "window", "never", "green", "house", "letter", "cloud", "stone", "walk"]
PROMPTS = st.lists(st.sampled_from(WORDS), min_size=0, max_size=10).map(" ".join)
TALKS = st.lists(st.tuples(PROMPTS, st.sampled_from(["Yes.", "yes", "No."])), max_size=25)


def test_the_same_conversation_is_marked_however_it_is_spaced_and_spelt(tmp_path: Path):
    first, again, other = marks_of(
        [("Hello there!", "Hi."), ("hello, THERE", "hi"), ("Hello there!", "Bye.")], tmp_path
    )

    assert (first["duplicate_of"], first["copies"]) == (None, 2)
    assert (number_of(again["duplicate_of"]), again["copies"]) == (0, 2)
    assert (other["duplicate_of"], other["copies"]) == (None, 1)


def test_the_same_first_message_is_marked_by_itself(tmp_path: Path):
    first, other = marks_of([("Hello there!", "Hi."), ("Hello there", "Bye.", "Well?", "Well.")], tmp_path)

    assert (first["prompt_duplicate_of"], first["prompt_copies"], first["first_seen"]) == (None, 2, True)
    assert (number_of(other["prompt_duplicate_of"]), other["prompt_copies"], other["first_seen"]) == (0, 2, False)


def test_nearly_the_same_prompt_is_marked_with_how_near_it_is(tmp_path: Path):
    first, near, other = marks_of([(LONG, "a"), (LIKE, "b"), (OTHER, "c")], tmp_path)

    assert (first["near_duplicate_of"], first["near_copies"], first["near_similarity"]) == (None, 2, None)
    assert number_of(near["near_duplicate_of"]) == 0
    assert 0.7 <= near["near_similarity"] < 1
    assert (other["near_duplicate_of"], other["near_copies"]) == (None, 1)


@pytest.mark.parametrize(
    ("one", "other"), [("hi", "hi you"), ("who is she", "who is he"), ("???", "!!!"), ("😀", "😢")]
)
def test_short_prompts_are_alike_only_if_they_are_the_same(tmp_path: Path, one: str, other: str):
    marks = marks_of([(one, "a"), (other, "b"), (one, "c")], tmp_path)

    assert [number_of(row["near_duplicate_of"]) for row in marks] == [None, None, 0]
    assert [number_of(row["prompt_duplicate_of"]) for row in marks] == [None, None, 0]


def test_chinese_prompts_are_compared_too(tmp_path: Path):
    long = "请你用简单的话告诉我在非常干燥的夏天里应该怎样照顾我的西红柿和黄瓜"

    marks = marks_of(
        [(long, "a"), (long.replace("告诉我", "告诉他"), "b"), ("今天天气很好我们去公园散步吧", "c")], tmp_path
    )

    assert [number_of(row["near_duplicate_of"]) for row in marks] == [None, 0, None]


def test_what_the_page_offers_is_a_sample_prompt_and_so_is_what_a_file_names(tmp_path: Path):
    (tmp_path / "more.txt").write_text("Tell me a joke\n\n")
    said = [("Write four lines about rain in November.", "a"), ("tell me a joke!", "b"), ("tell me another", "c")]

    marks = marks_of(said, tmp_path, MarkSettings(sample_prompts=tmp_path / "more.txt"))

    assert [row["sample_prompt"] for row in marks] == [True, True, False]


def test_a_group_whose_first_is_not_released_begins_with_the_next(tmp_path: Path):
    _, second, third = (None, *marks_of([(LONG, "a")] * 3, tmp_path, released=[1, 2]))

    assert (second["duplicate_of"], second["copies"], second["first_seen"]) == (None, 2, False)
    assert (number_of(third["duplicate_of"]), third["copies"]) == (1, 2)


def test_an_unsketched_conversation_cannot_be_released(tmp_path: Path):
    with pytest.raises(ValueError, match="never sketched"):
        marks_of([("Hello", "Hi")], tmp_path, released=[0, 1])


def test_nothing_has_no_marks(tmp_path: Path):
    assert marks_of([], tmp_path, released=[]) == []


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(SetupError, match=r"nowhere\.txt"):
        mark([], tmp_path / "marks.parquet", MarkSettings(sample_prompts=tmp_path / "nowhere.txt"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(talks=TALKS, seed=st.integers(0, 99), shards=st.integers(1, 5))
def test_marks_do_not_depend_on_shards_and_their_order(talks: list[Said], seed: int, shards: int, tmp_path: Path):
    rows = rows_of(talks)
    mark([write_sketches(rows, tmp_path / "all.parquet")], tmp_path / "one.parquet", MarkSettings())
    chance = random.Random(seed)
    chance.shuffle(rows)
    files = [write_sketches(rows[at::shards], tmp_path / f"{at}.parquet") for at in range(shards)]
    mark(files, tmp_path / "other.parquet", MarkSettings())

    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "other.parquet").read_bytes()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(talks=TALKS)
def test_every_mark_is_true(talks: list[Said], tmp_path: Path):
    for at, row in enumerate(marks_of(talks, tmp_path)):
        same = [number for number, said in enumerate(talks) if _all(said) == _all(talks[at])]
        asked = [number for number, said in enumerate(talks) if normalised(said[0]) == normalised(talks[at][0])]
        assert number_of(row["duplicate_of"]) == (None if at == same[0] else same[0])
        assert number_of(row["prompt_duplicate_of"]) == (None if at == asked[0] else asked[0])
        assert (row["copies"], row["prompt_copies"]) == (len(same), len(asked))
        near = number_of(row["near_duplicate_of"])
        assert near is None or near in asked or _is_near(talks[near][0], talks[at][0])


def _all(said: Said) -> list[str]:
    return [normalised(text) for text in said]


def _is_near(one: str, other: str) -> bool:
    first, second = signature(one), signature(other)
    return first is not None and second is not None and similarity(first, second) >= 0.7


def test_the_marks_hold_no_words(tmp_path: Path):
    marks_of([(LONG, "a")], tmp_path)

    assert b"sea" not in (tmp_path / "released.parquet").read_bytes()
    assert "opened_at" not in pq.read_schema(tmp_path / "released.parquet").names
