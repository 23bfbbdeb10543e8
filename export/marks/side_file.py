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

_AS_THEY_ARE = ("sample_prompt", "in_earlier_release", "benchmark", "benchmark_share")


def write_marks(marks: Path, ids: Path, into: Path) -> int:
    """Write the marks of what is released; return the number of rows.

    `marks` is what `mark` wrote; `ids` a Parquet file of `IDS_SCHEMA`, in any order. A
    group whose first is not released is told by the first of it that is.
    """
    all_marks = pq.read_table(marks)
    chosen = pq.read_table(ids, columns=IDS_SCHEMA.names)
    known = pc.SetLookupOptions(all_marks["ledger_id"].combine_chunks())
    row = pc.call_function("index_in", [chosen["ledger_id"]], known)
    if row.null_count:
        raise ValueError(f"{row.null_count} of the released rows were never sketched")
    rows = row.to_numpy().astype(np.int64)
    order = np.argsort(rows, kind="stable")
    rows = rows[order]
    released = chosen["released_id"].take(order).combine_chunks()
    told = all_marks.take(rows)
    columns: dict[str, object] = {"id": released}
    for name, group in (("", "whole_first"), ("prompt_", "prompt_first"), ("near_", "near_first")):
        columns[f"{name}duplicate_of"], columns[f"{name}copies"] = _group(released, told[group].to_numpy())
    columns["first_seen"] = told["prompt_first"].to_numpy() == rows
    is_near = pa.array(columns["near_duplicate_of"]).is_valid().to_numpy(zero_copy_only=False)
    columns["near_similarity"] = pa.array(told["near_similarity"].to_numpy(), mask=~is_near)
    columns |= {name: told[name] for name in _AS_THEY_ARE}
    table = pa.table({name: columns[name] for name in RELEASED_MARKS.names}, schema=RELEASED_MARKS)
    pq.write_table(table.sort_by("id"), into, compression="zstd")
    return len(table)


def _group(released: pa.Array, group: NDArray[np.int64]) -> tuple[pa.Array, NDArray[np.int32]]:
    """Return for each row the id of the first in its group, null if it is that itself, and how many there are."""
    _, first, which, copies = np.unique(group, return_index=True, return_inverse=True, return_counts=True)
    leader = first[which]
    is_first = leader == np.arange(len(group))
    return released.take(pa.array(leader, mask=is_first)), copies[which].astype(np.int32)
