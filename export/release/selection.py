"""The global pass: which rows are released, in which file each of them goes, and what is counted of them.

Nothing of what people said is read here: only notes of the rows, by DuckDB, in bounded memory.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

MEMORY = "400MB"
FILE_ROWS = 50_000
FILE_CHARS = 100_000_000
"""A data file holds about so many at most: whoever writes it holds it in memory."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows of one shard that go into one file: from `start` to before `stop`."""

    shard: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes into each data file."""

    files: tuple[tuple[Slice, ...], ...]
    left_out: frozenset[tuple[int, int]] = frozenset()
    """Shards and rows within the slices that do not go there after all."""


class Selection:
    """The notes of one form's rows, those that are released marked."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        """Ask about the tables `released` (the notes of what is released), `mapped` (of all) and `drops`."""
        return self._connection.execute(question).fetchall()

    def counts(self, question: str) -> dict[Any, int]:
        """Ask for pairs of something and a number."""
        return {key: int(number) for key, number in self.rows(question)}

    def number(self, question: str) -> int:
        """Ask for one number."""
        return int(self.rows(question)[0][0] or 0)

    def table(self, question: str) -> pa.Table:
        """Ask for a table, which has to fit in memory."""
        return self._connection.sql(question).to_arrow_table()

    def write(self, question: str, path: Path) -> int:
        """Write the answer to a Parquet file, in the order in which it comes; return the number of rows."""
        self._connection.execute(f"COPY ({question}) TO '{_quoted(path)}' (FORMAT parquet, COMPRESSION zstd)")
        return self.number(f"SELECT count(*) FROM read_parquet('{_quoted(path)}')")  # noqa: S608 (ours)


def withdrawn_of(forms: Sequence[str], folders: Sequence[Path], withdrawn: Mapping[str, str]) -> dict[str, str]:
    """Return which of the withdrawn conversations, with their reasons, the shards' folders hold for a form."""
    if not withdrawn:
        return {}
    notes = ", ".join(f"'{_quoted(folder / f'{form}.notes')}'" for form in forms for folder in folders)
    with duckdb.connect(config={"memory_limit": MEMORY, "threads": 2}) as connection:
        connection.register("withdrawn", pa.table({"conversation": pa.array(list(withdrawn), pa.string())}))
        held = f"SELECT DISTINCT unnest(conversations) AS conversation FROM read_parquet([{notes}])"  # noqa: S608 (ours)
        found = connection.execute(f"SELECT conversation FROM ({held}) SEMI JOIN withdrawn USING (conversation)")  # noqa: S608
        return {each: withdrawn[each] for (each,) in sorted(found.fetchall())}


@contextmanager
def selection(
    form: str, folders: Sequence[Path], sample: int | None, withdrawn: Mapping[str, str], spill: Path
) -> Generator[Selection]:
    """Choose of what the shards' folders hold for a form: all rows, or the first so many by their shuffle keys.

    `withdrawn` are conversations (with reasons) that must not be released since they were read.
    """
    spill.mkdir(parents=True, exist_ok=True)
    config: dict[str, Any] = {"memory_limit": MEMORY, "temp_directory": str(spill), "threads": 2}
    with duckdb.connect(config=config) as connection:
        connection.execute("CREATE TABLE shards (file VARCHAR, shard INTEGER)")
        connection.execute("CREATE TABLE withdrawn (ledger_id VARCHAR, reason VARCHAR)")
        connection.executemany(
            "INSERT INTO shards VALUES (?, ?)", [[str(f / f"{form}.notes"), int(f.name)] for f in folders]
        )
        if withdrawn:
            connection.executemany("INSERT INTO withdrawn VALUES (?, ?)", [list(each) for each in withdrawn.items()])
        notes = ", ".join(f"'{_quoted(folder / f'{form}.notes')}'" for folder in folders)
        drops = ", ".join(f"'{_quoted(folder / 'drops')}'" for folder in folders)
        for question in _tables(form, notes, drops, sample):
            connection.execute(question)
        yield Selection(connection)


def _tables(form: str, notes: str, drops: str, sample: int | None) -> list[str]:
    taken = "" if sample is None else f"WHERE number <= {sample}"
    return [
        f"""CREATE TABLE read AS
        SELECT n.* EXCLUDE (filename, file_row_number), s.shard, n.file_row_number AS row
        FROM read_parquet([{notes}], filename = true, file_row_number = true) n JOIN shards s ON s.file = n.filename""",  # noqa: S608 (our own names)
        """CREATE TABLE gone AS
        SELECT n.ledger_id, min(w.reason) AS reason
        FROM (SELECT ledger_id, unnest(conversations) AS conversation FROM read) n
        JOIN withdrawn w ON w.ledger_id = n.conversation GROUP BY ALL""",
        """CREATE TABLE mapped AS
        SELECT read.*, gone.reason AS withdrawn FROM read LEFT JOIN gone USING (ledger_id)""",
        "DROP TABLE read",
        f"""CREATE TABLE released AS
        SELECT * FROM (
            SELECT *, row_number() OVER (ORDER BY shuffle) AS number,
                sum(chars) OVER (ORDER BY shuffle ROWS UNBOUNDED PRECEDING) AS chars_so_far
            FROM mapped WHERE withdrawn IS NULL
        ) {taken}""",  # noqa: S608
        f"""CREATE TABLE drops AS
        SELECT ledger_id, reason FROM read_parquet([{drops}]) WHERE form = '{form}'
        UNION ALL SELECT ledger_id, withdrawn FROM mapped WHERE withdrawn IS NOT NULL
        UNION ALL SELECT ledger_id, 'not_sampled' FROM mapped
        WHERE withdrawn IS NULL AND ledger_id NOT IN (SELECT ledger_id FROM released)""",  # noqa: S608
    ]


def plan(chosen: Selection) -> Plan:
    """Spread the released rows over files of about the same length, in the order of their shuffle keys."""
    rows = chosen.number("SELECT count(*) FROM released")
    chars = chosen.number("SELECT sum(chars) FROM released")
    files = max(1, -(-rows // FILE_ROWS), -(-chars // FILE_CHARS))
    which = f"least({files} - 1, CAST(floor((chars_so_far - chars) * {files} / {max(chars, 1)}) AS INTEGER))"
    slices = chosen.rows(
        f"SELECT {which} AS file, shard, min(row), max(row) + 1 FROM released GROUP BY ALL ORDER BY ALL"  # noqa: S608
    )
    out = chosen.rows("SELECT shard, row FROM mapped WHERE withdrawn IS NOT NULL")
    by_file: list[list[Slice]] = [[] for _ in range(files)]
    for file, shard, start, stop in slices:
        by_file[file].append(Slice(shard, start, stop))
    return Plan(tuple(map(tuple, by_file)), frozenset((shard, row) for shard, row in out))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
