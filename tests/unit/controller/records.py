"""Builders of what rules are asked about."""

from typing import Any

from arena.battle import Mode
from arena.chat import Ending
from logging_store.facts import BattleFact, BattleRecord, TurnFact, VoteFact
from tests.facts import a_turn, a_vote

ME = "my session"


def an_answered(position: int = 0, **given: Any) -> TurnFact:
    default: dict[str, Any] = {"ending": Ending.COMPLETED, "answer": "Hello!", "position": position}
    return a_turn("conversation", "consent", **default | given)


def a_record(
    a: tuple[TurnFact, ...] = (), b: tuple[TurnFact, ...] = (), vote: VoteFact | None = None, **given: Any
) -> BattleRecord:
    default: dict[str, Any] = {
        "id": "battle",
        "session_id": ME,
        "mode": Mode.BATTLE,
        "model_a": "Zyxtra-large",
        "model_b": "Zyxtra-small",
        "conversation_a": "conversation a",
        "conversation_b": "conversation b",
        "pair_probability": 0.5,
        "policy": "weighted-v1",
        "opened_at": 1.0,
    }
    return BattleRecord(BattleFact(**default | given), a, b, vote)


def a_fought(**given: Any) -> BattleRecord:
    return a_record((an_answered(),), (an_answered(),), **given)


def a_voted(**given: Any) -> BattleRecord:
    return a_fought(vote=a_vote("battle", ME), **given)
