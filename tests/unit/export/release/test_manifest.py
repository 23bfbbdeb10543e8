import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from export.release.manifest import MANIFEST, write_manifest
from export.release.summary import Summary


def a_summary(**given: Any) -> Summary:
    default: dict[str, Any] = {
        "form": "chat-1m",
        "date": "2026-10-01",
        "settings": {"from": None, "to": "2026-10-01T00:00:00Z", "seed": 42, "names": "recall"},
        "recipe": ["keep what may be released", "shuffle"],
        "versions": {"chat-arena": "0.1.0"},
        "read": 3,
        "released": 1,
        "dropped": {"no_answer": 1, "minor": 1},
    }
    return Summary(**default | given)


def _written(folder: Path, summary: Summary | None = None) -> dict[str, Any]:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "train.parquet").write_bytes(b"rows")
    (folder / "README.md").write_bytes(b"card")
    write_manifest(folder, summary or a_summary(), {"data/train.parquet": 1}, ["b", "a"])
    return json.loads((folder / MANIFEST).read_text())


def test_every_file_is_listed_with_its_rows_and_its_digest(tmp_path: Path):
    assert _written(tmp_path)["files"] == [
        {"name": "README.md", "rows": None, "bytes": 4, "sha256": sha256(b"card").hexdigest()},
        {"name": "data/train.parquet", "rows": 1, "bytes": 4, "sha256": sha256(b"rows").hexdigest()},
    ]


def test_what_was_put_in_can_be_read_back(tmp_path: Path):
    said = _written(tmp_path)

    assert (said["format"], said["date"]) == ("chat-1m", "2026-10-01")
    assert said["inputs"] == {"from": None, "to": "2026-10-01T00:00:00Z"}
    assert (said["seeds"], said["settings"]) == ({"shuffle": 42}, {"names": "recall"})
    assert said["recipe"] == ["keep what may be released", "shuffle"]
    assert said["counts"] == {"read": 3, "released": 1, "dropped": {"minor": 1, "no_answer": 1}}
    assert said["withdrawn"] == ["a", "b"]


def test_that_nothing_moderated_it_is_said(tmp_path: Path):
    nothing = {"models": {}, "messages": 2, "moderated": 0}
    some = {"models": {"omni": 2}, "messages": 2, "moderated": 2}

    assert _written(tmp_path, a_summary(moderation=nothing))["moderation"]["reason"] == "not run"
    assert "reason" not in _written(tmp_path, a_summary(moderation=some))["moderation"]


def test_the_same_release_has_the_same_manifest(tmp_path: Path):
    _written(tmp_path)
    first = (tmp_path / MANIFEST).read_bytes()

    _written(tmp_path)

    assert (tmp_path / MANIFEST).read_bytes() == first
