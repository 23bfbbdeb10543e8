"""Which categories each vote is in, kept beside the ledger: what was told once need not be told again.

The ledger may lose the words of old conversations (`arena store retain`); a vote's categories stay. No text is in the
file. It can be deleted at any time: it is made again from the ledger.
"""

import errno
import secrets
import sqlite3
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from arena.errors import SetupError
from export.moderation.store import holes, some
from export.ratings.said import Said
from export.ratings.sorting import prompt_digest

FORMAT = 1
_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE sorted (
    vote TEXT PRIMARY KEY, names TEXT NOT NULL, version TEXT NOT NULL, labelled INTEGER NOT NULL, prompt BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX sorted_prompt ON sorted (prompt);
"""
_UNLABELLED = """
CREATE TABLE IF NOT EXISTS unlabelled (
    key BLOB NOT NULL, vote TEXT NOT NULL, PRIMARY KEY (key, vote)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS unlabelled_vote ON unlabelled (vote);
"""
"""For which labels votes wait: by the beginnings of the digests under which these are looked up."""
_KEY_BYTES = 8


class SortedVote(NamedTuple):
    """A vote, and where it belongs."""

    vote: str
    names: tuple[str, ...]
    version: str
    """Of the rules by which that was told."""
    prompt: bytes
    """Keyed digest of what was asked first; empty where that is not known."""
    lacking: tuple[bytes, ...] = ()
    """The digests of the labels that it waits for; not told where it is read."""


class SortedVotes:
    """The file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        row = connection.execute("SELECT value FROM facts WHERE name = 'key'").fetchone()
        self._key: bytes = row[0]

    def between(self, first: str, last: str) -> Mapping[str, SortedVote]:
        """Return the votes whose ids are from one to another."""
        asked = "SELECT * FROM sorted WHERE vote BETWEEN ? AND ?"
        return {each.vote: each for each in map(_sorted_vote, self._connection.execute(asked, (first, last)))}

    def of(self, votes: Sequence[str]) -> Mapping[str, SortedVote]:
        """Return some votes."""
        found: dict[str, SortedVote] = {}
        for part in some(votes):
            asked = f"SELECT * FROM sorted WHERE vote IN ({holes(len(part))})"  # noqa: S608 (numbers of places)
            found |= {each.vote: each for each in map(_sorted_vote, self._connection.execute(asked, part))}
        return found

    def together(self) -> AbstractContextManager[None]:
        """Keep all of what is put inside, or nothing."""
        return together(self._connection)

    def put(self, vote: SortedVote) -> None:
        """Keep where a vote belongs, in the place of what was kept about it."""
        row = (vote.vote, ",".join(vote.names), vote.version, not vote.lacking, vote.prompt)
        self._connection.execute("INSERT OR REPLACE INTO sorted VALUES (?, ?, ?, ?, ?)", row)
        self._connection.execute("DELETE FROM unlabelled WHERE vote = ?", (vote.vote,))
        keys = [(key[:_KEY_BYTES], vote.vote) for key in vote.lacking]
        self._connection.executemany("INSERT OR IGNORE INTO unlabelled VALUES (?, ?)", keys)

    def rename(self, votes: Sequence[SortedVote]) -> None:
        """Keep other categories of votes that it knows; all else that is kept about them stays."""
        if votes:
            with self.together():
                renamed = ((",".join(each.names), each.vote) for each in votes)
                self._connection.executemany("UPDATE sorted SET names = ? WHERE vote = ?", renamed)

    def drop(self, votes: Sequence[str]) -> None:
        """Forget votes."""
        with self.together():
            for table in ("sorted", "unlabelled"):
                gone = f"DELETE FROM {table} WHERE vote = ?"  # noqa: S608 (ours)
                self._connection.executemany(gone, ((each,) for each in votes))

    def waiting_for(self, keys: Iterable[bytes]) -> set[str]:
        """Return the votes that wait for some of these labels."""
        asked, found = "SELECT vote FROM unlabelled WHERE key = ?", set[str]()
        if self._connection.execute("SELECT 1 FROM unlabelled LIMIT 1").fetchone():
            for key in keys:
                found.update(row[0] for row in self._connection.execute(asked, (key[:_KEY_BYTES],)))
        return found

    def told_otherwise(self, version: str) -> set[str]:
        """Return the votes about which what is kept was told by another version."""
        return {row[0] for row in self._connection.execute("SELECT vote FROM sorted WHERE version != ?", (version,))}

    def prompt(self, said: Said) -> bytes:
        """Return a digest of what was asked first, which nobody can guess at without this file."""
        return blake2b(prompt_digest(said).encode(), key=self._key, digest_size=12).digest()

    def first_about(self, prompt: bytes, most: int, but: str = "") -> list[str]:
        """Return the first votes about a prompt, in the order in which they were cast."""
        asked = "SELECT vote FROM sorted WHERE prompt = ? AND vote != ? ORDER BY vote LIMIT ?"
        return [row[0] for row in self._connection.execute(asked, (prompt, but, most))]


@contextmanager
def together(connection: sqlite3.Connection) -> Generator[None]:
    """Keep all of what is written inside, or nothing. A disk that is full is an `OSError`."""
    try:
        with connection:
            yield
    except sqlite3.OperationalError as error:
        raise OSError(errno.EIO, str(error)) from error


def _sorted_vote(row: tuple[str, str, str, int, bytes]) -> SortedVote:
    return SortedVote(row[0], tuple(row[1].split(",")) if row[1] else (), row[2], row[4])


@contextmanager
def sorted_votes(path: Path) -> Generator[SortedVotes]:
    """Lend the file, made when missing, readable for its owner alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o600)
        # a board is made in another thread than votes are read in, one at a time
        with closing(sqlite3.connect(path, timeout=60, check_same_thread=False)) as connection:
            connection.execute("PRAGMA journal_mode = wal")
            connection.execute("PRAGMA synchronous = normal")
            connection.execute("PRAGMA secure_delete = on")
            _make(connection)
            if connection.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
                raise SetupError(f"{path} is of another version: delete it, it is made anew")
            yield SortedVotes(connection)
    except OSError as error:
        raise SetupError(f"{path} cannot be written: {error.strerror}") from error
    except sqlite3.DatabaseError as error:
        raise SetupError(f"{path} cannot be used ({error}): delete it, it is made anew") from error


def _make(connection: sqlite3.Connection) -> None:
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        connection.executescript(_UNLABELLED)
        return
    connection.executescript(
        f"BEGIN IMMEDIATE; {_TABLES} {_UNLABELLED} INSERT INTO facts VALUES ('key', x'{secrets.token_hex(32)}');"  # noqa: S608 (ours)
        f" PRAGMA user_version = {FORMAT}; COMMIT;"
    )
