"""What several forms have in common: messages in columns, and what moderation said of them."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from export.moderation.verdict import CATEGORIES, EXTRA_CATEGORIES, Verdict, extra_leaves, moderation_leaves
from export.release.steps import Row

ROLES = ("user", "assistant")
MESSAGES = pa.list_(pa.struct([("content", pa.string()), ("role", pa.string())]))


def _leaves(names: Sequence[str]) -> list[tuple[str, pa.DataType]]:
    return [
        ("categories", pa.struct([(name, pa.bool_()) for name in names])),
        ("category_scores", pa.struct([(name, pa.float64()) for name in names])),
    ]


MODERATION = pa.struct([*_leaves(CATEGORIES), ("flagged", pa.bool_())])
EXTRA_MODERATION = pa.schema(
    [
        ("id", pa.string()),
        ("side", pa.string()),
        ("message", pa.int32()),
        ("model", pa.string()),
        *_leaves(EXTRA_CATEGORIES),
    ]
)
"""A side file: what today's models say besides, one row a message that was moderated."""


def messages(texts: Sequence[str]) -> list[dict[str, str]]:
    """Return texts as messages: user and assistant take turns, the user begins."""
    return [{"content": content, "role": ROLES[place % 2]} for place, content in enumerate(texts)]


def verdicts(row: Row) -> Sequence[Verdict | None]:
    """Return one verdict a message, None where nothing moderated it."""
    return row.verdicts or (None,) * len(row.texts)


def moderation(row: Row) -> list[dict[str, Any]]:
    """Return what moderation said of each message. No value is made up: all are null where there is no verdict."""
    return [moderation_leaves(each) for each in verdicts(row)]


def extra_moderation(released_id: str, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Yield the rows of the side file for what is released under an id: a conversation, or both sides of a battle."""
    for side, row in zip(("a", "b") if len(rows) > 1 else (None,), rows, strict=True):
        for place, verdict in enumerate(verdicts(row)):
            if verdict is not None and not verdict.categories.keys().isdisjoint(EXTRA_CATEGORIES):
                yield {
                    "id": released_id,
                    "side": side,
                    "message": place,
                    "model": verdict.model,
                    **extra_leaves(verdict),
                }


def chars(*rows: Row) -> int:
    """Return how many characters of text there are."""
    return sum(len(text) for row in rows for text in (*row.texts, *row.asides))
