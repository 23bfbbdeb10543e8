"""The file of verdicts, for the one who fills it. What is committed survives whatever ends the process."""

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from arena.errors import SetupError
from export.moderation.store import FORMAT, check_format, holes, packed, some
from export.moderation.verdict import Verdict

_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE models (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE layouts (id INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE);
CREATE TABLE verdicts (
    model INTEGER NOT NULL, text BLOB NOT NULL, layout INTEGER NOT NULL, flags INTEGER NOT NULL, scores BLOB NOT NULL,
    generation INTEGER NOT NULL, PRIMARY KEY (model, text)
) WITHOUT ROWID;
CREATE TABLE unmoderated (
    model INTEGER NOT NULL, text BLOB NOT NULL, reason TEXT NOT NULL, generation INTEGER NOT NULL,
    PRIMARY KEY (model, text)
) WITHOUT ROWID;
CREATE TABLE answered (asked INTEGER NOT NULL, answered INTEGER NOT NULL, PRIMARY KEY (asked, answered)) WITHOUT ROWID;
CREATE TABLE guards (
    id INTEGER PRIMARY KEY, engine TEXT NOT NULL, model TEXT NOT NULL, version TEXT NOT NULL,
    UNIQUE (engine, model, version)
);
CREATE TABLE labels (
    guard INTEGER NOT NULL, text BLOB NOT NULL, labels TEXT, generation INTEGER NOT NULL, PRIMARY KEY (guard, text)
) WITHOUT ROWID;
CREATE TABLE batches (
    plan TEXT PRIMARY KEY, base_url TEXT NOT NULL, model TEXT NOT NULL, requests INTEGER NOT NULL, batch_id TEXT
) WITHOUT ROWID;
CREATE TABLE waiting (text BLOB NOT NULL, plan TEXT NOT NULL, PRIMARY KEY (text, plan)) WITHOUT ROWID;
CREATE TABLE remote_files (file_id TEXT PRIMARY KEY, base_url TEXT NOT NULL) WITHOUT ROWID;
"""


@contextmanager
def writing(path: Path) -> Generator[sqlite3.Connection]:
    """Lend the file to its one writer, made when missing, readable for its owner alone."""
    with ExitStack() as opened:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
            opened.enter_context(_alone(path))
        except OSError as error:
            raise SetupError(f"{path} cannot be written: {error.strerror}") from error
        try:
            connection = opened.enter_context(closing(sqlite3.connect(path, timeout=60, isolation_level=None)))
            connection.execute("PRAGMA journal_mode = wal")
            connection.execute("PRAGMA synchronous = normal")
            connection.execute("PRAGMA cache_size = -65536")
            _make(connection)
            check_format(path, connection)
            yield connection
        except sqlite3.Error as error:
            raise SetupError(f"{path} cannot be written as a file of verdicts: {error}") from error


@contextmanager
def _alone(path: Path) -> Generator[None]:
    """Be the only one who fetches: two would ask for the same texts. The lock ends with its process."""
    lock = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SetupError(f"another `arena export moderate` is writing {path}") from error
        yield
    finally:
        os.close(lock)


def _make(connection: sqlite3.Connection) -> None:
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return
    first = f"INSERT INTO facts VALUES ('generation', 0), ('store', '{secrets.token_hex(16)}')"  # noqa: S608 (ours)
    connection.executescript(f"BEGIN; {_TABLES}; {first}; PRAGMA user_version = {FORMAT}; COMMIT;")


@contextmanager
def commit(connection: sqlite3.Connection) -> Generator[int]:
    """Do all of what is inside, or nothing. It is lent the number of its generation."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("UPDATE facts SET value = value + 1 WHERE name = 'generation'")
        yield connection.execute("SELECT value FROM facts WHERE name = 'generation'").fetchone()[0]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


class VerdictWriter:
    """Adds verdicts that were asked for under one model's name. A verdict that is there stays as it is."""

    def __init__(self, connection: sqlite3.Connection, asked: str) -> None:
        self.connection = connection
        self.asked = asked

    def missing(self, keys: Iterable[bytes], *, retry: bool = False) -> set[bytes]:
        """Return those of the texts about which nothing is known under this name, or from who answered to it.

        With `retry`, those too that the model refused.
        """
        wanted = set(keys)
        models = self._models()
        for part in some(list(wanted)):
            for table in ("verdicts",) if retry else ("verdicts", "unmoderated"):
                question = (
                    f"SELECT text FROM {table} WHERE model IN ({holes(len(models))}) AND text IN ({holes(len(part))})"  # noqa: S608 (numbers of places)
                )
                wanted.difference_update(row[0] for row in self.connection.execute(question, (*models, *part)))
        return wanted

    def add(self, verdicts: Sequence[tuple[bytes, Verdict]], refused: Sequence[tuple[bytes, str]] = ()) -> None:
        """Commit verdicts by their texts' digests, and why texts have none. Each verdict names who answered."""
        with commit(self.connection) as generation:
            self.add_in(generation, verdicts, refused)

    def add_in(
        self, generation: int, verdicts: Sequence[tuple[bytes, Verdict]], refused: Sequence[tuple[bytes, str]]
    ) -> None:
        """Do the same within a commit."""
        asked = self._id("models", "name", self.asked)
        models = {name: self._id("models", "name", name) for name in {each.model for _, each in verdicts}}
        self.connection.executemany(
            "INSERT OR IGNORE INTO answered VALUES (?, ?)", ((asked, m) for m in models.values())
        )
        layouts: dict[str, int] = {}
        rows: list[tuple[object, ...]] = []
        for key, verdict in sorted(verdicts, key=lambda each: each[0]):
            names, flags, scores = packed(verdict)
            layout = layouts.get(names) or layouts.setdefault(names, self._id("layouts", "names", names))
            rows.append((models[verdict.model], key, layout, flags, scores, generation))
        self.connection.executemany("INSERT OR IGNORE INTO verdicts VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.connection.executemany(
            "DELETE FROM unmoderated WHERE model = ? AND text = ?", ((asked, key) for key, _ in verdicts)
        )
        self.connection.executemany(
            "INSERT OR REPLACE INTO unmoderated VALUES (?, ?, ?, ?)",
            ((asked, key, reason, generation) for key, reason in refused),
        )

    def answering(self) -> list[str]:
        """Return the names of the models that answered to this name so far."""
        models = self._models()
        question = f"SELECT name FROM models WHERE id IN ({holes(len(models))}) ORDER BY name"  # noqa: S608
        names = [row[0] for row in self.connection.execute(question, models)]
        return [name for name in names if self._has_verdicts(name)]

    def _has_verdicts(self, name: str) -> bool:
        question = "SELECT 1 FROM verdicts WHERE model = (SELECT id FROM models WHERE name = ?) LIMIT 1"
        return self.connection.execute(question, (name,)).fetchone() is not None

    def _models(self) -> list[int]:
        question = (
            "SELECT id FROM models WHERE name = ?1 UNION "
            "SELECT a.answered FROM answered a JOIN models m ON m.id = a.asked WHERE m.name = ?1"
        )
        return [row[0] for row in self.connection.execute(question, (self.asked,))]

    def _id(self, table: str, column: str, value: str) -> int:
        self.connection.execute(f"INSERT OR IGNORE INTO {table} ({column}) VALUES (?)", (value,))  # noqa: S608 (ours)
        return self.connection.execute(f"SELECT id FROM {table} WHERE {column} = ?", (value,)).fetchone()[0]  # noqa: S608


def store_id(connection: sqlite3.Connection) -> str:
    """Return the file's own random name, by which batches are known to be its."""
    return connection.execute("SELECT value FROM facts WHERE name = 'store'").fetchone()[0]
