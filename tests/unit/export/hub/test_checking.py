"""What a release must be before it leaves the house."""

import json
from pathlib import Path

import pytest

from arena.errors import SetupError
from export.hub.checking import NotPublishable, failed_gates, publishable
from tests.written import a_conversation, a_release, said


def test_a_whole_release_may_be_published(tmp_path: Path):
    assert publishable(a_release(tmp_path / "out"))["format"] == "chat-1m"


def test_full_may_not(tmp_path: Path):
    with pytest.raises(NotPublishable, match="not for publication"):
        publishable(a_release(tmp_path / "out", "full"))


def test_what_failed_a_gate_may_not(tmp_path: Path):
    with pytest.raises(NotPublishable, match="canaries"):
        publishable(a_release(tmp_path / "out", canaries={"planted": 20, "leaked": 1}))


def test_gates_are_named():
    manifest = {"quality": {"failed": ["EMAIL"]}, "canaries": {"planted": 3, "leaked": 2}}

    assert failed_gates(manifest) == ["EMAIL", "canaries"]
    assert failed_gates({"quality": {}, "canaries": {"planted": 3, "leaked": 0}}) == failed_gates({}) == []


@pytest.mark.parametrize("name", ["README.md", "stats/models.csv", "data/train-00000-of-00001.parquet"])
def test_a_file_that_was_changed_may_not(tmp_path: Path, name: str):
    folder = a_release(tmp_path / "out")
    with (folder / name).open("ab") as file:
        file.write(b"more")

    with pytest.raises(NotPublishable, match=f"{name}: (has|is not what)"):
        publishable(folder)


def test_a_file_that_the_manifest_does_not_list_may_not(tmp_path: Path):
    folder = a_release(tmp_path / "out")
    (folder / "data/notes.txt").write_text("mine")

    with pytest.raises(NotPublishable, match=r"data/notes\.txt: is not in the manifest"):
        publishable(folder)


def test_a_file_that_is_missing_or_a_link_may_not(tmp_path: Path):
    folder = a_release(tmp_path / "out")
    (folder / "LICENSE.md").rename(tmp_path / "elsewhere")
    with pytest.raises(NotPublishable, match=r"LICENSE\.md is missing"):
        publishable(folder)

    (folder / "LICENSE.md").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotPublishable, match=r"LICENSE\.md is a link"):
        publishable(folder)


@pytest.mark.parametrize("text", [None, "{", "[]", json.dumps({"files": 7})])
def test_what_is_no_release_is_told_so(tmp_path: Path, text: str | None):
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)

    with pytest.raises(SetupError, match="manifest"):
        publishable(tmp_path)


def test_a_release_in_which_personal_data_is_left_may_not_be_published(tmp_path: Path):
    conversation = said("My mail is jane.roe@gmail.com, call me", "I shall.")
    folder = a_release(tmp_path / "out", rows=[a_conversation(7, conversation=conversation)])

    with pytest.raises(NotPublishable, match="personal data is left: EMAIL") as refused:
        publishable(folder)
    assert "jane" not in str(refused.value)


def test_several_forms_are_pushed_one_by_one(tmp_path: Path):
    a_release(tmp_path / "chat-1m")
    a_release(tmp_path / "arena-battles", "arena-battles")

    with pytest.raises(SetupError, match="no finished release of one form"):
        publishable(tmp_path)
