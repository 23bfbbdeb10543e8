"""Compares the sketches of a whole release with one another: in one process, some 400 bytes a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from export.marks.earlier import earlier_prompts
from export.marks.near import near_groups
from export.marks.samples import sample_prompts
from export.marks.sketch import PERMUTATIONS, SKETCH_SCHEMA

MARKS_SCHEMA = pa.schema(
    [
        ("ledger_id", pa.string()),
        ("whole_first", pa.int64()),
        ("prompt_first", pa.int64()),
        ("near_first", pa.int64()),
        ("near_similarity", pa.float32()),
        ("sample_prompt", pa.bool_()),
        ("in_earlier_release", pa.bool_()),
        ("benchmark", pa.string()),
        ("benchmark_share", pa.float32()),
    ]
)
"""One row a sketch, in the ledger's order. `..._first` is the number of the row that is the first of its kind."""

_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class MarkSettings:
    """What conversations are compared with besides one another."""

    similar: float = 0.7
    """The share of words in both of two prompts from which they are near duplicates, as the sketches estimate it."""
    sample_prompts: Path | None = None
    """A file of prompts that count as samples, besides those of our page."""
    earlier: tuple[Path, ...] = ()
    """Folders of earlier releases."""


def mark(sketch_files: Sequence[Path], into: Path, settings: MarkSettings) -> None:
    """Write the marks of all sketches, one Parquet file. They do not depend on how sketches are spread over files.

    Raises:
        SetupError: A file that the settings name cannot be read.
    """
    offered = np.array(sorted(sample_prompts(settings.sample_prompts)), dtype=np.int64)
    earlier = earlier_prompts(settings.earlier) if settings.earlier else None
    order = _order(sketch_files)
    prompt = _column(sketch_files, "prompt").take(order).to_numpy()
    prompt_first = _first(prompt)
    near_first, near_similarity = _near(sketch_files, order, prompt_first, settings.similar)
    columns = {
        "ledger_id": _column(sketch_files, "ledger_id").take(order),
        "whole_first": _first(_column(sketch_files, "whole").take(order).to_numpy()),
        "prompt_first": prompt_first,
        "near_first": near_first,
        "near_similarity": near_similarity,
        "sample_prompt": np.isin(prompt, offered),
        "in_earlier_release": pa.nulls(len(order)) if earlier is None else np.isin(prompt, earlier),
        "benchmark": _column(sketch_files, "benchmark").take(order),
        "benchmark_share": _column(sketch_files, "benchmark_share").take(order),
    }
    pq.write_table(pa.table(columns, schema=MARKS_SCHEMA), into, compression="zstd")


def _column(files: Sequence[Path], name: str) -> pa.ChunkedArray:
    """Read one column of all sketches: one at a time, as all at once would be most of the memory."""
    return pa.chunked_array(
        [chunk for file in files for chunk in pq.read_table(file, columns=[name])[name].chunks],
        SKETCH_SCHEMA.field(name).type,
    )


def _order(files: Sequence[Path]) -> NDArray[np.int64]:
    """Return the numbers of the sketches, in the ledger's order."""
    columns = {name: _column(files, name) for name in ("opened_at", "ledger_id")}
    count = len(columns["opened_at"])
    table = pa.table({**columns, "number": np.arange(count, dtype=np.int64)})
    return table.sort_by([("opened_at", "ascending"), ("ledger_id", "ascending")])["number"].to_numpy()


def _first(digests: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each digest the number of its first occurrence."""
    _, first, which = np.unique(digests, return_index=True, return_inverse=True)
    return first[which].astype(np.int64)


def _near(
    files: Sequence[Path], order: NDArray[np.int64], prompt_first: NDArray[np.int64], similar: float
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return for each row the first of its near duplicates. Of equal prompts only the first is compared."""
    signed, signatures = _signatures(files, order, prompt_first)
    near, share = near_groups(signatures, similar)
    first_of = np.arange(len(prompt_first), dtype=np.int64)
    first_of[signed] = signed[near]
    share_of = np.ones(len(prompt_first), dtype=np.float32)
    share_of[signed] = share
    return first_of[prompt_first], share_of[prompt_first]


def _signatures(
    files: Sequence[Path], order: NDArray[np.int64], prompt_first: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
    """Return the numbers of the rows that are compared, and their signatures, in the ledger's order."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    is_first = prompt_first == np.arange(len(order))
    has_signature = np.zeros(len(order), dtype=np.bool_)
    signatures = np.empty((int(is_first.sum()), PERMUTATIONS), dtype=np.uint16)
    slot = np.cumsum(is_first) - 1
    read = 0
    for file in files:
        with pq.ParquetFile(file) as sketches:
            for batch in sketches.iter_batches(_BATCH, columns=["signature"]):
                column = batch.column(0)
                places = place[read : read + len(column)]
                read += len(column)
                wanted = is_first[places] & column.is_valid().to_numpy(zero_copy_only=False)
                chosen = column.filter(pa.array(wanted))
                raw = b"".join(each for each in chosen.to_pylist())
                has_signature[places[wanted]] = True
                signatures[slot[places[wanted]]] = np.frombuffer(raw, "<u2").reshape(-1, PERMUTATIONS)
    signed = np.nonzero(has_signature)[0]
    kept = slot[signed]
    for at in range(0, len(kept), _BATCH):
        part = kept[at : at + _BATCH]
        signatures[at : at + len(part)] = signatures[part]
    return signed, signatures[: len(kept)]
