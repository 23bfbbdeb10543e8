"""What is noted of each row beside its columns: by it rows are chosen, counted, marked and told of in side files."""

import hmac
from collections.abc import Sequence
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any

import pyarrow as pa

from export.release.forms import Released
from export.release.messages import EXTRA_MODERATION, LOCAL_MODERATION, extra_moderation, local_moderation
from export.release.steps import Bundle, Row

_COUNTS = pa.list_(pa.struct([("kind", pa.string()), ("times", pa.int32())]))
NOTES = pa.schema(
    [
        ("shuffle", pa.binary(16)),
        ("released_id", pa.string()),
        ("ledger_id", pa.string()),
        ("conversations", pa.list_(pa.string())),
        ("chars", pa.int64()),
        ("models", pa.list_(pa.string())),
        ("language", pa.string()),
        ("day", pa.date32()),
        ("turns", pa.int32()),
        ("messages", pa.int32()),
        ("moderated", pa.int32()),
        ("flagged", pa.bool_()),
        ("unsafe", pa.list_(pa.string())),
        ("moderation_models", pa.list_(pa.string())),
        ("visitor", pa.int64()),
        ("replaced", _COUNTS),
        ("extra_moderation", pa.list_(EXTRA_MODERATION)),
        ("local_moderation", pa.list_(LOCAL_MODERATION)),
    ]
)
"""Notes stay in the working folder: ledger ids are in no release."""


def shuffle_key(seed: int, released_id: str) -> bytes:
    """Return by what rows are put in order, and the first so many are taken: chance, but the same each time."""
    return hmac.digest(str(seed).encode(), released_id.encode(), "sha256")[:16]


def notes(released: Released, bundle: Bundle, is_battle: bool, seed: int) -> dict[str, Any]:
    """Return what is noted of one row."""
    rows = [each for each in bundle.rows if isinstance(each, Row)]
    if not is_battle:
        rows = [each for each in rows if each.ledger_id == released.ledger_id]
    verdicts = [verdict for row in rows for verdict in row.verdicts if verdict is not None]
    return {
        "shuffle": shuffle_key(seed, released.released_id),
        "released_id": released.released_id,
        "ledger_id": released.ledger_id,
        "conversations": [row.ledger_id for row in rows],
        "chars": released.chars,
        "models": [row.model for row in rows],
        "language": rows[0].language,
        "day": last_day(rows),
        "turns": sum(len(row.turns) for row in rows),
        "messages": sum(len(row.texts) for row in rows),
        "moderated": len(verdicts),
        "flagged": any(verdict.flagged for verdict in verdicts),
        "unsafe": sorted({name for verdict in verdicts for name, is_so in verdict.categories.items() if is_so}),
        "moderation_models": sorted({verdict.model for verdict in verdicts}),
        "visitor": _visitor(rows[0]),
        "replaced": _replaced(rows),
        "extra_moderation": list(extra_moderation(rows)) if verdicts else [],
        "local_moderation": list(local_moderation(rows)),
    }


def last_day(rows: Sequence[Row]) -> date | None:
    """Return the UTC day on which the last turn finished."""
    finishes = [turn.finished_at for row in rows for turn in row.turns if turn.finished_at is not None]
    return datetime.fromtimestamp(max(finishes), UTC).date() if finishes else None


def _visitor(row: Row) -> int:
    digest = blake2b("\0".join(row.visitor).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _replaced(rows: Sequence[Row]) -> list[dict[str, Any]]:
    kinds = sorted({kind for row in rows for kind in row.replaced})
    return [{"kind": kind, "times": sum(row.replaced.get(kind, 0) for row in rows)} for kind in kinds]
