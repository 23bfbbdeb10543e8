"""From columns as files hold them (Arrow) to codes and numbers."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from export.ratings.scale import Codes, Flags, Floats

_MOST = 1e15
_LAST_SECOND = 253_402_387_200.0
"""The end of the year 9999 in all zones: what lies beyond is not in seconds, or no time."""

_OTHER_TEXTS = (pa.types.is_large_string, pa.types.is_string_view)


class BadValue(Exception):
    """A value cannot be read. Holds the row, counted from 0 within the column, and what is wrong with it."""

    def __init__(self, row: int, problem: str) -> None:
        self.row = row
        self.problem = problem
        super().__init__(problem)


def text_codes(column: pa.Array, code_of: Callable[[str], int], name: str) -> Codes:
    """Code a column of texts: `code_of` is asked once for each different one. Missing ones are -1.

    If `code_of` raises a `KeyError`, the value is a `BadValue`.
    """
    encoded = column if _is_coded_text(column) else column.cast(pa.string()).dictionary_encode()
    lookup = np.full(len(encoded.dictionary) + 1, -1, np.int32)
    for at, text in enumerate(encoded.dictionary.to_pylist()):
        try:
            lookup[at] = -1 if text is None else code_of(text)
        except KeyError:
            row = pc.index(encoded.indices, at).as_py()
            if row >= 0:  # a file's dictionary may hold what this part of it does not
                raise BadValue(row, f"{name} is {text!r}") from None
    indices = encoded.indices.fill_null(len(encoded.dictionary)) if encoded.null_count else encoded.indices
    return lookup[indices.to_numpy()]


def _is_coded_text(column: pa.Array) -> bool:
    return pa.types.is_dictionary(column.type) and pa.types.is_string(column.type.value_type)


def plain(batch: pa.RecordBatch, coded: Collection[str]) -> pa.RecordBatch:
    """Return texts as texts, however a file holds them; those `coded` may stay with each different value said once."""
    for at, field in enumerate(batch.schema):
        column, kind = batch.column(at), field.type
        if pa.types.is_dictionary(kind) and field.name not in coded:
            column = column.dictionary_decode()
        if any(is_text(column.type) for is_text in _OTHER_TEXTS):
            column = column.cast(pa.string())
        if column.type != kind:
            batch = batch.set_column(at, field.name, column)
    return batch


def required(codes: Codes, name: str) -> Codes:
    """Make sure that no value is missing."""
    if (codes < 0).any():
        raise BadValue(int(np.argmax(codes < 0)), f"{name} is missing")
    return codes


def lists_other(column: pa.Array, known: str) -> Flags:
    """Say which rows list another word than the one known; CSV lists them with commas."""
    if pa.types.is_string(column.type):
        column = pc.call_function("split_pattern", [column], pc.SplitPatternOptions(","))
    lengths = pc.fill_null(pc.call_function("list_value_length", [column]), 0).to_numpy(zero_copy_only=False)
    found = np.zeros(len(column), np.bool_)
    for row in np.flatnonzero(lengths).tolist():
        found[row] = any(word and word != known for word in column[row].as_py())
    return found


def numbers(column: pa.Array) -> Floats:
    """Read a column of numbers; missing ones are NaN."""
    return column.cast(pa.float64()).to_numpy(zero_copy_only=False)


def amounts(column: pa.Array, name: str) -> Floats:
    """Read a column of counts, finite and not below 0; missing ones are NaN."""
    found = numbers(column)
    if len(wrong := np.flatnonzero((found < 0) | (found > _MOST))):
        raise BadValue(int(wrong[0]), f"{name} is {found[wrong[0]]}; it must be a count")
    return found


def probabilities(column: pa.Array, name: str) -> Floats:
    """Read a column of probabilities above 0; missing ones are NaN."""
    found = numbers(column)
    if len(wrong := np.flatnonzero((found <= 0) | (found > 1))):
        raise BadValue(int(wrong[0]), f"{name} is {found[wrong[0]]}; it must be above 0 and at most 1")
    return found


def seconds(column: pa.Array, name: str) -> Floats:
    """Read a column of times as unix seconds: numbers of seconds, timestamps, dates, or texts with any (ISO 8601).

    A time without a zone is taken as UTC; a missing or empty one is NaN.
    """
    if pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("s"))
    if pa.types.is_timestamp(column.type):
        micros = column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(pa.int64())
        return micros.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False) / 1e6
    if pa.types.is_string(column.type):
        found = np.array([_seconds(row, text, name) for row, text in enumerate(column.to_pylist())], np.float64)
    else:
        found = numbers(column)
    if len(wrong := np.flatnonzero(np.abs(found) > _LAST_SECOND)):
        raise BadValue(int(wrong[0]), f"{name} is {found[wrong[0]]}; it must be unix seconds or ISO 8601")
    return found


def _seconds(row: int, text: str | None, name: str) -> float:
    if not text:
        return float("nan")
    try:
        return float(text)
    except ValueError:
        pass
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise BadValue(row, f"{name} is {text!r}; it must be unix seconds or ISO 8601") from None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
