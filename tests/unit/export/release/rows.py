"""Builders of rows on their way into a release."""

from typing import Any

from arena.chat import Ending
from export.release.steps import Row
from tests.facts import a_turn


def a_row(**given: Any) -> Row:
    turn = a_turn("c", "consent", ending=Ending.COMPLETED, answer="Hello!")
    default: dict[str, Any] = {
        "ledger_id": "c",
        "model": "echo",
        "address_hash": "a",
        "releasable": True,
        "turns": (turn,),
    }
    return Row(**default | given)
