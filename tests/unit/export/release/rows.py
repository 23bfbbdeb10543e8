"""Builders of rows on their way into a release."""

from typing import Any

from arena.chat import Ending
from export.release.steps import Row
from logging_store.facts import ConversationRecord, SaidTurn
from tests.facts import a_conversation, an_id


def a_record(**given: Any) -> ConversationRecord:
    """A conversation as the ledger gives it."""
    default: dict[str, Any] = {
        "conversation": a_conversation("s", id="c"),
        "turns": (a_said_turn(),),
        "address_hash": "a",
        "period": "2026Q4",
    }
    return ConversationRecord(**default | given)


def a_row(
    ledger_id: str = "c",
    model: str = "echo",
    visitor: tuple[str, str] = ("2026Q4", "a"),
    turns: tuple[SaidTurn, ...] | None = None,
    **given: Any,
) -> Row:
    """A row with answered turns."""
    said = (a_said_turn(),) if turns is None else turns
    period, address_hash = visitor
    conversation = a_conversation("s", id=ledger_id, model=model)
    record = a_record(conversation=conversation, turns=said, period=period, address_hash=address_hash)
    default: dict[str, Any] = {
        "record": record,
        "turns": said,
        "texts": tuple(text for turn in said for text in (turn.text, turn.answer)),
    }
    return Row(**default | given)


def a_said_turn(**given: Any) -> SaidTurn:
    """An answered turn."""
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
