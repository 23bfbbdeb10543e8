"""A release whose data is written becomes whole."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from arena.errors import SetupError
from export.card.facts import load
from export.card.finish import finish
from export.card.finished import ReleaseChanged
from export.cli import command
from export.hub.checking import publishable
from export.release.manifest import sha256_of
from tests.unit.export.stats.test_tokens import by_spaces
from tests.written import SCHEMAS, a_release, a_summary, many, write_rows


def _all(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("form", SCHEMAS)
def test_the_same_release_gets_the_same_bytes_and_no_trace_of_where_it_was_made(tmp_path: Path, form: str):
    here, there = a_release(tmp_path / "here", form), a_release(tmp_path / "there", form)

    assert _all(here) == _all(there)
    assert (tmp_path / "here.report.html").read_bytes() == (tmp_path / "there.report.html").read_bytes()
    assert [name for name, data in _all(here).items() if str(tmp_path).encode() in data] == []


def test_what_a_form_does_not_tell_is_in_no_file_beside_it(tmp_path: Path):
    write_rows(tmp_path / "out", "chat-1m", many("chat-1m", 20))
    finish(tmp_path / "out", a_summary(days={"2026-09-17": 20}, data_bytes=7))

    assert [name for name, data in _all(tmp_path / "out").items() if b"2026-09-17" in data] == []


def test_the_summary_can_be_read_again(tmp_path: Path):
    release = a_release(tmp_path / "out", dropped={"no_vote": 7}, contact="x")
    again = load(release)

    assert (again.dropped, again.contact, again.form, again.users) == ({"no_vote": 7}, "x", "chat-1m", 4)


def _card(*arguments: str | Path) -> str:
    done = CliRunner().invoke(command, ["card", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_card_that_is_written_anew_is_the_same(tmp_path: Path):
    release = a_release(tmp_path / "out")
    before = _all(release)
    (tmp_path / "out.report.html").unlink()

    assert "wrote the card of 5 rows anew" in _card(release)
    assert _all(release) == before
    assert (tmp_path / "out.report.html").exists()


def test_a_tokenizer_and_a_title_can_be_given_later_and_the_data_stays(tmp_path: Path):
    release = a_release(tmp_path / "out")
    before = _all(release)
    _card(release, "--tokenizer", by_spaces(tmp_path / "words.json"), "--title", "Talks", "--contact", "me")
    after = _all(release)

    assert b"(estimate)" in before["README.md"]
    assert b"(estimate)" not in after["README.md"]
    assert b"# Talks" in after["README.md"]
    assert {name for name in before if before[name] != after[name]} == {
        *("README.md", "LICENSE.md", "croissant.json", "manifest.json", "stats/summary.json"),
    }
    assert publishable(release)["counts"]["read"] == 9


def test_tokens_that_were_counted_stay_counted(tmp_path: Path):
    release = a_release(tmp_path / "out")
    _card(release, "--tokenizer", by_spaces(tmp_path / "words.json"))
    _card(release, "--title", "Talks")

    assert "(estimate)" not in (release / "README.md").read_text()


def test_the_manifest_lists_what_was_written_anew_and_keeps_the_rest(tmp_path: Path):
    release = a_release(tmp_path / "out")
    before = json.loads((release / "manifest.json").read_text())
    (release / "stats/old.csv").write_text("left over")
    _card(release, "--title", "Talks")
    after = json.loads((release / "manifest.json").read_text())

    assert {each["name"]: each["sha256"] for each in after["files"]} == {
        name: sha256_of(release / name) for name in _all(release) if name != "manifest.json"
    }
    assert {each["name"]: each["rows"] for each in after["files"]} == {
        each["name"]: each["rows"] for each in before["files"]
    }
    assert {name: value for name, value in after.items() if name != "files"} == {
        name: value for name, value in before.items() if name != "files"
    }


def test_no_card_is_written_of_data_that_was_changed(tmp_path: Path):
    release = a_release(tmp_path / "out")
    write_rows(release, "chat-1m", many("chat-1m", 4))

    with pytest.raises(ReleaseChanged, match=r"train-00000-of-00001\.parquet"):
        _card(release)


def test_what_is_no_release_is_told_so(tmp_path: Path):
    with pytest.raises(SetupError, match=r"no manifest\.json"):
        _card(tmp_path)
    with pytest.raises(SetupError, match=r"it has no data/train"):
        finish(tmp_path, a_summary())
    with pytest.raises(SetupError, match=r"no stats/summary\.json"):
        load(tmp_path)


def test_a_folder_may_have_any_name_and_be_the_one_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    release = a_release(tmp_path / "it's [a] *new* one")
    monkeypatch.chdir(release)

    assert "5 rows anew" in _card(".")
    assert (tmp_path / "it's [a] *new* one.report.html").exists()
