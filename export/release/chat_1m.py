"""The format `chat-1m`: the columns of LMSYS-Chat-1M."""

from collections.abc import Iterator

import pyarrow as pa

from export.release.forms import Released, ReleaseKey, Unit
from export.release.messages import MESSAGES, MODERATION, chars, messages, moderation
from export.release.steps import Bundle, Dropped, Row

NAME = "chat-1m"
SCHEMA = pa.schema(
    [
        ("conversation_id", pa.string()),
        ("model", pa.string()),
        ("conversation", MESSAGES),
        ("turn", pa.int64()),
        ("language", pa.string()),
        ("openai_moderation", pa.list_(MODERATION)),
        ("redacted", pa.bool_()),
    ]
)


class Chat1M:
    """One conversation a row, a battle's sides apart."""

    name = NAME
    schema = SCHEMA
    unit = Unit.CONVERSATION

    def rows(self, bundle: Bundle, release: ReleaseKey) -> Iterator[Released | Dropped]:
        """Yield each conversation of the bundle."""
        for row in bundle.rows:
            yield row if isinstance(row, Dropped) else _released(row, release)


def _released(row: Row, release: ReleaseKey) -> Released:
    released_id = release.id(NAME, row.ledger_id)
    columns = {
        "conversation_id": released_id,
        "model": row.model,
        "conversation": messages(row.texts),
        "turn": len(row.turns),
        "language": row.language,
        "openai_moderation": moderation(row),
        "redacted": row.redacted,
    }
    return Released(released_id, row.ledger_id, columns, chars(row))
