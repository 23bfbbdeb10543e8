"""What the answers of each vote look like, in numbers, kept beside the ledger: what was counted once need not be again.

The ledger may lose the words of old conversations (`arena store retain`); these numbers stay. No text is in the file.
It can be deleted at any time: it is made again from the ledger.
"""

import sqlite3
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from arena.errors import SetupError
from export.ratings import counts
from export.ratings.sorted_votes import together
from export.ratings.style_counts import COLUMNS
from export.ratings.vote_table import VoteTable

VERSION = 1
"""Of how style is counted, too: with another one the file is made anew."""
MOST = 250_000
"""Of the newest votes so many are fitted with style: the time and the memory of a fit have an end."""
_TABLES = """
CREATE TABLE styled (
    vote TEXT PRIMARY KEY, model_a TEXT NOT NULL, model_b TEXT NOT NULL, winner TEXT NOT NULL, counts BLOB NOT NULL
) WITHOUT ROWID;
"""
_NUMBER = np.dtype("<u4")


class StyledVote(NamedTuple):
    """A vote, and what both sides' answers look like; no counts where their words are gone."""

    vote: str
    model_a: str
    model_b: str
    winner: str
    counts: tuple[int, ...] = ()
    """Those of `COLUMNS`, of side a, then of side b."""


class StyledVotes:
    """The file."""

    def __init__(self, connection: sqlite3.Connection, sorted_file: Path) -> None:
        self._connection = connection
        connection.execute("ATTACH DATABASE ? AS beside", (str(sorted_file),))

    def between(self, after: str, last: str) -> Mapping[str, tuple[str, str, str]]:
        """Return model a, model b and the outcome of the votes that it knows with ids above one and up to another."""
        asked = "SELECT vote, model_a, model_b, winner FROM styled WHERE vote > ? AND vote <= ?"
        return {vote: (a, b, winner) for vote, a, b, winner in self._connection.execute(asked, (after, last))}

    def correct(self, votes: Sequence[StyledVote]) -> None:
        """Keep other models and outcomes of votes that it knows; their counts stay."""
        if votes:
            with together(self._connection):
                corrected = ((each.model_a, each.model_b, each.winner, each.vote) for each in votes)
                update = "UPDATE styled SET model_a = ?, model_b = ?, winner = ? WHERE vote = ?"
                self._connection.executemany(update, corrected)

    def put(self, votes: Iterable[StyledVote]) -> None:
        """Keep votes."""
        rows = (
            (*each[:4], np.array(each.counts, np.int64).clip(0, 2**32 - 1).astype(_NUMBER).tobytes()) for each in votes
        )
        with together(self._connection):
            self._connection.executemany("INSERT OR REPLACE INTO styled VALUES (?, ?, ?, ?, ?)", rows)

    def drop(self, votes: Iterable[str]) -> None:
        """Forget votes."""
        with together(self._connection):
            self._connection.executemany("DELETE FROM styled WHERE vote = ?", ((each,) for each in votes))

    def table(self, category: str | None, secret: Collection[str], until: str) -> VoteTable:
        """Return the newest votes up to an id, those of a category where one is named, without some models."""
        inside = "" if category is None else "JOIN beside.sorted s USING (vote) "
        fits = "" if category is None else "AND instr(',' || s.names || ',', ',' || ? || ',') "
        asked = (
            f"SELECT model_a, model_b, winner, counts FROM styled {inside}"  # noqa: S608 (ours)
            f"WHERE vote <= ? AND counts != x'' {fits}ORDER BY vote DESC LIMIT {MOST}"
        )
        wanted = (until,) if category is None else (until, category)
        rows = [row for row in self._connection.execute(asked, wanted) if row[0] not in secret and row[1] not in secret]
        return _table(rows[::-1])


def _table(rows: Sequence[tuple[str, str, str, bytes]]) -> VoteTable:
    a, b, winners, counted = zip(*rows, strict=True) if rows else ((), (), (), ())
    numbers = np.frombuffer(b"".join(counted), _NUMBER).astype(np.float64).reshape(len(rows), 2, len(COLUMNS))
    style = {name: (numbers[:, 0, at], numbers[:, 1, at]) for at, name in enumerate(COLUMNS)}
    return VoteTable(counts.code(a, b, winners), "", style=style)


@contextmanager
def styled_votes(path: Path, sorted_file: Path) -> Generator[StyledVotes]:
    """Lend the file, made when missing, readable for its owner alone. In `sorted_file` stands which votes are where."""
    try:
        path.touch(0o600)
        with closing(sqlite3.connect(path, timeout=60, check_same_thread=False)) as connection:
            connection.execute("PRAGMA journal_mode = wal")
            connection.execute("PRAGMA synchronous = normal")
            connection.execute("PRAGMA secure_delete = on")
            _make(connection)
            yield StyledVotes(connection, sorted_file)
    except OSError as error:
        raise SetupError(f"{path} cannot be written: {error.strerror}") from error
    except sqlite3.DatabaseError as error:
        raise SetupError(f"{path} cannot be used ({error}): delete it, it is made anew") from error


def _make(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
        tables = f"BEGIN IMMEDIATE; DROP TABLE IF EXISTS styled; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT;"
        connection.executescript(tables)
