"""The format `arena-battles`: the columns of chatbot_arena_conversations."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from arena.battle import Outcome
from export.moderation.verdict import combined, moderation_leaves
from export.release.forms import Released, ReleaseKey, Unit
from export.release.messages import MESSAGES, MODERATION, messages, verdicts
from export.release.sides import VotedBattle, voted_rows
from export.release.steps import Bundle, Dropped

NAME = "arena-battles"
TOXIC_CHAT_TAG = pa.struct(
    [
        ("roberta-large", pa.struct([("flagged", pa.bool_()), ("probability", pa.float64())])),
        ("t5-large", pa.struct([("flagged", pa.bool_()), ("score", pa.float64())])),
    ]
)
SCHEMA = pa.schema(
    [
        ("question_id", pa.string()),
        ("model_a", pa.string()),
        ("model_b", pa.string()),
        ("winner", pa.string()),
        ("judge", pa.string()),
        ("conversation_a", MESSAGES),
        ("conversation_b", MESSAGES),
        ("turn", pa.int64()),
        ("anony", pa.bool_()),
        ("language", pa.string()),
        ("tstamp", pa.float64()),
        ("openai_moderation", MODERATION),
        ("toxic_chat_tag", TOXIC_CHAT_TAG),
    ]
)
_WINNERS = {
    Outcome.MODEL_A: "model_a",
    Outcome.MODEL_B: "model_b",
    Outcome.TIE: "tie",
    Outcome.BOTH_BAD: "tie (bothbad)",
}


class ArenaBattles:
    """One voted battle a row."""

    name = NAME
    schema = SCHEMA
    unit = Unit.BATTLE

    def rows(self, bundle: Bundle, release: ReleaseKey) -> Iterator[Released | Dropped]:
        """Yield the battle of the bundle, if there is one."""
        return voted_rows(NAME, bundle, release, _columns)


def _columns(battle: VotedBattle, released_id: str, release: ReleaseKey) -> dict[str, Any]:
    return {
        "question_id": released_id,
        "model_a": battle.a.model,
        "model_b": battle.b.model,
        "winner": _WINNERS[battle.outcome],
        "judge": release.judge(battle.battle.session_id),
        "conversation_a": messages(battle.a.texts),
        "conversation_b": messages(battle.b.texts),
        "turn": len(battle.a.turns),
        "anony": battle.battle.is_anonymous,
        "language": battle.a.language,
        "tstamp": battle.voted_at,
        "openai_moderation": moderation_leaves(combined([*verdicts(battle.a), *verdicts(battle.b)])),
        "toxic_chat_tag": None,  # what a tagger wrote is joined by id
    }
