import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import LedgerError, SetupError
from logging_store.tombstone_file import Tombstone, add_tombstone, digest, tombstone_files, tombstones_in

STONE = Tombstone(("aa", "bb"), 1000.5, "the visitor asked for it", session="cc")
OLD = Tombstone(("dd",), 2000.0, "retention", before=1500.0)


def test_what_is_written_is_read(tmp_path: Path):
    file = tmp_path / "data" / "tombstones.jsonl"

    for stone in (STONE, OLD):
        add_tombstone(file, stone)

    assert list(tombstones_in(file)) == [STONE, OLD]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_id_stands_in_the_file(tmp_path: Path):
    add_tombstone(tmp_path / "file", Tombstone((digest("a conversation"),), 1.0, "why", digest("a session")))

    assert b"a conversation" not in (tmp_path / "file").read_bytes()
    assert b"a session" not in (tmp_path / "file").read_bytes()


@given(st.integers(min_value=1, max_value=200))
def test_a_line_that_a_power_cut_tore_is_none_and_makes_room(tmp_path_factory: pytest.TempPathFactory, cut: int):
    file = tmp_path_factory.mktemp("stones") / "file"
    add_tombstone(file, STONE)
    add_tombstone(file, OLD)
    whole = file.read_bytes()
    file.write_bytes(whole[: max(len(whole) - cut, 0)])

    left = list(tombstones_in(file))
    add_tombstone(file, OLD)

    assert left == [STONE, OLD][: len(left)]
    assert list(tombstones_in(file)) == [*left, OLD]


@pytest.mark.parametrize(
    "line", ["what?", "[]", "{}", '{"conversations": [], "forgotten_at": 1, "reason": "", "x": 1}']
)
def test_a_damaged_file_stops_what_would_bring_text_back(tmp_path: Path, line: str):
    (tmp_path / "file").write_text(f"{line}\n")

    with pytest.raises(SetupError, match="file:1: this is no tombstone"):
        list(tombstones_in(tmp_path / "file"))


def test_a_file_that_was_named_has_to_be_there(tmp_path: Path):
    assert tombstone_files(tmp_path) == []

    with pytest.raises(SetupError, match="cannot be read"):
        list(tombstones_in(*tombstone_files(tmp_path, [tmp_path / "missing"])))


def test_a_line_that_cannot_be_written_is_an_error_that_names_no_file(tmp_path: Path):
    (tmp_path / "data").write_text("no folder")

    with pytest.raises(LedgerError, match="nothing is forgotten yet") as refused:
        add_tombstone(tmp_path / "data" / "tombstones.jsonl", STONE)
    assert str(tmp_path) not in str(refused.value)
