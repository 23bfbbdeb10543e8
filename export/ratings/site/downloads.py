"""A board's data beside its page: CSV, JSON, Parquet."""

import io
import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from export.ratings.report_files import COLUMNS, as_csv
from export.ratings.site.models import Facts, ModelFacts
from export.ratings.site.site_board import SiteBoard

KINDS = ("csv", "json", "parquet")
_TEXTS = ("model", "status", "reason", "organisation", "licence", "link")
_WHOLE = ("rank", "rank_ub", "rank_low", "rank_high", "battles", "wins", "losses", "ties")
_FACTS = tuple(name for name in ModelFacts.model_fields if name != "name")


def downloads(board: SiteBoard, facts: Facts) -> dict[str, bytes]:
    """Return the files by their endings."""
    rows = [_row(row, facts.get(row["model"])) for row in board.rows]
    columns = (*COLUMNS, *_FACTS)
    said = {**board.board, "category": board.category, "models": rows}
    return {
        "csv": as_csv(columns, rows),
        "json": json.dumps(said, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n",
        "parquet": _parquet(columns, rows),
    }


def _row(row: Mapping[str, Any], facts: ModelFacts | None) -> dict[str, Any]:
    beside = {name: None if facts is None else getattr(facts, name) for name in _FACTS}
    return {name: row.get(name) for name in COLUMNS} | beside


def _parquet(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> bytes:
    fields = [
        (name, pa.string() if name in _TEXTS else pa.int64() if name in _WHOLE else pa.float64()) for name in columns
    ]
    packed = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows, pa.schema(fields)), packed)
    return packed.getvalue()
