from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.release.shards import RawShards, Read, bundles, shard_file, shards_for
from export.release.steps import Bundle, Dropped, Row
from logging_store.facts import Withheld
from logging_store.withholding import Withholding
from tests.facts import a_conversation
from tests.unit.export.release.rows import a_record, a_said_turn

KEY = b"a key"


def _side(number: int, battle: str, side: str) -> Read:
    return a_record(conversation=a_conversation("s", id=f"{number:032x}", battle_id=battle, side=side))


def _spread(folder: Path, reads: list[Read], shards: int) -> list[Bundle]:
    raw = RawShards(folder, shards, KEY)
    for each in reads:
        raw.add(each)
    raw.close()
    return [bundle for shard in range(shards) for bundle in bundles(shard_file(folder, shard))]


def _ids(made: list[Bundle]) -> set[tuple[str, ...]]:
    return {tuple(row.ledger_id for row in bundle.rows) for bundle in made}


def test_what_comes_out_is_what_went_in(tmp_path: Path):
    record = a_record(turns=(a_said_turn(text="a\ud800b", answer="\0"),))

    (bundle,) = _spread(tmp_path / "raw", [record], 1)

    (row,) = bundle.rows
    assert isinstance(row, Row)
    assert row.record == record
    assert bundle.battle_id is None


def test_both_sides_of_a_battle_are_together_however_they_are_spread(tmp_path: Path):
    reads = [_side(2 * each + at, f"battle-{each}", "ba"[at]) for each in range(20) for at in range(2)]

    for shards in (1, 3, 16):
        made = _spread(tmp_path / str(shards), reads, shards)
        assert _ids(made) == {(f"{2 * each + 1:032x}", f"{2 * each:032x}") for each in range(20)}


def test_a_withheld_side_keeps_its_place(tmp_path: Path):
    withheld = Withheld("w", Withholding.FORGOTTEN, "battle", "b")

    (bundle,) = _spread(tmp_path / "raw", [withheld, _side(1, "battle", "a")], 1)

    assert [type(row) for row in bundle.rows] == [Row, Dropped]
    assert bundle.battle_id == "battle"


def test_the_order_of_reading_changes_nothing(tmp_path: Path):
    reads: list[Read] = [replace(a_record(), conversation=a_conversation("s", id=f"{each:032x}")) for each in range(50)]

    there, back = _spread(tmp_path / "there", reads, 2), _spread(tmp_path / "back", reads[::-1], 2)

    assert there == back


@pytest.mark.parametrize(("conversations", "shards"), [(0, 1), (1, 1), (4096, 1), (4097, 2), (1_000_000, 245)])
def test_shards_follow_from_what_is_read(conversations: int, shards: int):
    assert shards_for(conversations) == shards


@given(st.text(alphabet=st.characters(), max_size=30))
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, text: str):
    folder = tmp_path_factory.mktemp("any") / "raw"

    (bundle,) = _spread(folder, [a_record(turns=(a_said_turn(text=text),))], 1)

    (row,) = bundle.rows
    assert isinstance(row, Row)
    assert row.turns[0].text == text
