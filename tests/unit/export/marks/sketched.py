"""Sketches and marks of conversations that a test writes down."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from export.marks.benchmarks import BenchmarkIndex
from export.marks.mark import MarkSettings, mark
from export.marks.side_file import IDS_SCHEMA, write_marks
from export.marks.sketch import SKETCH_SCHEMA, sketch

Said = tuple[str, ...]


def rows_of(conversations: Sequence[Said], benchmarks: BenchmarkIndex | None = None) -> list[dict[str, object]]:
    """Sketch conversations, opened one after the other."""
    return [sketch(said, benchmarks).columns(f"ledger-{at:04}", float(at)) for at, said in enumerate(conversations)]


def write_sketches(rows: Sequence[dict[str, object]], into: Path) -> Path:
    pq.write_table(pa.Table.from_pylist(list(rows), schema=SKETCH_SCHEMA), into)
    return into


def write_ids(numbers: Sequence[int], into: Path) -> Path:
    """The ids under which the conversations with these numbers are released, in no order."""
    both = [{"ledger_id": f"ledger-{at:04}", "released_id": _released(at)} for at in reversed(numbers)]
    pq.write_table(pa.Table.from_pylist(both, schema=IDS_SCHEMA), into)
    return into


def marks_of(
    conversations: Sequence[Said],
    folder: Path,
    settings: MarkSettings | None = None,
    released: Sequence[int] | None = None,
    benchmarks: BenchmarkIndex | None = None,
) -> list[dict[str, Any]]:
    """Return the released marks of conversations, in their order; ids are their numbers."""
    sketches = write_sketches(rows_of(conversations, benchmarks), folder / "sketches.parquet")
    mark([sketches], folder / "marks.parquet", settings or MarkSettings())
    numbers = range(len(conversations)) if released is None else released
    ids = write_ids(numbers, folder / "ids.parquet")
    assert write_marks(folder / "marks.parquet", ids, folder / "released.parquet") == len(numbers)
    rows: list[dict[str, Any]] = pq.read_table(folder / "released.parquet").to_pylist()
    by_id: dict[str, dict[str, Any]] = {row["id"]: row for row in rows}
    assert list(by_id) == sorted(by_id)
    return [by_id[_released(at)] for at in numbers]


def _released(number: int) -> str:
    return f"{(number * 7919) % 10_000:04}-{number}"


def number_of(released_id: str | None) -> int | None:
    """The number of the conversation that is released under an id."""
    return None if released_id is None else int(released_id.split("-")[1])
