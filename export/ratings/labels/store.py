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
from export.ratings.categories import PromptLabels, Refused
from export.ratings.labels.question import ENGINE, NO_REFUSAL, REFUSAL, VERSION, prompt_labels
from export.ratings.said import Said

FILE_NAME = "labels.sqlite3"

_WHO = (
    "SELECT g.model, g.id, count(*) FROM labels l JOIN guards g ON g.id = l.guard "
    "WHERE l.labels IS NOT NULL AND g.engine = ? AND g.version = ? GROUP BY g.id ORDER BY count(*) DESC, g.model"
)

_REFUSALS = "SELECT 1 FROM labels WHERE guard = ? AND labels IN (?, ?) LIMIT 1"


def key_of(said: Said) -> bytes:
    """Return the digest under which a battle's prompts are looked up."""
    return exchange_key((said.asked,))


def answer_keys(said: Said) -> tuple[bytes, bytes]:
    """Return the digests under which the answers of both sides are looked up."""
    return exchange_key((said.asked, said.answered[0])), exchange_key((said.asked, said.answered[1]))


@dataclass(slots=True)
class StoredLabels:
    """One model's labels, as far as the file held them when it was opened."""

    model: str
    connection: sqlite3.Connection
    number: int
    generation: int
    has_refusals: bool
    """Whether there are labels of answers, too."""

    @property
    def source(self) -> str:
        """Who labelled, and by which question."""
        return f"{self.model}, question {VERSION}"

    def find(self, battles: Sequence[Said]) -> Sequence[PromptLabels | None]:
        """Return each battle's labels, None where there are none."""
        keys = [key_of(said) for said in battles]
        found = {key: prompt_labels(labels) for key, labels in self._stored(set(keys)).items()}
        return [found.get(key) for key in keys]

    def refused(self, battles: Sequence[Said]) -> Sequence[Refused]:
        """Return whether each battle's sides refuse."""
        keys = [answer_keys(said) for said in battles]
        found = {
            key: REFUSAL in labels for key, labels in self._stored({each for both in keys for each in both}).items()
        }
        return [(found.get(a), found.get(b)) for a, b in keys]

    def lacking(self, battles: Sequence[Said]) -> Sequence[tuple[bytes, ...]]:
        """Return the digests of the labels that each battle waits for."""
        keys = [(key_of(said), *(answer_keys(said) if self.has_refusals else ())) for said in battles]
        found = self._stored({each for some_keys in keys for each in some_keys})
        return [tuple(key for key in some_keys if key not in found) for some_keys in keys]

    def newer_than(self, generation: int) -> list[bytes]:
        """Return the digests of what was labelled since."""
        asked = "SELECT text FROM labels WHERE guard = ? AND generation > ? AND generation <= ? AND labels IS NOT NULL"
        return [row[0] for row in self.connection.execute(asked, (self.number, generation, self.generation))]

    def _stored(self, keys: set[bytes]) -> dict[bytes, list[str]]:
        question = (
            "SELECT text, labels FROM labels "
            "WHERE guard = ? AND generation <= ? AND labels IS NOT NULL AND text IN ({holes})"
        )
        found: dict[bytes, list[str]] = {}
        for part in some(sorted(keys)):
            asked = question.format(holes=holes(len(part)))
            for key, labels in self.connection.execute(asked, (self.number, self.generation, *part)):
                found[key] = json.loads(labels)
        return found


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
        found = labels_in(connection, model)
        if found is None and needed:
            raise SetupError(f"{path} holds no labels" + (f" of {model}" if model else ""))
        yield found


def labels_in(connection: sqlite3.Connection, model: str | None = None) -> StoredLabels | None:
    """Return the labels of a model, else of the one that gave most, as the file holds them now."""
    generation = generation_of(connection)
    rows = [row for row in connection.execute(_WHO, (ENGINE, VERSION)) if model is None or row[0] == model]
    if not rows:
        return None
    name, number, _ = rows[0]
    of_answers = (number, json.dumps([REFUSAL]), json.dumps([NO_REFUSAL]))
    has_refusals = connection.execute(_REFUSALS, of_answers).fetchone() is not None
    return StoredLabels(name, connection, number, generation, has_refusals)
