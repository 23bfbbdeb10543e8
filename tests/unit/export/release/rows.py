"""Builders of rows on their way into a release."""

from typing import Any

from arena.chat import Ending
from export.release.steps import Row
from logging_store.facts import SaidTurn
from tests.facts import an_id


def a_row(**given: Any) -> Row:
    default: dict[str, Any] = {
        "ledger_id": "c",
        "model": "echo",
        "visitor": ("2026Q4", "a"),
        "turns": (a_said_turn(),),
    }
    return Row(**default | given)


def a_said_turn(**given: Any) -> SaidTurn:
    default: dict[str, Any] = {
        "id": an_id(),
        "position": 0,
        "text": "Hello?",
        "answer": "Hello!",
        "ending": Ending.COMPLETED,
        "supersedes": None,
        "finished_at": 5.5,
    }
    return SaidTurn(**default | given)
