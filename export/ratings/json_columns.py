"""Columns of JSON lines where a key holds now this, now that: only those that are read must not."""

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa

from arena.errors import SetupError


def columns_of(file: Path, most: int) -> pa.Schema:
    """Return the columns that the first `most` bytes tell; one that holds several kinds of value is told as null.

    A line that is no JSON object is a `SetupError` with its row.
    """
    values: dict[str, list[Any]] = {}
    for row, line in enumerate(_lines(file, most), 1):
        for name, value in _object(file, row, line).items():
            values.setdefault(name, []).append(value)
    return pa.schema([(name, _type(held)) for name, held in values.items()])


def check_rows(file: Path, kinds: Mapping[str, pa.DataType]) -> None:
    """Raise a `SetupError` with the first row that is no JSON object, or whose values are of other kinds than these."""
    with _opened(file) as opened:
        for row, line in enumerate(filter(bytes.strip, opened), 1):
            found = _object(file, row, line)
            for name, kind in kinds.items():
                if (problem := _problem(found.get(name), kind)) is not None:
                    raise SetupError(f"{file}: row {row}: {name} is {found[name]!r}; {problem}")


def _object(file: Path, row: int, line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise SetupError(f"{file}: row {row}: {error}") from error
    if not isinstance(found, dict):
        raise SetupError(f"{file}: row {row}: this is no JSON object")
    return cast("dict[str, Any]", found)


def _problem(value: object, kind: pa.DataType) -> str | None:
    """Say how a value is not of its kind; None if it is."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if value is None or (pa.types.is_string(kind) and isinstance(value, str)):
        return None
    if pa.types.is_string(kind):
        return "it must be a text, as in the other rows"
    return "it must be a number, as in the other rows" if pa.types.is_floating(kind) and not is_number else None


def _opened(file: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(file)) if file.suffix == ".gz" else file.open("rb")


def _lines(file: Path, most: int) -> Iterator[bytes]:
    with _opened(file) as opened:
        head = opened.read(most)
        lines = head.split(b"\n")
        whole = lines[:-1] if opened.read(1) else lines
    return filter(bytes.strip, whole)


def _type(values: list[Any]) -> pa.DataType:
    try:
        return pa.array(values).type
    except (pa.ArrowException, UnicodeEncodeError):
        return pa.null()
