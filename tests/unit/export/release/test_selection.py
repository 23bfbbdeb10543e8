from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export.release import selection as module
from export.release.mapping import DROPS
from export.release.notes import NOTES, shuffle_key
from export.release.selection import Plan, plan, selection

SHARDS = st.lists(st.integers(0, 12), min_size=1, max_size=4)
"""How many rows each has."""


def _note(number: int) -> dict[str, Any]:
    default: dict[str, Any] = dict.fromkeys(NOTES.names)
    ids = {"released_id": f"r{number}", "ledger_id": f"l{number}", "conversations": [f"l{number}"]}
    return default | ids | {"shuffle": shuffle_key(42, f"r{number}"), "chars": 10 + number}


def _folders(into: Path, shards: list[int]) -> list[Path]:
    first, folders = 0, list[Path]()
    for shard, rows in enumerate(shards):
        folder = into / f"{shard:05}"
        folder.mkdir()
        noted = sorted((_note(first + each) for each in range(rows)), key=lambda note: note["shuffle"])
        first += rows
        pq.write_table(pa.Table.from_pylist(noted, schema=NOTES), folder / "chat-1m.notes")
        drop = {"form": "chat-1m", "ledger_id": f"d{shard}", "reason": "minor"}
        pq.write_table(pa.Table.from_pylist([drop], schema=DROPS), folder / "drops")
        folders.append(folder)
    return folders


def _planned(made: Plan, folders: list[Path]) -> list[list[str]]:
    """Return the released ids that go into each file, in the order of their keys."""
    files: list[list[str]] = []
    for slices in made.files:
        rows: list[dict[str, Any]] = []
        for each in slices:
            noted = pq.read_table(folders[each.shard] / "chat-1m.notes").to_pylist()
            places = range(each.start, each.stop)
            rows += [noted[place] for place in places if (each.shard, place) not in made.left_out]
        files.append([row["released_id"] for row in sorted(rows, key=lambda row: row["shuffle"])])
    return files


@settings(max_examples=25, deadline=None)
@given(SHARDS, st.none() | st.integers(1, 30), st.sets(st.integers(0, 40), max_size=5))
def test_everything_is_released_once_or_dropped_for_a_reason(
    tmp_path_factory: pytest.TempPathFactory, shards: list[int], sample: int | None, gone: set[int]
):
    folder = tmp_path_factory.mktemp("shards")
    folders = _folders(folder, shards)
    withdrawn = {f"l{each}": "forgotten" for each in gone}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "FILE_ROWS", 5)
        with selection("chat-1m", folders, sample, withdrawn, folder / "spill") as chosen:
            released = [each for file in _planned(plan(chosen), folders) for each in file]
            dropped = chosen.counts("SELECT reason, count(*) FROM drops GROUP BY ALL")

    candidates = [f"r{each}" for each in range(sum(shards)) if each not in gone]
    expected = sorted(candidates, key=lambda each: shuffle_key(42, each))[:sample]
    assert released == expected
    assert len(released) + sum(dropped.values()) == sum(shards) + len(shards)
    assert dropped.get("not_sampled", 0) == len(candidates) - len(expected)
