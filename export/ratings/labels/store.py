"""The file of labels: of the same kind as that of moderation's verdicts, by digests of prompts. No text is in it.

It is a file of its own: what is said there about prompts is no business of a release.
"""

import json
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from arena.errors import SetupError
from export.moderation.label_store import exchange_key
from export.moderation.store import generation_of, holes, reading, some
from export.ratings.categories import PromptLabels
from export.ratings.labels.question import ENGINE, VERSION, prompt_labels
from export.ratings.said import Said

FILE_NAME = "labels.sqlite3"

_WHO = (
    "SELECT g.model, g.id, count(*) FROM labels l JOIN guards g ON g.id = l.guard "
    "WHERE l.labels IS NOT NULL AND g.engine = ? AND g.version = ? GROUP BY g.id ORDER BY count(*) DESC, g.model"
)


def key_of(said: Said) -> bytes:
    """Return the digest under which a battle's prompts are looked up."""
    return exchange_key((said.asked,))


@dataclass(slots=True)
class StoredLabels:
    """One model's labels, as far as the file held them when it was opened."""

    model: str
    connection: sqlite3.Connection
    number: int
    generation: int

    @property
    def source(self) -> str:
        """Who labelled, and by which question."""
        return f"{self.model}, question {VERSION}"

    def find(self, battles: Sequence[Said]) -> Sequence[PromptLabels | None]:
        """Return each battle's labels, None where there are none."""
        keys = [key_of(said) for said in battles]
        found: dict[bytes, PromptLabels] = {}
        question = (
            "SELECT text, labels FROM labels "
            "WHERE guard = ? AND generation <= ? AND labels IS NOT NULL AND text IN ({holes})"
        )
        for part in some(sorted(set(keys))):
            asked = question.format(holes=holes(len(part)))
            for key, labels in self.connection.execute(asked, (self.number, self.generation, *part)):
                found[key] = prompt_labels(json.loads(labels))
        return [found.get(key) for key in keys]


@contextmanager
def open_labels(path: Path, model: str | None = None, *, needed: bool = True) -> Generator[StoredLabels | None]:
    """Lend the labels of a model, else of the one that gave most. Without any it is a `SetupError` if they are needed,
    else None is lent.
    """
    if not path.is_file():
        if needed:
            raise SetupError(f"there are no labels at {path}: `arena ratings label` asks a model for them")
        yield None
        return
    with reading(path) as connection:
        rows = [row for row in connection.execute(_WHO, (ENGINE, VERSION)) if model is None or row[0] == model]
        if not rows and not needed:
            yield None
            return
        if not rows:
            raise SetupError(f"{path} holds no labels" + (f" of {model}" if model else ""))
        name, number, _ = rows[0]
        yield StoredLabels(name, connection, number, generation_of(connection))
