"""The format `chat-1m`: the columns of LMSYS-Chat-1M."""

import hmac
from hashlib import sha256
from typing import Any

import pyarrow as pa

from export.release.steps import Row

NAME = "chat-1m"

CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "self-harm",
    "self-harm/instructions",
    "self-harm/intent",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)

_MESSAGE = pa.struct([("content", pa.string()), ("role", pa.string())])
_MODERATION = pa.struct(
    [
        ("categories", pa.struct([(name, pa.bool_()) for name in CATEGORIES])),
        ("category_scores", pa.struct([(name, pa.float64()) for name in CATEGORIES])),
        ("flagged", pa.bool_()),
    ]
)
SCHEMA = pa.schema(
    [
        ("conversation_id", pa.string()),
        ("model", pa.string()),
        ("conversation", pa.list_(_MESSAGE)),
        ("turn", pa.int64()),
        ("language", pa.string()),
        ("openai_moderation", pa.list_(_MODERATION)),
        ("redacted", pa.bool_()),
    ]
)

_UNMODERATED = {
    "categories": dict.fromkeys(CATEGORIES),
    "category_scores": dict.fromkeys(CATEGORIES),
    "flagged": None,
}
"""What a message gets that nothing moderated: no value is made up."""


def released_id(key: bytes, ledger_id: str) -> str:
    """Return the id under which a conversation is released: it tells no time, and joins with no other format's."""
    return hmac.new(key, f"{NAME}{ledger_id}".encode(), sha256).hexdigest()[:32]


def columns(row: Row, key: bytes) -> dict[str, Any]:
    """Return a row under the names of the columns."""
    conversation = [
        {"content": content, "role": ("user", "assistant")[place % 2]} for place, content in enumerate(row.texts)
    ]
    return {
        "conversation_id": released_id(key, row.ledger_id),
        "model": row.model,
        "conversation": conversation,
        "turn": len(row.turns),
        "language": row.language,
        "openai_moderation": [_UNMODERATED] * len(conversation),
        "redacted": row.redacted,
    }
