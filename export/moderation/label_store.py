"""The labels of guard models, in the same file as the verdicts, under their own tables."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from arena.errors import SetupError
from export.moderation.store import generation_of, holes, reading, some
from export.moderation.verdict import GuardLabels
from export.moderation.writing import commit
from logging_store.columns import storable

Exchange = tuple[str, ...]
"""What a guard is shown: a message, or a message and its answer, which is then what is judged."""


def exchanges(texts: Sequence[str]) -> list[Exchange]:
    """Return, for each of the messages (user, assistant, user, ...), what a guard is shown to judge it."""
    return [(text,) if at % 2 == 0 else (texts[at - 1], text) for at, text in enumerate(texts)]


def exchange_key(exchange: Exchange) -> bytes:
    """Return the digest under which an exchange is looked up."""
    return sha256(json.dumps([storable(text) for text in exchange]).encode()).digest()


class LabelWriter:
    """Adds one guard's labels. None says that its answer could not be read: it is not asked again."""

    def __init__(self, connection: sqlite3.Connection, engine: str, model: str, version: str) -> None:
        self._connection = connection
        self._guard = (engine, model, version)

    def missing(self, keys: Iterable[bytes], *, retry: bool = False) -> set[bytes]:
        """Return those of the exchanges that this guard was not asked about; with `retry`, all it did not judge."""
        wanted = set(keys)
        question = (
            "SELECT l.text FROM labels l JOIN guards g ON g.id = l.guard "
            "WHERE g.engine = ? AND g.model = ? AND g.version = ? AND (l.labels IS NOT NULL OR NOT ?) "
            "AND l.text IN ({holes})"
        )
        for part in some(list(wanted)):
            asked = question.format(holes=holes(len(part)))
            wanted.difference_update(row[0] for row in self._connection.execute(asked, (*self._guard, retry, *part)))
        return wanted

    def add(self, found: Iterable[tuple[bytes, tuple[str, ...] | None]]) -> None:
        """Commit labels by their exchanges' digests."""
        with commit(self._connection) as generation:
            self._connection.execute(
                "INSERT OR IGNORE INTO guards (engine, model, version) VALUES (?, ?, ?)", self._guard
            )
            self._connection.executemany(
                "INSERT INTO labels SELECT id, ?, ?, ? FROM guards WHERE engine = ? AND model = ? AND version = ? "
                "ON CONFLICT DO UPDATE SET labels = excluded.labels, generation = excluded.generation "
                "WHERE labels.labels IS NULL",
                (
                    (key, None if labels is None else json.dumps(labels), generation, *self._guard)
                    for key, labels in found
                ),
            )

    def has_judged(self) -> bool:
        """Whether this guard gave a readable answer once."""
        question = (
            "SELECT 1 FROM labels l JOIN guards g ON g.id = l.guard "
            "WHERE g.engine = ? AND g.model = ? AND g.version = ? AND l.labels IS NOT NULL LIMIT 1"
        )
        return self._connection.execute(question, self._guard).fetchone() is not None


@dataclass(frozen=True, slots=True)
class GuardChoice:
    """Whose labels a release takes, as far as the file held them at one moment."""

    path: Path
    engine: str
    model: str
    version: str
    number: int
    """In the file."""
    generation: int


def choose_guard(path: Path, model: str | None = None) -> GuardChoice | None:
    """Choose whose labels a release takes: those of `model`, else of the guard with most; None if there are none."""
    question = (
        "SELECT g.engine, g.model, g.version, g.id, count(*) FROM labels l JOIN guards g ON g.id = l.guard "
        "WHERE l.labels IS NOT NULL GROUP BY g.id ORDER BY count(*) DESC, g.engine, g.model, g.version"
    )
    with reading(path) as connection:
        rows = [row for row in connection.execute(question) if model is None or row[1] == model]
        generation = generation_of(connection)
    if not rows and model is not None:
        raise SetupError(f"{path} holds no labels of {model}")
    if not rows:
        return None
    engine, name, version, number, _ = rows[0]
    return GuardChoice(path, engine, name, version, number, generation)


class LabelStore:
    """One guard's labels. To be opened by each process for itself, and closed."""

    def __init__(self, choice: GuardChoice) -> None:
        self.choice = choice
        self._open = ExitStack()
        self._connection = self._open.enter_context(reading(choice.path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._open.close()

    def find(self, texts: Sequence[str]) -> list[GuardLabels | None]:
        """Return what the guard said of each message of a conversation (user, assistant, user, ...)."""
        keys = [exchange_key(each) for each in exchanges(texts)]
        found: dict[bytes, GuardLabels] = {}
        question = (
            "SELECT text, labels FROM labels "
            "WHERE guard = ? AND generation <= ? AND labels IS NOT NULL AND text IN ({holes})"
        )
        which = self.choice
        for part in some(keys):
            asked = question.format(holes=holes(len(part)))
            for key, labels in self._connection.execute(asked, (which.number, which.generation, *part)):
                found[key] = GuardLabels(which.engine, which.model, which.version, tuple(json.loads(labels)))
        return [found.get(key) for key in keys]
