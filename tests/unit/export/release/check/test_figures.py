"""A release whose numbers were changed, and whose digests were made anew."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from export.card.finished import list_anew, read_manifest
from export.release.check.alone import findings_of_rows, quick_findings
from export.release.check.figures import figure_findings
from export.release.check.made import releases_in
from tests.written import a_release

FORMS = ["chat-1m", "arena-battles"]


def _findings(folder: Path) -> list[str]:
    list_anew(folder, read_manifest(folder))
    (made,) = releases_in(folder)
    assert list(quick_findings(made)) == []
    return list(findings_of_rows(made))


@pytest.mark.parametrize("form", FORMS)
def test_a_release_as_it_was_made_has_no_findings(tmp_path: Path, form: str):
    assert _findings(a_release(tmp_path / "out", form, 40)) == []


def _in(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new))

    return change


def _told(**given: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        manifest = read_manifest(folder)
        for place, value in given.items():
            part, _, name = place.partition("__")
            manifest[part] = manifest[part] | {name: value}
        (folder / "manifest.json").write_text(json.dumps(manifest))

    return change


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (
            _in("README.md", "| # Conversations | 40 |", "| # Conversations | 41 |"),
            "README.md: # Conversations is 41, and should be 40",
        ),
        (_in("README.md", "| # Users | 4 |", "| # Users | 4,000 |"), "README.md: # Users is 4,000, and should be 4"),
        (_in("README.md", "dataset_size: ", "dataset_size: 1"), "README.md: dataset_size is 1"),
        (
            _in("README.md", "`no_release_consent`", "`minor`"),
            "README.md: no_release_consent is 0, the manifest says 3",
        ),
        (_in("stats/models.csv", ",", ",1"), "stats/models.csv: is not what the rows count"),
        (_in("stats/turns.csv", "turns,rows\n", "turns,rows\n99,1\n"), "stats/turns.csv: is not what the rows count"),
        (
            _in("stats/summary.json", '"recipe": [', '"recipe": ["trust us", '),
            "stats/summary.json: recipe is not what the manifest says",
        ),
        (_in("stats/summary.json", '"tokens": {', '"marks": {'), "stats/summary.json: is not whole: KeyError"),
        (_in("croissant.json", '"sha256": "', '"sha256": "0'), "croissant.json: describes other data files"),
        (_in("croissant.json", '"distribution"', '"others"'), "croissant.json: is no description of the data files"),
        (_told(moderation__flagged=99), "manifest.json: moderation: flagged is 99, the rows have "),
        (_told(moderation__moderated="all"), "manifest.json: moderation: moderated is -1, the rows have "),
        (_told(redaction__rows=0), "manifest.json: redaction: 0 rows are redacted, the data has "),
        (_told(redaction__rows=0), "stats/summary.json: redacted is not what the manifest says"),
    ],
)
def test_a_number_that_was_changed_is_found(tmp_path: Path, change: Callable[[Path], None], finding: str):
    folder = a_release(tmp_path / "out", rows=40)
    change(folder)

    assert [each for each in _findings(folder) if each.startswith(finding)]


@pytest.mark.parametrize(
    ("name", "content", "finding"),
    [
        ("stats/summary.json", b"[" * 100_000, "stats/summary.json: is not whole: "),
        ("stats/summary.json", b"[]", "stats/summary.json: is not whole: "),
        ("stats/models.csv", b"\xff\0" + b"x" * 200_000, "stats/models.csv: is not what the rows count"),
        ("README.md", b"\xff\xfe", "README.md: no_release_consent is 0"),
        ("croissant.json", b'{"distribution": [7]}', "croissant.json: is no description"),
    ],
)
def test_what_cannot_be_read_is_a_finding_and_no_accident(tmp_path: Path, name: str, content: bytes, finding: str):
    folder = a_release(tmp_path / "out")
    (folder / name).write_bytes(content)

    assert [each for each in _findings(folder) if each.startswith(finding)]


def test_another_form_in_the_summary_is_a_finding(tmp_path: Path):
    folder = a_release(tmp_path / "out")
    _in("stats/summary.json", '"form": "chat-1m"', '"form": "chat-9m"')(folder)

    assert _findings(folder) == ["stats/summary.json: form is not what the manifest says"]


def test_a_row_that_was_taken_out_shows_in_the_figures(tmp_path: Path):
    folder = a_release(tmp_path / "out", rows=40)
    (path,) = (folder / "data").iterdir()
    pq.write_table(pq.read_table(path).slice(1), path)
    manifest = read_manifest(folder)
    manifest["counts"] |= {"released": 39, "read": 43}
    manifest["files"] = [each | ({"rows": 39} if each["rows"] else {}) for each in manifest["files"]]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    _in("README.md", "num_examples: 40", "num_examples: 39")(folder)

    found = _findings(folder)

    assert {
        "stats/models.csv: is not what the rows count",
        "README.md: # Conversations is 40, and should be 39",
    } <= set(found)


def _side(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    (folder / "side").mkdir(exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / "side" / name)


def test_the_side_file_of_what_was_replaced_is_compared(tmp_path: Path):
    folder = a_release(tmp_path / "out", rows=40)
    listed = pq.read_table(folder / "side/redactions.parquet").to_pylist()

    _side(folder, "redactions.parquet", [*listed[1:], {"id": f"{9:032x}", "kind": "EMAIL", "times": 2}])

    assert [each.partition(": ")[2] for each in figure_findings(releases_in(folder)[0])] == [
        f"EMAIL 2, NAME {len(listed) - 1} were replaced, the manifest says NAME {len(listed)}",
        "names other rows than those that are redacted",
    ]


@pytest.mark.parametrize("name", ["side/marks.parquet", "side/redactions.parquet", "stats/summary.json", "LICENSE.md"])
def test_a_file_that_is_not_listed_any_more_is_missed(tmp_path: Path, name: str):
    folder = a_release(tmp_path / "out")
    (folder / name).unlink()
    list_anew(folder, read_manifest(folder))

    assert f"{name}: is missing" in list(quick_findings(releases_in(folder)[0]))


def test_the_list_of_what_was_left_out_is_compared(tmp_path: Path):
    folder = a_release(tmp_path / "out", rows=40)
    _side(folder, "dropped.parquet", [{"id": f"{at:032x}", "reason": "minor"} for at in range(4)])

    assert _findings(folder) == [
        "side/dropped.parquet: lists minor 4, the manifest says no_release_consent 3, personal_data_email 1"
    ]
