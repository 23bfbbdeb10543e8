from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arena.errors import SetupError
from export.release.all_forms import FORMS
from export.release.check.files import count_findings, file_findings, side_findings, withdrawn_findings
from export.release.check.made import releases_in
from tests.unit.export.release.check.folders import DATA, a_release

WHOLE = '"format": "chat-1m", "counts": {"read": 0, "released": 0, "dropped": {}}, "files": []'


@pytest.mark.parametrize("form", FORMS)
def test_a_release_as_it_was_made_has_no_findings(tmp_path: Path, form: str):
    made = a_release(tmp_path, form)

    assert [*file_findings(made), *count_findings(made)] == []


def test_a_file_that_was_changed_is_found(tmp_path: Path):
    made = a_release(tmp_path)
    content = (tmp_path / DATA).read_bytes()
    (tmp_path / DATA).write_bytes(bytes([content[0], content[1] ^ 1]) + content[2:])

    assert next(file_findings(made)) == f"{DATA}: is not what the manifest's digest says"


def test_a_file_of_another_size_is_found(tmp_path: Path):
    (tmp_path / "README.md").write_text("card")
    made = a_release(tmp_path)
    (tmp_path / "README.md").write_text("a longer card")

    assert list(file_findings(made)) == ["README.md: has 13 bytes, the manifest says 4"]


def test_files_that_are_missing_or_too_many_are_found(tmp_path: Path):
    (tmp_path / "LICENSE.md").write_text("terms")
    made = a_release(tmp_path)
    (tmp_path / "LICENSE.md").unlink()
    (tmp_path / "stowaway").touch()

    assert list(file_findings(made)) == ["LICENSE.md: is missing", "stowaway: is not in the manifest"]


def test_data_files_must_be_numbered_through(tmp_path: Path):
    made = a_release(tmp_path)
    (tmp_path / DATA).rename(tmp_path / "data/train-00001-of-00002.parquet")

    assert "data: the files are not numbered through" in list(file_findings(made))


def test_other_columns_are_found(tmp_path: Path):
    a_release(tmp_path)
    table = pq.read_table(tmp_path / DATA)
    other = table.drop_columns("redacted").set_column(3, "turn", table["turn"].cast(pa.int32()))
    pq.write_table(other, tmp_path / DATA)

    found = list(file_findings(releases_in(tmp_path)[0]))

    assert f"{DATA}: column turn is int32, not int64" in found
    assert any("has not the columns of chat-1m" in each for each in found)


def test_what_is_no_parquet_is_found(tmp_path: Path):
    made = a_release(tmp_path)
    (tmp_path / DATA).write_bytes(b"PAR1 and nothing else")

    found = list(file_findings(made))

    assert any(each.startswith(f"{DATA}: is no Parquet file") for each in found)


def test_numbers_that_do_not_add_up_are_found(tmp_path: Path):
    (tmp_path / "README.md").write_text("  - name: train\n    num_examples: 7\n")
    made = a_release(tmp_path, read=9, released=4, dropped={"no_answer": 3}, canaries={"planted": 2, "leaked": 1})

    assert list(count_findings(made)) == [
        "manifest.json: counts: 9 read are not 4 released and those dropped",
        "manifest.json: counts: 4 released, but the data files list 5 rows",
        "README.md: num_examples is 7, but 4 are released",
        "manifest.json: canaries: 1 came out",
    ]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"dropped": {"no_answer": 3, "failed": -3}}, "fewer than none are failed"),
        ({"settings": {"sample": 4, "seed": 42}}, "5 released, though only 4 were asked for"),
        (
            {"settings": {"sample": 9, "seed": 42}, "dropped": {"not_sampled": 1}, "read": 6},
            "some are not_sampled, though 9 were asked for and 5 released",
        ),
    ],
)
def test_numbers_that_cannot_be_are_found(tmp_path: Path, said: dict[str, Any], problem: str):
    assert list(count_findings(a_release(tmp_path, **said))) == [f"manifest.json: counts: {problem}"]


def test_whatever_was_taken_back_has_a_digest_among_the_withdrawn(tmp_path: Path):
    dropped = {"forgotten": 2, "minor": 1, "cohort": 4}

    assert list(count_findings(a_release(tmp_path, read=12, dropped=dropped, withdrawn=["a", "b"]))) == [
        "manifest.json: withdrawn: there are 2, though 3 were taken back"
    ]


def test_a_file_that_no_release_has_is_found_though_it_is_listed(tmp_path: Path):
    (tmp_path / "stats").mkdir()
    for name in ("raw.jsonl", "stats/models.csv"):
        (tmp_path / name).write_text("what people said")

    assert list(file_findings(a_release(tmp_path))) == ["raw.jsonl: is no file of a release"]


def test_what_is_withdrawn_is_told_by_digests(tmp_path: Path):
    assert list(withdrawn_findings(a_release(tmp_path, withdrawn=["c1"]), set())) == [
        "manifest.json: withdrawn: not all are digests"
    ]


def test_an_id_that_is_withdrawn_must_not_be_there(tmp_path: Path):
    made = a_release(tmp_path)
    digest = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"  # of "a"
    withdrawing = made.manifest.model_copy(update={"withdrawn": (digest,)})

    assert list(withdrawn_findings(type(made)(tmp_path, withdrawing, made.form), set("ab"))) == ["a: is withdrawn"]


def test_side_files_tell_of_nothing_that_is_not_released(tmp_path: Path):
    made = a_release(tmp_path)
    (tmp_path / "side").mkdir()
    for name in ("marks.parquet", "dropped.parquet"):
        pq.write_table(pa.table({"id": ["a", "b", "c"]}), tmp_path / "side" / name)
    (tmp_path / "side" / "torn.parquet").write_bytes(b"nothing")

    other, marks, torn = side_findings(made, set("ab"))

    assert other == "side/marks.parquet: 1 ids are of no row"
    assert marks == "side/marks.parquet: has not one line a row"
    assert torn.startswith("side/torn.parquet: cannot be read")


def test_releases_of_several_formats_are_found_below_their_folder(tmp_path: Path):
    for form in FORMS:
        a_release(tmp_path / form, form)

    assert [made.form.name for made in releases_in(tmp_path)] == sorted(FORMS)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "this is no manifest"),
        ("[]", "this is no manifest|valid dictionary"),
        ('{"format": "chat-1m"}', "counts: Field required"),
        (
            '{"format": "sealed", "counts": {"read": 0, "released": 0, "dropped": {}}, "files": []}',
            "'sealed' is not one of",
        ),
        (f'{{"settings": {{"pii": 7}}, {WHOLE}}}', "pii: Input should be"),
        (f'{{"settings": {{"policy": []}}, {WHOLE}}}', "policy: Input should be"),
        (f'{{"inputs": {{"from": "soon"}}, {WHOLE}}}', "inputs.from: Input should be"),
    ],
)
def test_what_is_no_release_cannot_be_checked(tmp_path: Path, text: str, problem: str):
    (tmp_path / "manifest.json").write_text(text)

    with pytest.raises(SetupError, match=problem):
        releases_in(tmp_path)


def test_a_folder_without_releases_cannot_be_checked(tmp_path: Path):
    with pytest.raises(SetupError, match="no release is here"):
        releases_in(tmp_path)
    with pytest.raises(SetupError, match="there is no folder"):
        releases_in(tmp_path / "absent")
