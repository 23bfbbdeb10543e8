"""Rows to check by eye: drawn by chance, but the same ones each time."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from heapq import nsmallest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from export.stats.view import sides_of

NUMBER = 20
MARK = re.compile(r"NAME_\d+|\[[A-Z][A-Z_]*\]")
"""What redaction leaves in a text."""
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One row, as far as somebody looks at it."""

    identifier: str
    language: str
    said: list[tuple[str, str]]
    """Who and what: `user`, `assistant`, in battles with the side."""


def samples(files: Sequence[Path], seed: int, number: int = NUMBER) -> list[Sample]:
    """Draw redacted rows: by the hash of seed and id, so that neither files nor their order matter."""
    drawn = nsmallest(number, _candidates(files, seed))
    wanted: dict[int, list[int]] = {}
    for _, file, row in drawn:
        wanted.setdefault(file, []).append(row)
    found = {(file, row): _sample(line) for file, rows in wanted.items() for row, line in _rows(files[file], rows)}
    return [found[file, row] for _, file, row in drawn]


def _candidates(files: Sequence[Path], seed: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield each redacted row's hash and place."""
    for number, path in enumerate(files):
        place = 0
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH, columns=_needed(file.schema_arrow)):
                for row in _redacted(batch):
                    identifier = batch.column(0)[row].as_py()
                    yield sha256(f"{seed} {identifier}".encode()).digest(), number, place + row
                place += len(batch)


def _needed(schema: pa.Schema) -> list[str]:
    return [schema.names[0], *(["redacted"] if "redacted" in schema.names else sides_of(schema))]


def _redacted(batch: pa.RecordBatch) -> list[int]:
    """Return the places of rows in which something was replaced; where the form does not say, by the marks."""
    if "redacted" in batch.schema.names:
        return [row for row, is_redacted in enumerate(batch.column("redacted").to_pylist()) if is_redacted]
    return [
        row
        for row in range(len(batch))
        if any(MARK.search(text) for side in batch.columns[1:] for _, text in _messages(side[row].as_py()))
    ]


def _rows(path: Path, rows: Sequence[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield some rows of a file, reading only the groups that hold them."""
    with pq.ParquetFile(path) as file:
        begin = 0
        for group in range(file.num_row_groups):
            end = begin + file.metadata.row_group(group).num_rows
            here = [row for row in rows if begin <= row < end]
            if here:
                table = file.read_row_group(group)
                for row in here:
                    yield row, table.slice(row - begin, 1).to_pylist()[0]
            begin = end


def _sample(row: dict[str, Any]) -> Sample:
    sides = [name for name in ("conversation", "conversation_a", "conversation_b") if name in row]
    said = [
        (f"{role} {side[-1].upper()}" if side != "conversation" else role, text)
        for side in sides
        for role, text in _messages(row[side])
    ]
    return Sample(str(next(iter(row.values()))), str(row.get("language", "")), said)


def _messages(side: Sequence[dict[str, Any]] | None) -> Iterator[tuple[str, str]]:
    for message in side or ():
        content = message["content"]
        is_text = isinstance(content, str)
        yield message["role"], content if is_text else "\n".join(part["text"] or "" for part in content)
