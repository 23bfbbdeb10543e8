"""In what two releases differ: rows by their ids, columns, counts, the recipe. Also for a million rows."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from arena.errors import SetupError
from export.release.check.made import Made

MEMORY = "1GB"
Change = tuple[Any, Any]
"""What it was and what it is; None where it was not, or is not."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What is in the second release and not, or not so, in the first."""

    form: str
    added: list[str]
    """Ids, as the next two."""
    removed: list[str]
    changed: list[str]
    columns: Mapping[str, int]
    """In how many of the changed rows a column changed."""
    schema: Mapping[str, Change]
    counts: Mapping[str, Change]
    settings: Mapping[str, Change]
    versions: Mapping[str, Change]
    recipe_added: list[str]
    recipe_removed: list[str]

    @property
    def is_nothing(self) -> bool:
        """The releases say the same."""
        return not any(getattr(self, name) for name in self.__slots__ if name != "form")


def difference(old: Made, new: Made) -> Difference:
    """Compare two releases of one form. Raises `SetupError` where they are not, or cannot be read."""
    if old.form.name != new.form.name:
        raise SetupError(
            f"{old.folder} is {old.form.name}, {new.folder} is {new.form.name}: their ids cannot be joined"
        )
    was, now = old.manifest, new.manifest
    with _tables(old, new) as connection:
        columns = _common_columns(old, new)
        return Difference(
            form=new.form.name,
            added=_ids(connection, "SELECT id FROM new ANTI JOIN old USING (id) ORDER BY id"),
            removed=_ids(connection, "SELECT id FROM old ANTI JOIN new USING (id) ORDER BY id"),
            changed=_ids(
                connection, "SELECT id FROM new JOIN old USING (id) WHERE new.digests <> old.digests ORDER BY id"
            ),
            columns=_changed_columns(connection, columns),
            schema=_changes(_schema(old), _schema(new)),
            counts=_changes(_counts(old), _counts(new)),
            settings=_changes({**was.settings, **was.seeds}, {**now.settings, **now.seeds}),
            versions=_changes(was.versions, now.versions),
            recipe_added=[step for step in now.recipe if step not in was.recipe],
            recipe_removed=[step for step in was.recipe if step not in now.recipe],
        )


@contextmanager
def _tables(old: Made, new: Made) -> Generator[duckdb.DuckDBPyConnection]:
    """Lend the tables `old` and `new`: of each row its id, and a digest of each column; texts are not kept."""
    columns = _common_columns(old, new)
    digests = ", ".join(f'hash("{name}")' for name in columns)
    try:
        with duckdb.connect(config={"memory_limit": MEMORY, "threads": 2}) as connection:
            for table, made in (("old", old), ("new", new)):
                files = [str(path) for path in made.data_files]
                question = f'CREATE TABLE {table} AS SELECT "{made.id_column}" AS id, [{digests}] AS digests '
                connection.execute(question + "FROM read_parquet($files)", {"files": files})
            yield connection
    except duckdb.Error as error:
        raise SetupError(f"{old.folder}, {new.folder}: {str(error).splitlines()[0]}") from error


def _common_columns(old: Made, new: Made) -> list[str]:
    was, now = _schema(old), _schema(new)
    return [name for name in was if name in now]


def _schema(made: Made) -> dict[str, str]:
    files = made.data_files
    if not files:
        raise SetupError(f"{made.folder}: there are no data files")
    try:
        return {field.name: str(field.type) for field in pq.read_schema(files[0])}
    except (pa.ArrowException, OSError) as error:
        raise SetupError(f"{files[0]}: {str(error).splitlines()[0]}") from error


def _ids(connection: duckdb.DuckDBPyConnection, question: str) -> list[str]:
    return [str(each) for (each,) in connection.execute(question).fetchall()]


def _changed_columns(connection: duckdb.DuckDBPyConnection, columns: Iterable[str]) -> dict[str, int]:
    names = list(columns)
    sums = ", ".join(f"count(*) FILTER (new.digests[{at}] <> old.digests[{at}])" for at in range(1, len(names) + 1))
    row = connection.execute(f"SELECT {sums} FROM new JOIN old USING (id)").fetchone() or ()  # noqa: S608 (ours)
    return {name: int(number) for name, number in zip(names, row, strict=True) if number}


def _counts(made: Made) -> dict[str, int]:
    counts = made.manifest.counts
    return {
        "read": counts.read,
        "released": counts.released,
        **{f"dropped {name}": n for name, n in counts.dropped.items()},
    }


def _changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Change]:
    names = [*was, *(name for name in now if name not in was)]
    return {name: (was.get(name), now.get(name)) for name in names if was.get(name) != now.get(name)}
