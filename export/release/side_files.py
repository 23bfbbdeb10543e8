"""Side files: what is known of the rows and has no place in their columns. Never a word of what was said."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from export.release.forms import ReleaseKey
from export.release.selection import Selection

_REDACTIONS = pa.schema([("id", pa.string()), ("kind", pa.string()), ("times", pa.int32())])
_DROPPED = pa.schema([("id", pa.string()), ("reason", pa.string())])


def write_side_files(chosen: Selection, form: str, into: Path, key: ReleaseKey) -> dict[str, int]:
    """Write a form's side files as `<form>.<name>`; return the rows of each by its name."""
    redactions = chosen.rows(
        "SELECT released_id, r.kind, r.times FROM "
        "(SELECT released_id, number, unnest(replaced) AS r FROM released) ORDER BY number, r.kind"
    )
    sides = {"redactions.parquet": _write(into / f"{form}.redactions.parquet", _REDACTIONS, redactions)}
    if form == "full":
        drops = chosen.rows("SELECT ledger_id, reason FROM drops")
        listed = sorted((key.id(form, ledger_id), reason) for ledger_id, reason in drops)
        sides["dropped.parquet"] = _write(into / f"{form}.dropped.parquet", _DROPPED, listed)
    return sides


def _write(path: Path, schema: pa.Schema, rows: list[tuple[Any, ...]]) -> int:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    table = pa.table([pa.array(each, kind) for each, kind in zip(columns, schema.types, strict=True)], schema=schema)
    pq.write_table(table, path, compression="zstd", row_group_size=100_000)
    return len(rows)
