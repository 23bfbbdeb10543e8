"""How rows are written to Parquet: the same rows give the same bytes, with the same version of the library."""

from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

GROUP_ROWS = 2_000
GROUP_CHARS = 16_000_000
"""A row group ends when it has either."""


def parquet_writer(path: Path, schema: pa.Schema) -> AbstractContextManager[pq.ParquetWriter]:
    """Open a file for row groups; it is whole when the block ends."""
    return pq.ParquetWriter(path, schema, compression="zstd")


def group_ends(chars: Sequence[int], rows: int = GROUP_ROWS) -> Generator[tuple[int, int]]:
    """Cut rows of so many characters into row groups: from where, and to before where."""
    start, held = 0, 0
    for place, each in enumerate(chars):
        if place > start and (place - start >= rows or held + each > GROUP_CHARS):
            yield start, place
            start, held = place, 0
        held += each
    if start < len(chars):
        yield start, len(chars)
