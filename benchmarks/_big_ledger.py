"""Makes a big ledger in an SQLite file, quickly: rows go to the driver as they are, in the order of time."""

import asyncio
import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from arena.ids import time_ordered_id
from logging_store.ledger import open_ledger

BEGIN = 1_780_000_000.0
APART = 0.2
"""Seconds from one conversation's start to the next one's, so that their turns lie between each other's."""
PER_SESSION = 3
"""Conversations."""
AT_ONCE = 10_000
_WORDS = ("the", "of", "and", "to", "in", "is", "was", "for", "model", "answer", "reads", "several", "sentences")
_FOREIGN = ("über", "straße", "日本語", "хорошо", "naïve", "wort", "слово")

Row = tuple[Any, ...]
_COLUMNS = {
    "sessions": "id, token_hash, address_hash, opened_at, period",
    "consents": "id, session_id, terms_version, serve, log, release, share, language, accepted_at",
    "conversations": "id, session_id, mode, model, opened_at",
    "turns": "id, conversation_id, position, consent_id, controller, model, text, parameters, opened_at, worker, "
    "first_word_at, finished_at, ending, finish_reason, answer, reasoning, prompt_tokens, completion_tokens",
    "release_choices": "id, conversation_id, session_id, allowed, chosen_at",
    "tombstones": "conversation_id, forgotten_at, reason",
}


def make_ledger(file: Path, conversations: int, said: list[str] | None = None) -> None:
    """Write a new ledger with conversations of one to three turns, 1 KB of text a turn. The same each time.

    Messages are parts of `said`, else words without sense.
    """
    asyncio.run(_migrate(file))
    maker = _Maker(random.Random(7), said or [])
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        for first in range(0, conversations, AT_ONCE):
            rows = maker.rows(first, min(first + AT_ONCE, conversations))
            connection.execute("BEGIN")
            for table, columns in _COLUMNS.items():
                places = ", ".join("?" * (columns.count(",") + 1))
                connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows[table])
            connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")


async def _migrate(file: Path) -> None:
    async with open_ledger(f"sqlite:///{file}"):
        pass


@dataclass
class _Maker:
    """Makes rows; one session after the other has `PER_SESSION` conversations."""

    chance: random.Random
    said: list[str] = field(default_factory=list[str])
    session: str = ""
    consent: str = ""

    def __post_init__(self) -> None:
        if self.said:
            return
        languages = (_WORDS, _WORDS, _WORDS, _FOREIGN)
        self.said = [" ".join(self.chance.choices(languages[each % 4], k=250))[:700] for each in range(1000)]

    def rows(self, first: int, end: int) -> dict[str, list[Row]]:
        """Return the rows of these conversations by table."""
        rows: dict[str, list[Row]] = {table: [] for table in _COLUMNS}
        for number in range(first, end):
            at = BEGIN + APART * number
            if number % PER_SESSION == 0:
                self._begin_session(at, rows)
            conversation = self._id(at)
            rows["conversations"].append((conversation, self.session, "direct", f"model-{number % 25}", at))
            rows["turns"] += (
                self._turn(conversation, position, at + 60 * position) for position in range(1 + number % 3)
            )
            if number % 100 == 0:
                rows["release_choices"].append((self._id(at), conversation, self.session, number % 200, at))
            if number % 1000 == 999:
                rows["tombstones"].append((conversation, at + 90, "asked"))
        rows["turns"].sort()
        return rows

    def _begin_session(self, at: float, rows: dict[str, list[Row]]) -> None:
        self.session, self.consent = self._id(at), self._id(at)
        address = f"address-{self.chance.randrange(10**9)}"
        rows["sessions"].append((self.session, f"token-{self.session}", address, at, "2026Q2"))
        allowed = self.chance.random() < 0.9
        rows["consents"].append((self.consent, self.session, "1", 1, 1, allowed, 0, "en", at))

    def _turn(self, conversation: str, position: int, at: float) -> Row:
        text, answer = self.chance.choice(self.said)[:300], self.chance.choice(self.said)
        fixed = (self.consent, "first", "model", text, "{}", at, "worker", at + 0.2, at + 5.0, "completed", "stop")
        return (self._id(at), conversation, position, *fixed, answer, "", 75, 175)

    def _id(self, at: float) -> str:
        return time_ordered_id(int(1000 * at), self.chance.randbytes(10))
