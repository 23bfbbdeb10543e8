"""Makes a ledger with many votes in an SQLite file, quickly: rows go to the driver as they are."""

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from arena.ids import time_ordered_id
from logging_store.ledger import open_ledger

BEGIN = 1_780_000_000.0
APART = 15.0
"""Seconds from one vote to the next."""
AT_ONCE = 20_000
PROMPTS = (
    "Could you explain to me how a fridge keeps food cold, step by step?",
    "Write a Python function that reverses a list, please.",
    "Kannst du mir bitte erklären, warum der Himmel am Abend rot ist?",
    "What is 17 * 23?",
    "¿Puedes recomendarme un libro sobre la historia de mi ciudad?",
    "Write a short poem about autumn leaves and an old bicycle.",
)
ANSWERS = ("Of course! " + "Here is a sentence of an answer. " * 12, "I'm sorry, but I cannot help with that.")

_TABLES = {
    "battles": "id, session_id, mode, model_a, model_b, conversation_a, conversation_b, pair_probability, policy, "
    "opened_at",
    "conversations": "id, session_id, mode, model, opened_at, battle_id, side",
    "turns": "id, conversation_id, position, consent_id, controller, model, text, parameters, opened_at, worker, "
    "first_word_at, finished_at, ending, finish_reason, answer, reasoning",
    "votes": "id, battle_id, session_id, outcome, is_anonymous, reasons, voted_at",
}
Row = tuple[Any, ...]


def make_voted_ledger(file: Path, votes: int, models: int, *, first: int = 0, begin: float = BEGIN) -> None:
    """Add votes of a thousand visitors to a ledger, made when missing. The same each time."""
    asyncio.run(_migrate(file))
    with closing(sqlite3.connect(file, isolation_level=None, timeout=60)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        _visitors(connection)
        dice = random.Random(first)
        for start in range(first, first + votes, AT_ONCE):
            rows: dict[str, list[Row]] = {name: [] for name in _TABLES}
            for number in range(start, min(start + AT_ONCE, first + votes)):
                for table, row in _battle(number, models, dice, begin):
                    rows[table].append(row)
            connection.execute("BEGIN IMMEDIATE")
            for table, columns in _TABLES.items():
                places = ", ".join("?" * (columns.count(",") + 1))
                connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows[table])
            connection.execute("COMMIT")


async def _migrate(file: Path) -> None:
    async with open_ledger(f"sqlite:///{file}"):
        pass


def _visitors(connection: sqlite3.Connection) -> None:
    for number in range(1000):
        name = f"{number:032x}"[::-1].replace("0", "f", 1)
        connection.execute(
            "INSERT OR IGNORE INTO sessions (id, token_hash, address_hash, opened_at) VALUES (?, ?, 'a', 1)",
            (name, f"token {name}"),
        )
        connection.execute(
            "INSERT OR IGNORE INTO consents (id, session_id, terms_version, serve, log, release, share, language, "
            "accepted_at) VALUES (?, ?, '1', 1, 1, 1, 0, 'en', 1)",
            (name, name),
        )


def _battle(number: int, models: int, dice: random.Random, begin: float) -> Iterator[tuple[str, Row]]:
    at = begin + APART * number

    def an_id() -> str:
        return time_ordered_id(int(1000 * at), dice.randbytes(10))

    a = dice.randrange(models)
    b = (a + dice.randrange(1, models)) % models
    name = f"{dice.randrange(1000):032x}"[::-1].replace("0", "f", 1)
    battle, sides = an_id(), (an_id(), an_id())
    pair = [f"model-{each:03d}" for each in (a, b)]
    yield "battles", (battle, name, "battle", *pair, *sides, 0.01, "uniform", at)
    prompt = dice.choice(PROMPTS)
    for side, conversation, model in zip("ab", sides, pair, strict=True):
        yield "conversations", (conversation, name, "battle", model, at, battle, side)
        answer = ANSWERS[dice.random() < 0.05]
        turn = (
            an_id(),
            conversation,
            0,
            name,
            "c",
            model,
            prompt,
            "{}",
            at,
            "w",
            at,
            at,
            "completed",
            "stop",
            answer,
            "",
        )
        yield "turns", turn
    wins = 1 / (1 + 10 ** ((b - a) / models))
    drawn = dice.random()
    outcome = "tie" if drawn < 0.2 else "both_bad" if drawn < 0.3 else "model_a" if dice.random() < wins else "model_b"
    yield "votes", (an_id(), battle, name, outcome, True, "[]", at + 5)
