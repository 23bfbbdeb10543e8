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
_PLACE = [("side", pa.string()), ("message", pa.int32()), ("model", pa.string())]
EXTRA_MODERATION = pa.struct([*_PLACE, *_leaves(EXTRA_CATEGORIES)])
"""What today's models say besides: it goes into a side file."""
LOCAL_MODERATION = pa.struct(
    [*_PLACE, ("engine", pa.string()), ("version", pa.string()), ("labels", pa.list_(pa.string()))]
)
"""What a guard model of our own said: labels, which are no scores; a side file as well."""


def messages(texts: Sequence[str]) -> list[dict[str, str]]:
    """Return texts as messages: user and assistant take turns, the user begins."""
    return [{"content": content, "role": ROLES[place % 2]} for place, content in enumerate(texts)]


def verdicts(row: Row) -> Sequence[Verdict | None]:
    """Return one verdict a message, None where nothing moderated it."""
    return row.verdicts or (None,) * len(row.texts)


def moderation(row: Row) -> list[dict[str, Any]]:
    """Return what moderation said of each message. No value is made up: all are null where there is no verdict."""
    return [moderation_leaves(each) for each in verdicts(row)]


def extra_moderation(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Yield what moderation said besides, of a conversation's messages or of those of both sides of a battle."""
    for side, row in _sides(rows):
        for place, verdict in enumerate(verdicts(row)):
            if verdict is not None and not verdict.categories.keys().isdisjoint(EXTRA_CATEGORIES):
                yield {"side": side, "message": place, "model": verdict.model, **extra_leaves(verdict)}


def local_moderation(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Yield what a guard model of our own said, of the same."""
    for side, row in _sides(rows):
        for place, said in enumerate(row.guard_labels):
            if said is not None:
                told = {"engine": said.engine, "version": said.version, "labels": list(said.labels)}
                yield {"side": side, "message": place, "model": said.model, **told}


def _sides(rows: Sequence[Row]) -> Iterator[tuple[str | None, Row]]:
    return zip(("a", "b") if len(rows) > 1 else (None,), rows, strict=True)


def chars(*rows: Row) -> int:
    """Return how many characters of text there are."""
    return sum(len(text) for row in rows for text in (*row.texts, *row.asides))
