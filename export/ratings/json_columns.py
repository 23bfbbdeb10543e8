"""Columns of JSON lines where a key holds now this, now that: only those that are read must not."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from arena.errors import SetupError


def columns_of(file: Path, most: int) -> pa.Schema:
    """Return the columns that the first `most` bytes tell; one that holds several kinds of value is told as null.

    A line that is no JSON object is a `SetupError` with its row.
    """
    values: dict[str, list[Any]] = {}
    for row, line in enumerate(_lines(file, most), 1):
        try:
            found = json.loads(line)
        except ValueError as error:
            raise SetupError(f"{file}: row {row}: {error}") from error
        if not isinstance(found, dict):
            raise SetupError(f"{file}: row {row}: this is no JSON object")
        for name, value in found.items():
            values.setdefault(name, []).append(value)
    return pa.schema([(name, _type(held)) for name, held in values.items()])


def _lines(file: Path, most: int) -> list[bytes]:
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as opened:
        head = opened.read(most)
        lines = head.split(b"\n")
        return [line for line in (lines[:-1] if opened.read(1) else lines) if line.strip()]


def _type(values: list[Any]) -> pa.DataType:
    try:
        return pa.array(values).type
    except (pa.ArrowException, UnicodeEncodeError):
        return pa.null()
