"""The file of verdicts, for those who read it: many at once, while one may be writing.

It is keyed by a digest of the text and by the model. No text is in it.
"""

import json
import sqlite3
import struct
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Self, TypeVar

from arena.errors import SetupError
from export.moderation.verdict import Verdict
from logging_store.columns import storable

FILE_NAME = "moderation.sqlite3"
FORMAT = 1
"""The file's `user_version`: another one is another program's, or a later one's."""
_AT_ONCE = 256
"""Digests in one question."""
_MAPPED = 1 << 40
"""Bytes of the file that are read without copying: as many as SQLite allows. All processes share them."""
_FIND = "SELECT text, layout, flags, scores FROM verdicts WHERE model = ? AND generation <= ? AND text IN ({holes})"
_REFUSED = (
    "SELECT text FROM unmoderated WHERE model IN (SELECT asked FROM answered WHERE answered = ? UNION SELECT ?) "
    "AND generation <= ? AND text IN ({holes})"
)
"""Refusals are known by the name under which the model was asked."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which verdicts a release takes: one model's, as far as the file held them at one moment."""

    path: Path
    model: str
    generation: int
    """Each commit is one. Those made later are not looked at: whoever goes on later finds the same verdicts."""


def text_key(text: str) -> bytes:
    """Return the digest under which a text is looked up: sha256 of its UTF-8, as the ledger stores it."""
    return sha256(storable(text).encode()).digest()


def some(items: Sequence[T], size: int = _AT_ONCE) -> Iterator[Sequence[T]]:
    """Cut into pieces."""
    return (items[at : at + size] for at in range(0, len(items), size))


def holes(number: int) -> str:
    """Return so many places for values in a question."""
    return ",".join("?" * number)


@contextmanager
def reading(path: Path) -> Generator[sqlite3.Connection]:
    """Lend a connection that cannot change the file. A missing or foreign file is a `SetupError`."""
    if not path.is_file():
        raise SetupError(f"there are no verdicts at {path}: `arena export moderate` fetches them")
    try:
        place = f"{path.absolute().as_uri()}?mode=ro"
        # an engine may take its tasks up in another thread than the one that opened the file, one at a time
        with closing(sqlite3.connect(place, uri=True, timeout=30, check_same_thread=False)) as connection:
            check_format(path, connection)
            connection.execute(f"PRAGMA mmap_size = {_MAPPED}")
            yield connection
    except sqlite3.Error as error:
        raise SetupError(f"{path} cannot be read as a file of verdicts: {error}") from error


def check_format(path: Path, connection: sqlite3.Connection) -> None:
    """Raise a `SetupError` if the file is of another kind."""
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found != FORMAT:
        raise SetupError(f"{path} is no file of verdicts, or one of another version")


def generation_of(connection: sqlite3.Connection) -> int:
    """Return the number of the last commit."""
    return connection.execute("SELECT value FROM facts WHERE name = 'generation'").fetchone()[0]


def verdict_counts(path: Path) -> Mapping[str, int]:
    """Return how many verdicts of each model there are."""
    with reading(path) as connection:
        rows = connection.execute(
            "SELECT m.name, count(*) FROM verdicts v JOIN models m ON m.id = v.model GROUP BY m.name ORDER BY m.name"
        )
        return dict(rows.fetchall())


def choose(path: Path, model: str | None = None) -> Choice | None:
    """Choose whose verdicts a release takes: those of `model`, else of the one with most; None if there are none.

    Scores of two models cannot be compared, so a release never has both.
    """
    counts = verdict_counts(path)
    if model is not None and model not in counts:
        known = ", ".join(counts) or "none"
        raise SetupError(f"{path} holds no verdicts of {model} (it holds those of: {known})")
    if not counts:
        return None
    with reading(path) as connection:
        generation = generation_of(connection)
    return Choice(path, model or max(sorted(counts), key=counts.__getitem__), generation)


class VerdictStore:
    """One model's verdicts. To be opened by each process for itself, and closed."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        self._open = ExitStack()
        self._connection = self._open.enter_context(reading(choice.path))
        row = self._connection.execute("SELECT id FROM models WHERE name = ?", (choice.model,)).fetchone()
        self._model: int = row[0] if row else -1
        self._readers: dict[int, Callable[[int, bytes], Verdict]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._open.close()

    def find(self, texts: Sequence[str]) -> list[Verdict | None]:
        """Return each text's verdict, None where there is none."""
        keys = [text_key(text) for text in texts]
        found: dict[bytes, Verdict] = {}
        for part in some(keys):
            question = _FIND.format(holes=holes(len(part)))
            rows = self._connection.execute(question, (self._model, self.choice.generation, *part))
            for key, layout, flags, scores in rows:
                found[key] = self._reader(layout)(flags, scores)
        return [found.get(key) for key in keys]

    def refused(self, texts: Sequence[str]) -> bool:
        """Whether the model was asked about each of these, and took none of them: asking again brings nothing."""
        keys = {text_key(text) for text in texts}
        for part in some(list(keys)):
            question = _REFUSED.format(holes=holes(len(part)))
            rows = self._connection.execute(question, (self._model, self._model, self.choice.generation, *part))
            keys.difference_update(row[0] for row in rows)
        return not keys

    def _reader(self, layout: int) -> Callable[[int, bytes], Verdict]:
        if layout not in self._readers:
            names = self._connection.execute("SELECT names FROM layouts WHERE id = ?", (layout,)).fetchone()[0]
            self._readers[layout] = _reader_of(self.choice.model, tuple(json.loads(names)))
        return self._readers[layout]


def packed(verdict: Verdict) -> tuple[str, int, bytes]:
    """Return a verdict's layout (the names of its categories), its truths as bits, and its scores to the last bit."""
    names = tuple(verdict.categories)
    flags = int(verdict.flagged) | sum(verdict.categories[name] << (at + 1) for at, name in enumerate(names))
    scores = struct.pack(f"<{len(names)}d", *(verdict.scores[name] for name in names))
    return json.dumps(names), flags, scores


@lru_cache(maxsize=64)
def _reader_of(model: str, names: tuple[str, ...]) -> Callable[[int, bytes], Verdict]:
    """Return what reads verdicts of one layout. What nothing was flagged in is most, and shares one mapping."""
    unpack = struct.Struct(f"<{len(names)}d").unpack
    bits = [(name, 2 << at) for at, name in enumerate(names)]
    nothing = dict.fromkeys(names, False)

    def read(flags: int, scores: bytes) -> Verdict:
        categories: Mapping[str, bool] = {name: bool(flags & bit) for name, bit in bits} if flags > 1 else nothing
        return Verdict(model, bool(flags & 1), categories, dict(zip(names, unpack(scores), strict=True)))

    return read
