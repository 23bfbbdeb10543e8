"""Reading votes from files."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from arena.errors import SetupError
from export.ratings.choosing import Condition
from export.ratings.counts import count
from export.ratings.reading import read_votes
from export.ratings.sorting import Sorting
from tests.unit.export.ratings.made import published

Rows = list[dict[str, Any]]
VOTES: Rows = [
    {"model_a": "a", "model_b": "b", "winner": "model_a", "judge": "x", "tstamp": 3.5, "chars_a": 4, "chars_b": 6},
    {"model_a": "c", "model_b": "a", "winner": "tie (bothbad)", "judge": "y", "tstamp": 1, "chars_a": 1, "chars_b": 0},
    {"model_a": "b", "model_b": "c", "winner": "model_b", "judge": "x", "tstamp": 2, "chars_a": 0, "chars_b": 2},
]


def _csv(file: Path, rows: Rows) -> None:
    lines = [",".join(rows[0]), *(",".join("" if each is None else str(each) for each in row.values()) for row in rows)]
    text = "\n".join(lines) + "\n"
    file.write_bytes(gzip.compress(text.encode()) if file.suffix == ".gz" else text.encode())


def _jsonl(file: Path, rows: Rows) -> None:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    file.write_bytes(gzip.compress(text.encode()) if file.suffix == ".gz" else text.encode())


def _parquet(file: Path, rows: Rows) -> None:
    parquet.write_table(pa.Table.from_pylist(rows), file)


WRITERS: dict[str, Callable[[Path, Rows], None]] = {
    "votes.csv": _csv,
    "votes.csv.gz": _csv,
    "votes.jsonl": _jsonl,
    "votes.jsonl.gz": _jsonl,
    "votes.parquet": _parquet,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_form_tells_the_same(name: str, tmp_path: Path):
    WRITERS[name](tmp_path / name, VOTES)
    table = read_votes([tmp_path / name])

    battles = table.battles
    assert battles.models == ("a", "b", "c")
    assert (battles.a.tolist(), battles.b.tolist(), battles.winner.tolist()) == ([0, 2, 1], [1, 0, 2], [0, 2, 1])
    assert table.times is not None
    assert table.voters is not None
    assert (table.times.tolist(), table.voters.tolist(), table.prompts) == ([3.5, 1, 2], [0, 1, 0], None)
    assert [side.tolist() for side in table.style["length"]] == [[4, 1, 0], [6, 0, 2]]
    assert table.in_time().a.tolist() == [2, 1, 0]


@pytest.mark.parametrize("name", WRITERS)
def test_an_unknown_winner_is_told_with_its_row(name: str, tmp_path: Path):
    WRITERS[name](tmp_path / name, [*VOTES, VOTES[0] | {"winner": "model_c"}])

    with pytest.raises(SetupError, match=rf"{name}: row 4: winner is 'model_c'; it must be one of model_a, model_b"):
        read_votes([tmp_path / name])


@pytest.mark.parametrize("name", WRITERS)
def test_a_missing_model_is_told_with_its_row(name: str, tmp_path: Path):
    WRITERS[name](tmp_path / name, [VOTES[0], VOTES[1] | {"model_b": None}])

    with pytest.raises(SetupError, match="row 2: model_b is missing"):
        read_votes([tmp_path / name])


@pytest.mark.parametrize("name", WRITERS)
def test_an_empty_text_is_a_missing_one_in_every_form(name: str, tmp_path: Path):
    WRITERS[name](tmp_path / name, [row | {"judge": "", "tstamp": "" if at else "5"} for at, row in enumerate(VOTES)])
    table = read_votes([tmp_path / name])

    assert table.voters is not None
    assert table.times is not None
    assert (table.voters.tolist(), np.isnan(table.times).tolist()) == ([-1, -1, -1], [False, True, True])
    WRITERS[name](tmp_path / name, [*VOTES, VOTES[0] | {"model_b": ""}])
    with pytest.raises(SetupError, match="row 4: model_b is missing"):
        read_votes([tmp_path / name])


@pytest.mark.parametrize("name", WRITERS)
def test_a_missing_column_is_named(name: str, tmp_path: Path):
    WRITERS[name](tmp_path / name, [{"model_a": "a", "model_b": "b", "outcome": "tie"}])

    with pytest.raises(SetupError, match="there is no column winner"):
        read_votes([tmp_path / name])


def test_times_are_numbers_or_iso_8601_or_missing(tmp_path: Path):
    times = ["2023-05-19 13:11:45", "2023-05-19T13:11:45Z", "2023-05-19T15:11:45.5+02:00", "1684501905", ""]
    _csv(tmp_path / "votes.csv", [VOTES[0] | {"tstamp": each} for each in times])
    found = read_votes([tmp_path / "votes.csv"]).times
    assert found is not None

    assert found[:4].tolist() == [1684501905, 1684501905, 1684501905.5, 1684501905]
    assert np.isnan(found[4])


@pytest.mark.parametrize("kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())])
def test_texts_are_texts_however_parquet_holds_them(kind: pa.DataType, tmp_path: Path):
    file = tmp_path / "votes.parquet"
    texts = {"tstamp": ["1970-01-01T00:00:07Z", None, "2.5"], "language": ["German", "English", "German"]}
    columns: dict[str, list[Any]] = {name: [row[name] for row in VOTES] for name in ("model_a", "model_b", "winner")}
    parquet.write_table(pa.table({name: pa.array(held).cast(kind) for name, held in (columns | texts).items()}), file)
    table = read_votes([file], [Condition.parse("language=German")])

    assert table.times is not None
    assert table.times.tolist() == [7.0, 2.5]
    assert table.left_out == {"filtered": 1}


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64()])
def test_a_date_in_parquet_is_the_midnight_that_begins_it(kind: pa.DataType, tmp_path: Path):
    columns = {name: pa.array([row[name] for row in VOTES]) for name in ("model_a", "model_b", "winner")}
    days = pa.array([0, None, 1], pa.int32()).cast(pa.date32()).cast(kind)
    parquet.write_table(pa.table(columns | {"tstamp": days}), tmp_path / "votes.parquet")

    times = read_votes([tmp_path / "votes.parquet"]).times
    assert times is not None
    assert times[[0, 2]].tolist() == [0.0, 86_400.0]
    assert np.isnan(times[1])


def test_a_key_that_nobody_reads_may_hold_anything_in_json_lines(tmp_path: Path):
    file = tmp_path / "votes.jsonl"
    _jsonl(file, [row | {"note": note} for row, note in zip(VOTES, ("x", 1, {"y": [2, "z"]}), strict=True)])

    assert len(read_votes([file]).battles.a) == 3


def test_a_line_that_is_no_json_object_is_told_with_its_row(tmp_path: Path):
    file = tmp_path / "votes.jsonl"
    for line, problem in (("[1]", "this is no JSON object"), ('{"model_a"', "Expecting")):
        file.write_text(json.dumps(VOTES[0]) + "\n" + line + "\n")
        with pytest.raises(SetupError, match=f"row 2: {problem}"):
            read_votes([file])


def test_a_name_that_is_no_text_is_told(tmp_path: Path):
    file = tmp_path / "votes.jsonl"
    file.write_text(json.dumps(VOTES[0] | {"model_a": "\ud800"}) + "\n")

    with pytest.raises(SetupError, match=r"votes\.jsonl: "):
        read_votes([file])


def test_times_in_json_lines_may_change_their_form(tmp_path: Path):
    file = tmp_path / "votes.jsonl"
    texts = ["2026-01-01T00:00:00Z"] * 18 + ["2026-01-01T00:00:00.5+01:00"]
    _jsonl(file, [VOTES[0] | {"tstamp": text, "note": "x" * 1_000_000} for text in texts])  # 16 MB tell the form

    times = read_votes([file]).times
    assert times is not None
    assert times[0] - times[-1] == 3599.5


def test_a_time_that_is_none_is_told_with_its_row(tmp_path: Path):
    _csv(tmp_path / "votes.csv", [VOTES[0], VOTES[1] | {"tstamp": "yesterday"}])

    with pytest.raises(SetupError, match="row 2: tstamp is 'yesterday'; it must be unix seconds or ISO 8601"):
        read_votes([tmp_path / "votes.csv"])


def test_votes_on_known_names_are_left_out_and_counted(tmp_path: Path):
    _jsonl(tmp_path / "votes.jsonl", [row | {"anony": at != 1} for at, row in enumerate(VOTES)])
    table = read_votes([tmp_path / "votes.jsonl"])

    assert (count(table.battles).total, table.left_out) == (2, {"not_anonymous": 1})


def test_the_newer_published_form_is_read_by_its_own_names(tmp_path: Path):
    row = {"model_a": "a", "model_b": "b", "winner": "both_bad", "evaluation_session_id": "s", "language": "en"}
    when = pa.array([1684501905123456], pa.timestamp("us", "UTC"))
    table = pa.Table.from_pylist([row]).append_column("timestamp", when)
    parquet.write_table(table, tmp_path / "votes.parquet")
    votes = read_votes([tmp_path / "votes.parquet"])

    assert votes.times is not None
    assert votes.voters is not None
    assert (votes.times.tolist(), votes.voters.tolist()) == ([1684501905.123456], [0])


def test_a_release_is_read_from_its_folder_and_other_formats_beside_it_are_passed_over(tmp_path: Path):
    for form, rows in (("arena-battles", VOTES), ("chat-1m", [{"conversation_id": "1", "model": "a"}])):
        (tmp_path / form / "data").mkdir(parents=True)
        _parquet(tmp_path / form / "data" / "train-00000-of-00001.parquet", rows)

    assert count(read_votes([tmp_path]).battles).total == 3
    assert count(read_votes([tmp_path / "arena-battles"]).battles).total == 3
    with pytest.raises(SetupError, match="there are no battles in this folder"):
        read_votes([tmp_path / "chat-1m"])


def test_hidden_files_of_a_folder_are_passed_over(tmp_path: Path):
    plain, release = tmp_path / "plain", tmp_path / "release"
    for folder, name in ((plain, "votes.csv"), (release / "data", "train-00000-of-00001.parquet")):
        folder.mkdir(parents=True)
        WRITERS[f"votes{Path(name).suffix}"](folder / name, VOTES)
        (folder / f"._{name}").write_bytes(b"\0\5\26\7")

    assert [len(read_votes([each]).battles.a) for each in (plain, release)] == [3, 3]


def test_several_files_are_one_table_and_what_one_of_them_does_not_tell_is_missing(tmp_path: Path):
    _csv(tmp_path / "1.csv", VOTES)
    _jsonl(tmp_path / "2.jsonl", [{"model_a": "d", "model_b": "a", "winner": "tie"}])
    table = read_votes([tmp_path])

    assert table.battles.models == ("a", "b", "c", "d")
    assert table.voters is not None
    assert table.voters.tolist() == [0, 1, 0, -1]
    assert len(table.with_style().battles.a) == 3
    assert table.with_style().left_out == {"style_unknown": 1}


def test_a_file_of_a_header_alone_holds_no_votes(tmp_path: Path):
    (tmp_path / "votes.csv").write_text("model_a,model_b,winner\n")

    assert count(read_votes([tmp_path / "votes.csv"]).battles).total == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("votes.csv", b""),
        ("votes.csv", b"model_a,model_b,winner\na,b\n"),
        ("votes.csv", b"model_a,model_b,winner\n\xff,b,tie\n"),
        ("votes.csv", b"model_a,model_b,winner,stra\xdfe\na,b,tie,x\n"),
        ("votes.csv.gz", b"not gzipped"),
        ("votes.jsonl", b'{"model_a": "a", "model_b": "b", "winner": "tie"}\n{"model_a": \n'),
        ("votes.jsonl", b'{"model_a": "\xff", "model_b": "b", "winner": "tie"}\n'),
        ("votes.jsonl", b""),
        ("votes.parquet", b"PAR1 no"),
        ("votes.txt", b"model_a,model_b,winner\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_that_names_it(name: str, content: bytes, tmp_path: Path):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(SetupError, match=rf"^[^\n]*{name}: [^\n]+$"):
        read_votes([tmp_path / name])


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(SetupError, match="there is no file"):
        read_votes([tmp_path / "votes.csv"])


def test_texts_with_line_ends_and_names_like_null_are_no_trouble(tmp_path: Path):
    (tmp_path / "votes.csv").write_text('model_a,text,model_b,winner\nnull,"one\ntwo, three",NA,model_a\n')

    assert read_votes([tmp_path / "votes.csv"]).battles.models == ("NA", "null")


def test_published_votes_are_read_as_the_csv_module_reads_them():
    file = Path(__file__).parents[3] / "data" / "battles" / "tulu_human.csv.gz"
    table, expected = read_votes([file]), published("tulu_human")

    assert table.battles.a.tolist() == expected.battles.a.tolist()
    assert table.in_time().winner.tolist() == expected.in_time.winner.tolist()


def test_the_same_file_has_the_same_digest_and_another_one_another(tmp_path: Path):
    _csv(tmp_path / "1.csv", VOTES)
    _csv(tmp_path / "2.csv", VOTES[:2])
    one, two, both = (
        read_votes([tmp_path / each for each in names]).digest for names in (["1.csv"], ["2.csv"], ["1.csv", "2.csv"])
    )

    assert len({one, two, both}) == 3
    assert one == read_votes([tmp_path / "1.csv"]).digest


NESTED: dict[str, Any] = {"model_a": ["a"], "tstamp": [1], "judge": {"name": "x"}, "anony": [True], "chars_a": [1]}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"winner": 3}, "row 30000: winner is 3; it must be a text"),
        ({"tstamp": ["2024-01-01"]}, "row 30000: tstamp is ['2024-01-01']; it must be a number"),
        ({"chars_a": "4"}, "row 30000: chars_a is '4'; it must be a number"),
    ],
)
def test_a_value_of_another_kind_far_down_is_an_error_with_its_row(values: dict[str, Any], said: str, tmp_path: Path):
    file = tmp_path / "votes.jsonl"
    row = {"model_a": "a", "model_b": "b", "winner": "tie", "tstamp": 1, "chars_a": 1, "note": "x" * 600}
    _jsonl(file, [row] * 29_999 + [row | values])  # more than is read at once

    with pytest.raises(SetupError, match=re.escape(f"votes.jsonl: {said}")):
        read_votes([file])


def test_in_json_lines_times_and_voters_may_be_now_texts_now_numbers(tmp_path: Path):
    file = tmp_path / "votes.jsonl"
    told: list[dict[str, Any]] = [{"tstamp": 5, "judge": 7}, {"tstamp": "1970-01-01T00:00:06Z", "judge": "x"}]
    some = [
        VOTES[0] | each | {"note": "x" * 600} for each in (*told, {"tstamp": "7.5", "judge": "7"}, {"tstamp": None})
    ]
    for first in (1, 2_997):  # the second time more than is read at once is of one kind
        _jsonl(file, [some[0]] * first + some[1:])
        table = read_votes([file])

        assert table.times is not None
        assert table.voters is not None
        assert len(table.times) == first + 3
        assert table.times[first - 1 : first + 2].tolist() == [5, 6, 7.5]
        assert table.voters[first - 1 :].tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("judges", [[7, "x", 7], ["x", 7, "x"], [7, 1.5, 7], [True, "x", True]])
def test_in_json_lines_voters_alone_may_be_of_several_kinds(judges: list[object], tmp_path: Path):
    file, known = tmp_path / "votes.jsonl", [VOTES[0] | {"judge": judges[0], "note": "x" * 6000}] * 2_997
    _jsonl(file, [*known, *(VOTES[0] | {"judge": each} for each in judges)])

    voters = read_votes([file]).voters
    assert voters is not None
    assert voters[[0, -3, -2, -1]].tolist() == [0, 0, 1, 0]


@pytest.mark.parametrize("column", NESTED)
def test_a_column_that_holds_lists_or_objects_where_it_must_not_is_told(column: str, tmp_path: Path):
    _parquet(tmp_path / "votes.parquet", [VOTES[0] | {column: NESTED[column]}])

    with pytest.raises(SetupError, match=r"votes\.parquet: "):
        read_votes([tmp_path / "votes.parquet"])


def test_a_column_that_is_there_twice_is_told(tmp_path: Path):
    (tmp_path / "votes.csv").write_text("model_a,model_b,winner,model_a\na,b,tie,c\n")

    with pytest.raises(SetupError, match="several columns model_a"):
        read_votes([tmp_path / "votes.csv"])


@pytest.mark.parametrize(
    ("column", "value"), [("tstamp", "inf"), ("tstamp", "1e300"), ("chars_a", "-1"), ("chars_a", "1e308")]
)
def test_a_number_that_cannot_be_is_told_with_its_row(column: str, value: str, tmp_path: Path):
    _csv(tmp_path / "votes.csv", [VOTES[0], VOTES[1] | {column: value}])

    with pytest.raises(SetupError, match=f"row 2: {column} is "):
        read_votes([tmp_path / "votes.csv"])


def test_conversations_of_another_form_are_told(tmp_path: Path):
    _jsonl(tmp_path / "votes.jsonl", [VOTES[0] | {"conversation_a": "hello", "conversation_b": "hello"}])

    with pytest.raises(SetupError, match="must be lists of messages"):
        read_votes([tmp_path / "votes.jsonl"], sorting=Sorting(with_prompts=True))


def _said(answer: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": answer}]


def test_style_is_counted_where_a_file_tells_only_what_was_said(tmp_path: Path):
    vote = {"model_a": "a", "model_b": "b", "winner": "tie"}
    said = {"conversation_a": _said("# So\n\n**it** is"), "conversation_b": _said("no")}
    _parquet(tmp_path / "votes.parquet", [vote | said, vote | {"conversation_a": [], "conversation_b": []}])
    style = read_votes([tmp_path / "votes.parquet"], style=True).style

    assert [each.tolist()[0] for feature in ("length", "headers", "bold") for each in style[feature]] == [
        *(15, 2),
        *(1, 0),
        *(1, 0),
    ]
    assert all(np.isnan(each[1]) for both in style.values() for each in both)
    assert read_votes([tmp_path / "votes.parquet"]).style == {}


def test_style_that_a_file_tells_is_not_counted_again(tmp_path: Path):
    said = {"conversation_a": _said("so it is"), "conversation_b": _said("no")}
    _parquet(tmp_path / "votes.parquet", [VOTES[0] | said])
    style = read_votes([tmp_path / "votes.parquet"], style=True).style

    assert [each.tolist() for each in style["length"]] == [[4], [6]]
    assert list(style) == ["length"]
