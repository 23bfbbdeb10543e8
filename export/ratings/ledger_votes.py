"""Votes from the ledger, in the columns that published ones have: whatever reads those reads these."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from contextlib import aclosing
from typing import Any

import pyarrow as pa

from export.ratings.battle_files import BESIDE
from export.ratings.eligibility import Reason
from export.ratings.reading import VoteReader
from export.ratings.rules import other_language
from export.ratings.said import Said
from export.ratings.style_counts import COLUMNS, style_counts
from export.ratings.vote_table import VoteTable
from logging_store.facts import SaidTurn
from logging_store.ledger import Ledger
from logging_store.vote_reading import RatedVote, all_rated_votes

_MESSAGES = pa.list_(pa.struct([("content", pa.string()), ("role", pa.string())]))
_SCHEMA = pa.schema(
    [
        ("model_a", pa.string()),
        ("model_b", pa.string()),
        ("winner", pa.string()),
        ("judge", pa.string()),
        ("tstamp", pa.float64()),
        ("mode", pa.string()),
        ("policy", pa.string()),
        ("pair_probability", pa.float64()),
        ("anony", pa.bool_()),
        ("reasons", pa.list_(pa.string())),
    ]
)
_TEXTS = pa.schema([("turn", pa.int64()), ("conversation_a", _MESSAGES), ("conversation_b", _MESSAGES)])
_STYLE = pa.schema([(f"{name}_{side}", pa.float64()) for name in (*COLUMNS, *BESIDE.values()) for side in "ab"])


async def read_ledger(ledger: Ledger, reader: VoteReader, secret: Iterable[str], *, style: bool = False) -> VoteTable:
    """Read all votes of a ledger, in the order of their ids. Battles of secret models leave no trace.

    With `style`, what the answers look like is counted as well.
    """
    texts = style or reader.needs_texts(_SCHEMA.names) or any(each.column == "turn" for each in reader.conditions)
    hidden, content = frozenset(secret), hashlib.sha256()
    async with aclosing(all_rated_votes(ledger, texts=texts)) as pages:
        async for page in pages:
            shown = [vote for vote in page if hidden.isdisjoint((vote.model_a, vote.model_b))]
            for vote in shown:
                content.update(_line(vote).encode())
            reader.take(_batch(shown, texts=texts, style=style))
    return reader.table(content.hexdigest())


def _line(vote: RatedVote) -> str:
    reasons = ",".join(reasons_of(vote))
    return f"{vote.id}\t{vote.model_a}\t{vote.model_b}\t{vote.outcome}\t{vote.voted_at!r}\t{reasons}\n"


def reasons_of(vote: RatedVote) -> Sequence[str]:
    """Return what speaks against a vote, by what the ledger holds."""
    return (Reason.FORGOTTEN, *vote.reasons) if vote.is_forgotten else vote.reasons


def _batch(votes: Collection[RatedVote], *, texts: bool, style: bool) -> pa.RecordBatch:
    """Return votes as columns."""
    rows = [_row(vote) | (_texts(vote) if texts else {}) | (_style(vote) if style else {}) for vote in votes]
    fields = [*_SCHEMA, *(_TEXTS if texts else ()), *(_STYLE if style else ())]
    return pa.RecordBatch.from_pylist(rows, schema=pa.schema(fields))


def said_of(vote: RatedVote) -> Said:
    """Return what was said in a vote's battle."""
    return Said(
        tuple(turn.text for turn in vote.turns_a),
        tuple(turn.answer for turn in vote.turns_a),
        tuple(turn.answer for turn in vote.turns_b),
    )


def _row(vote: RatedVote) -> dict[str, Any]:
    return {
        "model_a": vote.model_a,
        "model_b": vote.model_b,
        "winner": vote.outcome.value,
        "judge": vote.session_id,
        "tstamp": vote.voted_at,
        "mode": vote.mode.value,
        "policy": vote.policy,
        "pair_probability": vote.pair_probability,
        "anony": vote.is_anonymous,
        "reasons": list(reasons_of(vote)),
    }


def _texts(vote: RatedVote) -> dict[str, Any]:
    return {
        "turn": len(vote.turns_a),
        "conversation_a": _messages(vote.turns_a),
        "conversation_b": _messages(vote.turns_b),
    }


def _style(vote: RatedVote) -> dict[str, float | None]:
    """Return what both sides' answers look like; nothing where their words were erased."""
    said = said_of(vote)
    if not any(map(str.strip, said.prompts)):
        return {}
    sides = {"a": style_counts(said.answers_a), "b": style_counts(said.answers_b)}
    beside = {
        **dict(zip(("other_language_a", "other_language_b"), other_language(said), strict=True)),
        "seconds_a": _seconds(vote.turns_a),
        "seconds_b": _seconds(vote.turns_b),
    }
    return {f"{name}_{side}": counted[name] for side, counted in sides.items() for name in COLUMNS} | beside


def _seconds(turns: Iterable[SaidTurn]) -> float | None:
    """Return how long a side took to answer, all in all; None where that is not known."""
    took = [each.finished_at - each.opened_at for each in turns if each.finished_at and each.opened_at]
    return max(sum(took), 0.0) if took else None


def _messages(turns: Iterable[SaidTurn]) -> list[dict[str, str]]:
    return [
        {"role": role, "content": content}
        for turn in turns
        for role, content in (("user", turn.text), ("assistant", turn.answer))
    ]
