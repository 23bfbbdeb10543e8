from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logging_store.erasing import NOBODY
from logging_store.traces import ForgottenIds, Sought, traces_in
from tests.facts import an_id

TURN, CONVERSATION, CONSENT = an_id(), an_id(), an_id()
IDS = ForgottenIds.of([TURN])


def _sqlite(turn: str, consent: str, position: bytes = b"") -> bytes:
    return f"{turn}{CONVERSATION}".encode() + position + f"{consent}firstecho".encode()


def _postgresql(turn: str, consent: str) -> bytes:
    return f"C{turn}C{CONVERSATION}".encode() + b"\0\0" + b"\x61\0\0\0" + f"C{consent}".encode() + b"\x0dfirst"


def _offsets(file: Path, sought: Sought, chunk: int = 1000) -> list[tuple[int, int | None]]:
    return [(trace.offset, trace.phrase) for trace in traces_in(file, sought, chunk=chunk)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.mark.parametrize("row", [_sqlite(TURN, CONSENT), _sqlite(TURN, CONSENT, b"a"), _postgresql(TURN, CONSENT)])
def test_an_old_copy_of_a_forgotten_turn_is_found(file: Path, row: bytes):
    file.write_bytes(b"\x05\x09" + row)

    assert _offsets(file, Sought(IDS)) == [(2 + row.startswith(b"C"), None)]


@pytest.mark.parametrize(
    "row",
    [
        _sqlite(TURN, NOBODY),
        _sqlite(TURN, NOBODY, b"a"),
        _sqlite(TURN, NOBODY, b"0"),
        _postgresql(TURN, NOBODY),
        _sqlite(an_id(), CONSENT),
        _postgresql(an_id(), CONSENT),
    ],
)
def test_what_is_forgotten_and_what_stays_are_no_traces(file: Path, row: bytes):
    file.write_bytes(b"\x05\x09" + row)

    assert _offsets(file, Sought(IDS)) == []


NOISE = st.binary(max_size=300).map(lambda noise: noise.replace(b"s", b"."))


@given(NOISE, NOISE, st.integers(min_value=1, max_value=400))
def test_everything_is_found_once_however_the_file_is_cut(
    tmp_path_factory: pytest.TempPathFactory, before: bytes, between: bytes, chunk: int
):
    file = tmp_path_factory.mktemp("traces") / "file"
    row, phrase = b"\0" + _postgresql(TURN, CONSENT), "swordfish"
    file.write_bytes(before + row + between + phrase.encode())

    found = _offsets(file, Sought(IDS, [phrase]), chunk)

    assert sorted(found, key=str) == sorted([(len(before) + 2, None), (len(before + row + between), 0)], key=str)


def test_words_are_found_as_they_stand_in_json_too(file: Path):
    file.write_text('{"text": "say \\"caf\\u00e9\\""}\n{"text": "say \\"café\\""}\nsay "café"')

    assert [phrase for _, phrase in _offsets(file, Sought(phrases=['"café"']))] == [0, 0, 0]


def test_it_is_told_how_much_was_read(file: Path):
    file.write_bytes(bytes(2500))
    read: list[int] = []

    list(traces_in(file, Sought(), read.append, chunk=1000))

    assert read == [1000, 1000, 500]
