"""Reads prompts out of files of others: JSON, JSON lines, Parquet, or text with a prompt a line."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from arena.errors import SetupError

COLUMNS = ("prompt", "question", "instruction", "problem", "query", "text", "content", "input", "turns")
"""Where a prompt is looked for, in this order. A list, such as MT-bench's `turns`, counts as so many prompts."""


def prompts(path: Path) -> Iterator[str]:
    """Yield a file's prompts; empty ones are left out.

    Raises:
        SetupError: It cannot be read, or no column of a row is one of `COLUMNS`.
    """
    try:
        for text in _read(path):
            if text.strip():
                yield text
    except (OSError, ValueError, pa.ArrowInvalid) as error:
        raise SetupError(f"{path.name}: no prompts can be read: {error}") from error


def _read(path: Path) -> Iterator[str]:
    if path.suffix == ".parquet":
        with pq.ParquetFile(path) as file:
            named = [name for name in COLUMNS if name in file.schema_arrow.names][:1]
            if not named:
                raise ValueError(f"none of the columns {', '.join(COLUMNS)}")
            for batch in file.iter_batches(2_000, columns=named):
                yield from _prompts_of(batch.to_pylist())
    elif path.suffix == ".json":
        yield from _texts(json.loads(path.read_text(encoding="utf-8")))
    elif path.suffix in {".jsonl", ".ndjson"}:
        with path.open(encoding="utf-8") as lines:
            yield from _prompts_of(json.loads(line) for line in lines if line.strip())
    else:
        with path.open(encoding="utf-8") as lines:
            yield from lines


def _prompts_of(rows: Iterable[Any]) -> Iterator[str]:
    for row in rows:
        yield from _texts(row)


def _texts(value: Any) -> Iterator[str]:
    """Yield the text of a row: it is one itself, or a list of them, or has a column that holds it."""
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from _texts(each)
        case Mapping():
            yield from _texts(next((value[name] for name in COLUMNS if value.get(name)), None))
        case _:
            raise ValueError(f"a row without any of {', '.join(COLUMNS)}")
