"""Columns of JSON lines where a key holds now this, now that: only those that are read must not."""

import gzip
import json
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa

from arena.errors import SetupError

_ROWS = 1 << 12
"""Rows that are read at once where they are read one by one."""


def columns_of(file: Path, most: int) -> pa.Schema:
    """Return the columns that the first `most` bytes tell; one that holds several kinds of value is told as null.

    A line that is no JSON object is a `SetupError` with its row.
    """
    values: dict[str, list[Any]] = {}
    for row, line in enumerate(_lines(file, most), 1):
        for name, value in _object(file, row, line).items():
            values.setdefault(name, []).append(value)
    return pa.schema([(name, _type(held)) for name, held in values.items()])


def check_rows(file: Path, kinds: Mapping[str, pa.DataType], either: Collection[str]) -> bool:
    """Raise a `SetupError` with the first row that is no JSON object, or whose values are of other kinds than these.

    Columns of `either` may hold now a text, now a number; return whether one does.
    """
    is_mixed = False
    with _opened(file) as opened:
        for row, line in enumerate(filter(bytes.strip, opened), 1):
            found = _object(file, row, line)
            for name, kind in kinds.items():
                if (problem := _problem(value := found.get(name), kind)) is None:
                    continue
                if name not in either or isinstance(value, list | dict):
                    raise SetupError(f"{file}: row {row}: {name} is {value!r}; {problem}")
                is_mixed = True
    return is_mixed


def mixed_rows(
    file: Path, kinds: Mapping[str, pa.DataType], either: Collection[str], begin: int
) -> Iterator[pa.RecordBatch]:
    """Yield the rows from one on, counted from 0; in columns of `either` a number is told as a text."""
    schema = pa.schema([(name, pa.string() if name in either else kind) for name, kind in kinds.items()])
    with _opened(file) as opened:
        lines = islice(filter(bytes.strip, opened), begin, None)
        while some := list(islice(lines, _ROWS)):
            rows = [{name: found.get(name) for name in kinds} for found in map(json.loads, some)]
            told = [{name: _told(value) if name in either else value for name, value in row.items()} for row in rows]
            yield pa.RecordBatch.from_pylist(told, schema)


def _told(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


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
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    must_be = (
        (pa.types.is_string, isinstance(value, str), "a text"),
        (pa.types.is_floating, is_whole or isinstance(value, float), "a number"),
        (pa.types.is_integer, is_whole, "a whole number"),
        (pa.types.is_boolean, isinstance(value, bool), "true or false"),
    )
    wrong = (what for is_of, is_so, what in must_be if is_of(kind) and not is_so)
    return None if value is None else next((f"it must be {what}, as in the other rows" for what in wrong), None)


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
