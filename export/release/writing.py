"""The write: a pure function from a file's place in the plan to the file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from export.release.all_forms import FORMS
from export.release.mapping import BATCH_ROWS, mapped_folder
from export.release.parquet import group_ends, parquet_writer
from export.release.selection import Plan, Slice
from export.release.whole import whole_file, write_whole


@dataclass(frozen=True, slots=True)
class WriteJob:
    """What a process needs to know to write a form's files."""

    form: str
    mapped: Path
    plan: Plan
    into: Path
    notes: Path


@dataclass(frozen=True, slots=True)
class Written:
    """A data file that is there."""

    file: int
    rows: int
    arrow_bytes: int


def data_file(into: Path, file: int, files: int) -> Path:
    """Return where a data file is."""
    return into / "data" / f"train-{file:05}-of-{files:05}.parquet"


def write_file(job: WriteJob, file: int) -> Written:
    """Gather a file's rows from the shards, put them in order, and write them."""
    schema = FORMS[job.form].schema
    table = _gathered(job, file)
    path = data_file(job.into, file, len(job.plan.files))
    arrow_bytes = 0
    with whole_file(path) as place, parquet_writer(place, schema) as writer:
        if table is not None:
            place_in_table = pa.table({"shuffle": table["shuffle"], "place": range(len(table))})
            order = place_in_table.sort_by("shuffle")["place"].combine_chunks()
            chars = table["chars"].take(order).to_pylist()
            columns = table.select(schema.names)
            for start, stop in group_ends(chars):
                group = columns.take(order.slice(start, stop - start))
                arrow_bytes += group.nbytes
                writer.write_table(group)
    written = Written(file, pq.read_metadata(path).num_rows, arrow_bytes)
    write_whole(written_note(job, file), json.dumps(asdict(written)))
    return written


def written_note(job: WriteJob, file: int) -> Path:
    """Return where it is noted that a file is there, with what there is to say of it."""
    return job.notes / f"{job.form}-{file:05}.json"


def read_written(job: WriteJob, file: int) -> Written | None:
    """Return what was said of a file, None if it is not there yet."""
    note = written_note(job, file)
    return Written(**json.loads(note.read_text(encoding="utf-8"))) if note.exists() else None


def _gathered(job: WriteJob, file: int) -> pa.Table | None:
    """Return a file's rows in one piece, and keep nothing of the pieces."""
    parts = [_slice(job, each) for each in job.plan.files[file]]
    return pa.concat_tables(parts).combine_chunks() if parts else None


def _slice(job: WriteJob, wanted: Slice) -> pa.Table:
    """Read a few rows of a shard, and no more of it than the batches that hold them; keep only the rows."""
    with pa.OSFile(str(mapped_folder(job.mapped, wanted.shard) / f"{job.form}.arrow")) as source:
        reader = pa.ipc.open_file(source)
        first, last = wanted.start // BATCH_ROWS, (wanted.stop - 1) // BATCH_ROWS
        table = pa.Table.from_batches([reader.get_batch(each) for each in range(first, last + 1)]).combine_chunks()
    out = {row for shard, row in job.plan.left_out if shard == wanted.shard}
    kept = [row - first * BATCH_ROWS for row in range(wanted.start, wanted.stop) if row not in out]
    return table.take(pa.array(kept, pa.int64()))  # a slice would hold all of the batches
