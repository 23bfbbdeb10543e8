"""The marks as a release tells them: `side/marks.parquet`, by released id."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

RELEASED_MARKS = pa.schema(
    [
        ("id", pa.string()),
        ("duplicate_of", pa.string()),
        ("copies", pa.int32()),
        ("prompt_duplicate_of", pa.string()),
        ("prompt_copies", pa.int32()),
        ("near_duplicate_of", pa.string()),
        ("near_similarity", pa.float32()),
        ("near_copies", pa.int32()),
        ("first_seen", pa.bool_()),
        ("in_earlier_release", pa.bool_()),
        ("sample_prompt", pa.bool_()),
        ("benchmark", pa.string()),
        ("benchmark_share", pa.float32()),
    ]
)
"""The columns: `docs/marks.md` explains them. Rows come by id, and so tell nothing of when something was said."""

IDS_SCHEMA = pa.schema([("ledger_id", pa.string()), ("released_id", pa.string())])
"""What is released, and under which id."""

GROUP_ROWS = 100_000

_AS_THEY_ARE = ("sample_prompt", "in_earlier_release", "benchmark", "benchmark_share")


def write_marks(marks: Path, ids: Path, into: Path) -> int:
    """Write the marks of what is released; return the number of rows.

    `marks` is what `mark` wrote; `ids` a Parquet file of `IDS_SCHEMA`, in any order. A
    group whose first is not released is told by the first of it that is.
    """
    released, rows = _chosen(marks, ids)
    columns: dict[str, object] = {"id": released}
    for name, group in (("", "whole_first"), ("prompt_", "prompt_first"), ("near_", "near_first")):
        numbers = _told(marks, group, rows).to_numpy()
        columns[f"{name}duplicate_of"], columns[f"{name}copies"] = _group(released, rows, numbers)
        if name == "prompt_":
            columns["first_seen"] = numbers == rows
    is_near = pa.array(columns["near_duplicate_of"]).is_valid().to_numpy(zero_copy_only=False)
    columns["near_similarity"] = pa.array(_told(marks, "near_similarity", rows).to_numpy(), mask=~is_near)
    columns |= {name: _told(marks, name, rows) for name in _AS_THEY_ARE}
    table = pa.table({name: columns[name] for name in RELEASED_MARKS.names}, schema=RELEASED_MARKS)
    pq.write_table(table, into, compression="zstd", row_group_size=GROUP_ROWS)
    return len(table)


def _chosen(marks: Path, ids: Path) -> tuple[pa.Array, NDArray[np.int64]]:
    """Return the released ids in order, and for each the number of its mark."""
    chosen = pq.read_table(ids, columns=IDS_SCHEMA.names).sort_by("released_id")
    known = pc.SetLookupOptions(pq.read_table(marks, columns=["ledger_id"])["ledger_id"].combine_chunks())
    row = pc.call_function("index_in", [chosen["ledger_id"]], known)
    if row.null_count:
        raise ValueError(f"{row.null_count} of the released rows were never sketched")
    return chosen["released_id"].combine_chunks(), row.to_numpy().astype(np.int64)


def _told(marks: Path, name: str, rows: NDArray[np.int64]) -> pa.ChunkedArray:
    return pq.read_table(marks, columns=[name])[name].take(pa.array(rows))


def _group(released: pa.Array, rows: NDArray[np.int64], group: NDArray[np.int64]) -> tuple[pa.Array, NDArray[np.int32]]:
    """Return for each row the id of its group's first in the ledger, null if it is that, and how many there are."""
    order = np.lexsort((rows, group))
    ranked = group[order]
    begins = np.ones(len(group), dtype=np.bool_)
    begins[1:] = ranked[1:] != ranked[:-1]
    place = np.cumsum(begins) - 1
    leader = np.empty(len(group), dtype=np.int64)
    leader[order] = order[begins][place]
    copies = np.empty(len(group), dtype=np.int32)
    copies[order] = np.bincount(place)[place]
    return released.take(pa.array(leader, mask=leader == np.arange(len(group)))), copies
