"""Published votes in all their forms, as the one form that is read: a row for each vote, plain columns.

Columns of that form that a file tells otherwise: a release with a row for each conversation (`full`) tells them under
other names, the newer preference form tells style within `conv_metadata`.
"""

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from export.ratings.arrow_columns import numbers

_FULL = {
    "model_a": "model",
    "model_b": "other_model",
    "winner": "winner",
    "judge": "session",
    "tstamp": "voted_on",
    "anony": "is_anonymous",
    "reasons": "vote_reasons",
    "conversation_a": "conversation",
}
_SIDE = "side"
_METADATA = "conv_metadata"
_STYLE = {
    "tokens": "sum_assistant_{}_tokens",
    "headers": "header_count_{}",
    "lists": "list_count_{}",
    "bold": "bold_count_{}",
}
_WITHIN = {f"{name}_{side}": told.format(side) for name, told in _STYLE.items() for side in "ab"}


def offered(schema: pa.Schema) -> dict[str, str]:
    """Return the columns that can be read from a file with such columns, each with the file's that tells it."""
    names: Sequence[str] = schema.names
    found = {name: name for name in names}
    if _METADATA in names and pa.types.is_struct(kind := schema.field(_METADATA).type):
        inside = {field.name for field in kind}
        found |= {name: _METADATA for name, told in _WITHIN.items() if name not in names and told in inside}
    if _is_by_conversation(names):
        found |= _FULL
    return found


def _is_by_conversation(names: Sequence[str]) -> bool:
    return "model_a" not in names and {_SIDE, *_FULL.values()} <= set(names)


def kind_of(schema: pa.Schema) -> int:
    """Return how far a form is from the one that is read: of one release the nearest is taken."""
    return 2 if _is_by_conversation(schema.names) else 1 if _METADATA in schema.names else 0


def to_read(wanted: Sequence[str], told_by: Mapping[str, str]) -> list[str]:
    """Return the file's columns that tell those wanted."""
    needed = dict.fromkeys(told_by[name] for name in wanted)
    return list(needed | {_SIDE: None}) if told_by.get("model_a") == _FULL["model_a"] else list(needed)


def as_votes(batch: pa.RecordBatch, wanted: Sequence[str], told_by: Mapping[str, str]) -> pa.RecordBatch:
    """Return a batch of the file as the columns wanted. Of a battle's two conversations the left one is its vote."""
    if all(told_by[name] == name for name in wanted):
        return batch
    if told_by["model_a"] == _FULL["model_a"]:
        is_left = pc.call_function("equal", [batch.column(_SIDE), pa.scalar("a")])
        batch = batch.filter(pc.call_function("and", [is_left, batch.column("winner").is_valid()]))  # null is no
    return pa.record_batch({name: _column(batch, name, told_by[name]) for name in wanted})


def _column(batch: pa.RecordBatch, name: str, told_by: str) -> pa.Array:
    column = batch.column(told_by)
    if told_by == _METADATA and name != _METADATA:
        return _total(cast(pa.StructArray, column), _WITHIN[name])
    return column.cast(pa.timestamp("s")) if pa.types.is_date(column.type) else column


def _total(metadata: pa.StructArray, told: str) -> pa.Array:
    """Return a count, the sum of its parts where it has some; missing where nothing is told."""
    found = _inside(metadata)[told]
    if not pa.types.is_struct(found.type):
        return found.cast(pa.float64())
    parts = [np.nan_to_num(numbers(part)) for part in _inside(cast(pa.StructArray, found)).values()]
    return pa.array(np.sum(parts, axis=0), mask=~np.asarray(found.is_valid()))


def _inside(column: pa.StructArray) -> dict[str, pa.Array]:
    return dict(zip((field.name for field in column.type), column.flatten(), strict=True))
