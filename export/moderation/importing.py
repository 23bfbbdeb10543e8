"""Takes verdicts that somebody has already: JSON lines or Parquet of {text or sha256, model, result}."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count, islice
from pathlib import Path
from typing import Any

from arena.errors import SetupError
from export.moderation.store import text_key
from export.moderation.verdict import Verdict, verdict_of
from export.moderation.writing import VerdictWriter

ROWS_AT_ONCE = 5_000
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")

Broken = Callable[[int, str], None]
"""Told the number of a row (from 1), and what is wrong with it, without a word of it."""


def import_verdicts(file: Path, writer_of: Callable[[str], VerdictWriter], broken: Broken) -> int:
    """Keep what a file holds, and return how many of its rows could be read. Those that cannot are told and passed."""
    taken = 0
    rows = _read(file, broken)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        models = sorted({verdict.model for _, verdict in some})
        for model in models:
            writer_of(model).add([each for each in some if each[1].model == model])
        taken += len(some)
    return taken


def _read(file: Path, broken: Broken) -> Iterator[tuple[bytes, Verdict]]:
    for number, row in zip(count(1), _rows(file), strict=False):
        try:
            yield _entry(row)
        except ValueError as error:
            broken(number, str(error))


def _rows(file: Path) -> Iterator[Any]:
    try:
        if file.suffix == ".parquet":
            yield from _parquet(file)
        else:
            with file.open("rb") as lines:
                yield from (_line(line) for line in lines if line.strip())
    except OSError as error:
        raise SetupError(f"{file}: cannot be read: {error.strerror or type(error).__name__}") from error


def _parquet(file: Path) -> Iterator[Any]:
    import pyarrow as pa  # noqa: PLC0415 (a second to load, and only for this kind of file)
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(batch_size=1_000):
                yield from batch.to_pylist()
    except pa.ArrowException as error:
        raise SetupError(f"{file}: is no Parquet file that can be read: {type(error).__name__}") from error


def _line(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _entry(row: Any) -> tuple[bytes, Verdict]:
    if not isinstance(row, Mapping):
        raise ValueError("is no JSON object")  # noqa: TRY004 (all that is wrong with a row is one error)
    model, text, digest = row.get("model"), row.get("text"), row.get("sha256")
    if not isinstance(model, str) or not model:
        raise ValueError("has no `model`")
    verdict = verdict_of(model, row.get("result"))
    if isinstance(text, str):
        key = text_key(text)
        if isinstance(digest, str) and digest.lower() != key.hex():
            raise ValueError("has a `sha256` that is not that of its `text`")
        return key, verdict
    if isinstance(digest, str) and _DIGEST.fullmatch(digest):
        return bytes.fromhex(digest), verdict
    raise ValueError("has neither `text` nor a `sha256` of 64 digits")
