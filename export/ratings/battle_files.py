"""Votes from files: CSV, JSON lines and Parquet, plain or gzipped, and the folders of releases."""

import hashlib
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv, json, parquet

from arena.errors import SetupError
from export.ratings.arrow_columns import plain
from export.ratings.forms import as_votes, kind_of, offered, to_read
from export.ratings.json_columns import check_rows, columns_of, mixed_rows
from export.ratings.said import TEXT_COLUMNS

_SUFFIXES = (".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet")
_BLOCK = 1 << 24
"""Bytes that are read at once; a JSON line must fit in."""
_ROWS = 1 << 17
"""Rows that are read at once from Parquet: of a file of any size no more than these are held as texts."""
_ROWS_OF_TEXT = 1 << 12
"""The same where what was said is read as well."""

TIMES = ("tstamp", "timestamp")
_EITHER = ("judge", "evaluation_session_id", "prompt_id", *TIMES)
"""In JSON lines they may be now a text, now a number."""
_TEXTS = ("model_a", "model_b", "winner", *_EITHER)
STYLE_COLUMNS = ("tokens", "chars", "headers", "lists", "bold", "code", "emoji")
BESIDE = {"speed": "seconds", "language": "other_language"}
"""What else may sway votes, and the columns that tell it: how long a side took, and whether it answered in another
language than it was asked in (1 or 0)."""
_NUMBERS = tuple(f"{column}_{side}" for column in (*STYLE_COLUMNS, *BESIDE.values()) for side in "ab")
_NEEDED = ("model_a", "model_b", "winner")
PROBABILITY = "pair_probability"
_CSV_ROW = re.compile(r"\bRow #(\d+)")
"""The library counts the head as a row."""
_WANTED = (*_TEXTS, PROBABILITY, *_NUMBERS)


def battle_files(paths: Sequence[Path]) -> list[Path]:
    """Return the files with votes that are meant: files as given, and those in folders.

    A folder is a release (`data/*.parquet`, or such a folder for each of its formats, of which one is read) or just
    holds files.
    """
    found = [file for path in paths for file in (_in_folder(path) if path.is_dir() else [path])]
    for file in found:
        if not file.is_file():
            raise SetupError(f"there is no file {file}")
        if not file.name.endswith(_SUFFIXES):
            raise SetupError(f"{file}: battles are read from {', '.join(_SUFFIXES)} files")
    return found


def _in_folder(folder: Path) -> list[Path]:
    release = _seen([*folder.glob("data/*.parquet"), *folder.glob("*/data/*.parquet")])
    with_votes = {file: kind_of(schema) for file in release if "winner" in (schema := _schema(file)).names}
    if with_votes:
        nearest = min(with_votes.values())  # the same votes come in each form
        return [file for file, kind in with_votes.items() if kind == nearest]
    plain = _seen(file for file in folder.iterdir() if file.name.endswith(_SUFFIXES))
    if not plain or release:
        raise SetupError(f"{folder}: there are no battles in this folder")
    return plain


def _seen(files: Iterable[Path]) -> list[Path]:
    """Return files in order, without hidden ones: systems leave such beside those that they copy."""
    return sorted(file for file in files if not file.name.startswith("."))


def digest(files: Iterable[Path]) -> str:
    """Return the SHA-256 of a file's bytes; of several files, that of their digests."""
    digests: list[str] = []
    for file in files:
        with file.open("rb") as stream:
            digests.append(hashlib.file_digest(stream, "sha256").hexdigest())
    return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()


def batches(file: Path, also: Sequence[str] = (), perhaps: Sequence[str] = ("anony",)) -> Iterator[pa.RecordBatch]:
    """Read a file piece by piece, of its columns those that ratings use, `also` others, `perhaps` more if it has any.

    What cannot be read is a `SetupError`.
    """
    with _told(file):
        columns = _schema(file)
        told_by = offered(columns)
        if missing := [name for name in (*_NEEDED, *also) if name not in told_by]:
            raise SetupError(f"{file}: there is no column {missing[0]}")
        if twice := [name for name in (*_WANTED, *also, *perhaps) if columns.names.count(told_by.get(name, name)) > 1]:
            raise SetupError(f"{file}: there are several columns {twice[0]}")
        if nested := [
            name for name in _TEXTS if told_by.get(name) == name and pa.types.is_nested(columns.field(name).type)
        ]:
            raise SetupError(f"{file}: the column {nested[0]} must hold texts or numbers")
        wanted = [name for name in dict.fromkeys((*_WANTED, *also, *perhaps)) if name in told_by]
        coded = [told_by[name] for name in _NEEDED if name not in also]
        for batch in _read(file, to_read(wanted, told_by), coded):
            yield as_votes(plain(batch, coded), wanted, told_by)


def tells_style(file: Path) -> bool:
    """Whether a file has counts of both sides' style."""
    told = offered(_schema(file))
    return any({f"{column}_a", f"{column}_b"} <= told.keys() for column in STYLE_COLUMNS)


def _schema(file: Path) -> pa.Schema:
    with _told(file):
        if file.name.endswith(".parquet"):
            return parquet.read_schema(file)
        try:
            with _open_text(file, {}) as reader:
                return reader.schema
        except pa.ArrowInvalid:
            if ".jsonl" not in file.name:
                raise
            return columns_of(file, _BLOCK)


def _read(file: Path, wanted: list[str], coded: list[str]) -> Iterator[pa.RecordBatch]:
    """Read columns; those to be `coded` may come with each different value said once."""
    if file.name.endswith(".parquet"):
        with parquet.ParquetFile(file, pre_buffer=False, read_dictionary=coded) as source:
            rows = _ROWS if set(wanted).isdisjoint((*TEXT_COLUMNS, "conversation")) else _ROWS_OF_TEXT
            yield from source.iter_batches(rows, columns=wanted, use_threads=False)
        return
    known, done = _schema(file), 0
    types = {name: _type(file, name, known.field(name).type) for name in wanted}
    try:
        with _open_text(file, types) as reader:
            for batch in reader:
                yield batch
                done += batch.num_rows
    except pa.ArrowInvalid:
        # the library takes one kind of value for each column, and counts rows from where it began to read
        if ".jsonl" not in file.name or not check_rows(file, types, _EITHER):
            raise
        yield from mixed_rows(file, types, _EITHER, done)


def _type(file: Path, name: str, guessed: pa.DataType) -> pa.DataType:
    """Columns are read as what they must be, not as what their first rows look like."""
    if name in (PROBABILITY, *_NUMBERS):
        return pa.float64()
    if ".csv" in file.name:
        return pa.bool_() if name == "anony" else pa.string()
    if name in TIMES and pa.types.is_integer(guessed):
        return pa.float64()
    return pa.string() if pa.types.is_null(guessed) or pa.types.is_timestamp(guessed) else guessed


def _open_text(file: Path, types: dict[str, pa.DataType]) -> Any:
    if ".csv" in file.name:
        # a quoted text may hold line ends; an empty field is missing, whatever else it is called
        return csv.open_csv(
            file,
            read_options=csv.ReadOptions(block_size=_BLOCK),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=types, include_columns=list(types), null_values=[""], strings_can_be_null=True
            ),
        )
    schema = pa.schema(list(types.items())) if types else None
    unexpected = "ignore" if types else "infer"
    return json.open_json(
        file,
        read_options=json.ReadOptions(block_size=_BLOCK),
        parse_options=json.ParseOptions(explicit_schema=schema, unexpected_field_behavior=unexpected),
    )


@contextmanager
def _told(file: Path) -> Generator[None]:
    """Turn the library's errors into ours."""
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        said = _CSV_ROW.sub(lambda found: f"row {int(found[1]) - 1}", str(error).splitlines()[0])
        raise SetupError(f"{file}: {said}") from error
