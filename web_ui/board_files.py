"""The leaderboard as files to download. They hold names as they are: a program that reads them looks for these."""

import csv
import io
from typing import Any

from arena.leaderboard import BoardRow, Leaderboard
from arena.model import PublicModel

_FACTS = ("organisation", "licence", "link", "price_in", "price_out")
_COLUMNS = (*BoardRow.model_fields, *_FACTS)
_TEXTS = ("model", "status", "reason", "organisation", "licence", "link")
_WHOLE = ("rank", "rank_low", "rank_high", "battles", "wins", "losses", "ties")

Models = tuple[PublicModel, ...]


def as_json(board: Leaderboard, _models: Models) -> bytes:
    """Return the board as JSON, as the controller tells it."""
    return board.model_dump_json(indent=1).encode() + b"\n"


def as_csv(board: Leaderboard, models: Models) -> bytes:
    """Return the board's rows as CSV in UTF-8."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_rows(board, models))
    return text.getvalue().encode()


def as_parquet(board: Leaderboard, models: Models) -> bytes:
    """Return the board's rows as Parquet."""
    import pyarrow as pa  # noqa: PLC0415 (takes long to load, and few ask for it)
    from pyarrow import parquet  # noqa: PLC0415

    kinds = {**dict.fromkeys(_TEXTS, pa.string()), **dict.fromkeys(_WHOLE, pa.int64())}
    schema = pa.schema([(name, kinds.get(name, pa.float64())) for name in _COLUMNS])
    packed = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(_rows(board, models), schema), packed)
    return packed.getvalue()


def _rows(board: Leaderboard, models: Models) -> list[dict[str, Any]]:
    known = {model.name: model.model_dump() for model in models}
    return [row.model_dump() | {name: known.get(row.model, {}).get(name) for name in _FACTS} for row in board.rows]
