"""Side files: what is known of the rows and has no place in their columns. Never a word of what was said."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from export.release.forms import ReleaseKey
from export.release.messages import EXTRA_MODERATION, LOCAL_MODERATION
from export.release.selection import Selection

_REDACTIONS = pa.schema([("id", pa.string()), ("kind", pa.string()), ("times", pa.int32())])
_OF_MESSAGES = {
    "moderation_extra.parquet": ("extra_moderation", EXTRA_MODERATION),
    "moderation_local.parquet": ("local_moderation", LOCAL_MODERATION),
}
_DROPPED = pa.schema([("id", pa.string()), ("reason", pa.string())])


def write_side_files(chosen: Selection, form: str, into: Path, key: ReleaseKey) -> dict[str, int]:
    """Write a form's side files as `<form>.<name>`; return the rows of each by its name."""
    redactions = chosen.rows(
        "SELECT released_id, r.kind, r.times FROM "
        "(SELECT released_id, number, unnest(replaced) AS r FROM released) ORDER BY number, r.kind"
    )
    sides = {"redactions.parquet": _write(into / f"{form}.redactions.parquet", _REDACTIONS, redactions)}
    for name, (column, kind) in _OF_MESSAGES.items():
        sides |= _write_of_messages(chosen, column, kind, into / f"{form}.{name}", name)
    if form == "full":
        drops = chosen.rows("SELECT ledger_id, reason FROM drops")
        listed = sorted((key.id(form, ledger_id), reason) for ledger_id, reason in drops)
        sides["dropped.parquet"] = _write(into / f"{form}.dropped.parquet", _DROPPED, listed)
    return sides


def _write_of_messages(chosen: Selection, column: str, kind: pa.StructType, path: Path, name: str) -> dict[str, int]:
    """Write what was said of messages, if anything was: most releases have no such file."""
    table = chosen.table(
        f"SELECT released_id AS id, m.* FROM (SELECT released_id, number, unnest({column}) AS m FROM released) "  # noqa: S608 (our own)
        "ORDER BY number, m.side, m.message"
    )
    if not len(table):
        return {}
    schema = pa.schema([pa.field("id", pa.string()), *kind.fields])
    pq.write_table(table.cast(schema), path, compression="zstd", row_group_size=100_000)
    return {name: len(table)}


def _write(path: Path, schema: pa.Schema, rows: list[tuple[Any, ...]]) -> int:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    table = pa.table([pa.array(each, kind) for each, kind in zip(columns, schema.types, strict=True)], schema=schema)
    pq.write_table(table, path, compression="zstd", row_group_size=100_000)
    return len(rows)
