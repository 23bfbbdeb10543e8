"""The format `preference-140k`: the columns of arena-human-preference-140k."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from export.ratings.categories import Name, belongs
from export.release.forms import Released, ReleaseKey, Unit
from export.release.layout import bold, estimated_tokens, headers, lists
from export.release.messages import ROLES
from export.release.sides import VotedBattle, voted_rows
from export.release.steps import Bundle, Dropped

NAME = "preference-140k"

_PART = pa.struct([(name, pa.string()) for name in ("type", "text", "image", "mimeType")])
_MESSAGE = [("role", pa.string()), ("content", pa.list_(_PART))]
_CRITERIA = (
    "specificity",
    "domain_knowledge",
    "complexity",
    "problem_solving",
    "creativity",
    "technical_accuracy",
    "real_world",
)
_COUNTS = [
    ("header_count", pa.struct([(f"h{level}", pa.int64()) for level in range(1, 7)])),
    ("list_count", pa.struct([("ordered", pa.int64()), ("unordered", pa.int64())])),
    ("bold_count", pa.struct([("**", pa.int64()), ("__", pa.int64())])),
]
_METADATA = pa.struct(
    [
        ("sum_user_tokens", pa.int32()),
        *((f"sum_assistant_{side}_tokens", pa.int32()) for side in "ab"),
        *((f"context_{side}_tokens", pa.int32()) for side in "ab"),
        ("turns", pa.int32()),
        *((f"{name}_{side}", kind) for name, kind in _COUNTS for side in "ab"),
    ]
)
_CATEGORY_TAG = pa.struct(
    [
        ("criteria_v0.1", pa.struct([(name, pa.bool_()) for name in _CRITERIA])),
        ("if_v0.1", pa.struct([("if", pa.bool_()), ("score", pa.int32())])),
        ("math_v0.1", pa.struct([("math", pa.bool_())])),
        ("creative_writing_v0.1", pa.struct([("creative_writing", pa.bool_()), ("score", pa.string())])),
    ]
)
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("evaluation_session_id", pa.string()),
        ("evaluation_order", pa.int32()),
        ("model_a", pa.string()),
        ("model_b", pa.string()),
        ("winner", pa.string()),
        ("conversation_a", pa.list_(pa.struct(_MESSAGE))),
        # the original counts tokens on this side alone
        ("conversation_b", pa.list_(pa.struct([*_MESSAGE, ("num_tokens", pa.int32())]))),
        (
            "full_conversation",
            pa.list_(pa.struct([(who, pa.struct(_MESSAGE)) for who in ("user", "model_side_a", "model_side_b")])),
        ),
        ("conv_metadata", _METADATA),
        ("category_tag", _CATEGORY_TAG),
        ("language", pa.string()),
        ("is_code", pa.bool_()),
        ("timestamp", pa.timestamp("us")),
    ]
)


class Preference140K:
    """One vote a row, with both sides."""

    name = NAME
    schema = SCHEMA
    unit = Unit.BATTLE

    def rows(self, bundle: Bundle, release: ReleaseKey) -> Iterator[Released | Dropped]:
        """Yield the battle of the bundle, if there is one."""
        return voted_rows(NAME, bundle, release, _columns, copies=2)


def _columns(battle: VotedBattle, released_id: str, release: ReleaseKey) -> dict[str, Any]:
    prompts = list(battle.a.texts[::2])
    return {
        "id": released_id,
        "evaluation_session_id": release.id(f"{NAME} {release.release} session ", battle.battle.session_id),
        "evaluation_order": battle.battle.number,
        "model_a": battle.a.model,
        "model_b": battle.b.model,
        "winner": str(battle.outcome),
        "conversation_a": _messages(battle.a.texts),
        "conversation_b": [
            {**message, "num_tokens": estimated_tokens(text)}
            for message, text in zip(_messages(battle.b.texts), battle.b.texts, strict=True)
        ],
        "full_conversation": _turn_by_turn(battle),
        "conv_metadata": metadata_of(battle.a.texts, battle.b.texts),
        "category_tag": _category_tag(prompts),
        "language": battle.a.language,
        "is_code": belongs(Name.CODE, prompts),
        "timestamp": datetime.fromtimestamp(battle.voted_at, UTC).replace(tzinfo=None),  # as the original
    }


def _message(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "content": [{"type": "text", "text": text, "image": None, "mimeType": None}]}


def _messages(texts: Sequence[str]) -> list[dict[str, Any]]:
    return [_message(ROLES[place % 2], text) for place, text in enumerate(texts)]


def _turn_by_turn(battle: VotedBattle) -> list[dict[str, Any]]:
    """Return all turns. A vote closes a battle here, so that nothing came before its own first turn."""
    a, b = battle.a.texts, battle.b.texts
    return [
        {
            "user": _message("user", a[at]),
            "model_side_a": _message("assistant", a[at + 1]),
            "model_side_b": _message("assistant", b[at + 1]),
        }
        for at in range(0, len(a), 2)
    ]


def metadata_of(a: Sequence[str], b: Sequence[str]) -> dict[str, Any]:
    """Count tokens, by our estimate, and marks of Markdown in the answers; the context is all before the last one."""
    counted: dict[str, Any] = {"sum_user_tokens": sum(map(estimated_tokens, a[::2])), "turns": len(a) // 2}
    for side, texts in (("a", a), ("b", b)):
        answers = texts[1::2]
        counted[f"sum_assistant_{side}_tokens"] = sum(map(estimated_tokens, answers))
        counted[f"context_{side}_tokens"] = sum(map(estimated_tokens, texts[:-1]))
        counted[f"header_count_{side}"] = headers(answers)
        counted[f"list_count_{side}"] = lists(answers)
        counted[f"bold_count_{side}"] = bold(answers)
    return counted


def _category_tag(prompts: list[str]) -> dict[str, Any]:
    """Return the labels that our rules can give; those that only a model gave in the original are null."""
    return {
        "criteria_v0.1": dict.fromkeys(_CRITERIA),
        "if_v0.1": {"if": None, "score": None},
        "math_v0.1": {"math": belongs(Name.MATHS, prompts)},
        "creative_writing_v0.1": {"creative_writing": None, "score": None},
    }
