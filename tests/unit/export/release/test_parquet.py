from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from export.release import parquet
from export.release.parquet import group_ends, parquet_writer

SCHEMA = pa.schema([("said", pa.string())])


def test_rows_are_cut_into_groups():
    assert list(group_ends([1] * 7, rows=3)) == [(0, 3), (3, 6), (6, 7)]


def test_long_texts_end_a_group_early():
    half = parquet.GROUP_CHARS // 2

    assert list(group_ends([half, half, half])) == [(0, 2), (2, 3)]


def test_a_text_longer_than_a_group_has_one_to_itself():
    assert list(group_ends([1, 2 * parquet.GROUP_CHARS, 1])) == [(0, 1), (1, 2), (2, 3)]


def test_no_rows_are_no_group():
    assert list(group_ends([])) == []


def test_the_file_is_compressed_with_zstd(tmp_path: Path):
    with parquet_writer(tmp_path / "p", SCHEMA) as writer:
        writer.write_table(pa.table({"said": ["x"]}, schema=SCHEMA))

    assert pq.ParquetFile(tmp_path / "p").metadata.row_group(0).column(0).compression == "ZSTD"
