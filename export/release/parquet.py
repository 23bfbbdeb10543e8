"""Writes rows to a Parquet file, holding no more than one row group in memory."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

GROUP_ROWS = 2_000
GROUP_CHARS = 16_000_000
"""A row group ends when it has either."""


class ParquetRows:
    """Gathers rows into row groups. The same rows give the same bytes, with the same version of the library."""

    def __init__(self, writer: pq.ParquetWriter, schema: pa.Schema, group_rows: int) -> None:
        self._writer = writer
        self._schema = schema
        self._group_rows = group_rows
        self._rows: list[dict[str, Any]] = []
        self._chars = 0
        self.written = 0

    def add(self, row: dict[str, Any], chars: int) -> None:
        """Take one row, `chars` characters of text."""
        self._rows.append(row)
        self._chars += chars
        if len(self._rows) >= self._group_rows or self._chars >= GROUP_CHARS:
            self.flush()

    def flush(self) -> None:
        """Write what was gathered."""
        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
        self.written += len(self._rows)
        self._rows = []
        self._chars = 0


@contextmanager
def parquet_rows(path: Path, schema: pa.Schema, group_rows: int = GROUP_ROWS) -> Generator[ParquetRows]:
    """Open a file for rows; it is whole when the block ends."""
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        rows = ParquetRows(writer, schema, group_rows)
        yield rows
        rows.flush()
