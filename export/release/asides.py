"""Texts beside the messages, which go through the same steps as these, and where system prompts come from.

A program's request is one text in the ledger, in which each message is headed by its role.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from export.release.steps import Dropped, Row

SYSTEM_PROMPT = "system_prompt"
REASONING = "reasoning "
"""How the kinds of what models thought begin; the turn's number follows, counted from 0."""

_SYSTEM = frozenset({"system", "developer"})
_HEAD = re.compile(r"(?:\A|\n\n)\[(system|developer|user|assistant|tool|function)\]\n")


def without_system_prompts(row: Row) -> Row | Dropped:
    """Take what a program told its model beforehand out of its messages; drop what holds no other message."""
    if not row.record.is_of_a_program:
        return row
    texts = list(row.texts)
    texts[::2] = map(_asked, texts[::2])
    return replace(row, texts=tuple(texts)) if all(texts[::2]) else Dropped(row.ledger_id, "no_user_message")


def with_asides(row: Row) -> Row:
    """Add system prompts and what models thought, for the form that releases them: raw, as the steps want them."""
    added = [*_system_prompts(row), *_reasoning(row)]
    kinds, texts = tuple(kind for kind, _ in added), tuple(text for _, text in added)
    return replace(row, asides=row.asides + texts, aside_kinds=row.aside_kinds + kinds)


def aside(row: Row, kind: str) -> str | None:
    """Return the aside of a kind, None where there is none."""
    return dict(zip(row.aside_kinds, row.asides, strict=True)).get(kind)


def _system_prompts(row: Row) -> Iterator[tuple[str, str]]:
    if row.record.is_of_a_program:
        said = [text for turn in row.turns for role, text in _parts(turn.text) if role in _SYSTEM]
        if said:
            yield SYSTEM_PROMPT, "\n\n".join(said)


def _reasoning(row: Row) -> Iterator[tuple[str, str]]:
    for number, turn in enumerate(row.turns):
        if turn.details is not None and turn.details.reasoning:
            yield f"{REASONING}{number}", turn.details.reasoning


def _asked(text: str) -> str:
    """Return a request without its system prompts: the only message as it is, several headed by their roles."""
    kept = [(role, said) for role, said in _parts(text) if role not in _SYSTEM]
    if len(kept) == 1:
        return kept[0][1]
    return "\n\n".join(f"[{role}]\n{said}" for role, said in kept)


def _parts(text: str) -> list[tuple[str, str]]:
    """Take a request apart into messages and their roles; a text that begins with no role is a user's."""
    if _HEAD.match(text) is None:
        return [("user", text)]
    _, *parts = _HEAD.split(text)
    return list(zip(parts[::2], parts[1::2], strict=True))
