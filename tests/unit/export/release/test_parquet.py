from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from export.release import parquet
from export.release.parquet import parquet_rows

SCHEMA = pa.schema([("said", pa.string())])


def test_rows_are_written_group_by_group(tmp_path: Path):
    with parquet_rows(tmp_path / "p", SCHEMA, group_rows=3) as rows:
        for number in range(7):
            rows.add({"said": str(number)}, chars=1)

    file = pq.ParquetFile(tmp_path / "p")
    assert rows.written == 7
    assert [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)] == [3, 3, 1]
    assert file.read()["said"].to_pylist() == list("0123456")


def test_long_texts_end_a_group_early(tmp_path: Path):
    with parquet_rows(tmp_path / "p", SCHEMA) as rows:
        for _ in range(3):
            rows.add({"said": "x"}, chars=parquet.GROUP_CHARS // 2)

    assert pq.ParquetFile(tmp_path / "p").num_row_groups == 2


def test_no_rows_are_a_readable_file_too(tmp_path: Path):
    with parquet_rows(tmp_path / "p", SCHEMA):
        pass

    assert pq.read_table(tmp_path / "p").num_rows == 0


def test_the_file_is_compressed_with_zstd(tmp_path: Path):
    with parquet_rows(tmp_path / "p", SCHEMA) as rows:
        rows.add({"said": "x"}, chars=1)

    assert pq.ParquetFile(tmp_path / "p").metadata.row_group(0).column(0).compression == "ZSTD"
