"""Keys as `arena keys list` shows them: never the key, never its hash."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from logging_store.facts import ApiKeyFact

_HEADS = ("id", "begins with", "name", "state", "scopes", "models", "limits", "today", "kept", "expires")


def state_of(key: ApiKeyFact, now: float) -> str:
    """Return `active`, `expired` or `revoked`."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else "active"


def as_json(keys: Sequence[ApiKeyFact], tokens_today: Mapping[str, int], now: float) -> str:
    """Return a JSON list, one object a key."""
    listed = [
        {name: value for name, value in asdict(key).items() if name != "key_hash"}
        | {"state": state_of(key, now), "tokens_today": tokens_today.get(key.id, 0)}
        for key in keys
    ]
    return json.dumps(listed, indent=2, ensure_ascii=False)


def as_table(keys: Sequence[ApiKeyFact], tokens_today: Mapping[str, int], now: float) -> str:
    """Return a table, one line a key."""
    rows = [_HEADS, *(_row(key, tokens_today.get(key.id, 0), now) for key in keys)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _row(key: ApiKeyFact, tokens_today: int, now: float) -> tuple[str, ...]:
    limits = {
        "requests/min": key.requests_per_minute,
        "tokens/min": key.tokens_per_minute,
        "tokens/day": key.tokens_per_day,
    }
    said = [f"{limit} {what}" for what, limit in limits.items() if limit is not None]
    return (
        key.id,
        key.prefix,
        key.name,
        state_of(key, now),
        ",".join(key.scopes),
        ",".join(key.models) or "all",
        ", ".join([*said, *([] if key.priority == "client" else [key.priority])]) or "none",
        str(tokens_today),
        "released" if key.may_release else "yes" if key.may_log else "no",
        "never" if key.expires_at is None else f"{datetime.fromtimestamp(key.expires_at, UTC):%Y-%m-%d}",
    )
