"""Votes from the ledger, in the columns that published ones have: whatever reads those reads these."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from contextlib import aclosing
from typing import Any

import pyarrow as pa

from export.ratings.eligibility import Reason
from export.ratings.reading import VoteReader
from export.ratings.said import Said
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
_WITH_TEXTS = pa.schema([*_SCHEMA, ("turn", pa.int64()), ("conversation_a", _MESSAGES), ("conversation_b", _MESSAGES)])


async def read_ledger(ledger: Ledger, reader: VoteReader, secret: Iterable[str]) -> VoteTable:
    """Read all votes of a ledger, in the order of their ids. Battles of secret models leave no trace."""
    texts = reader.needs_texts(_SCHEMA.names) or any(each.column == "turn" for each in reader.conditions)
    hidden, content = frozenset(secret), hashlib.sha256()
    async with aclosing(all_rated_votes(ledger, texts=texts)) as pages:
        async for page in pages:
            shown = [vote for vote in page if hidden.isdisjoint((vote.model_a, vote.model_b))]
            for vote in shown:
                content.update(_line(vote).encode())
            reader.take(batch_of(shown, texts=texts))
    return reader.table(content.hexdigest())


def _line(vote: RatedVote) -> str:
    reasons = ",".join(reasons_of(vote))
    return f"{vote.id}\t{vote.model_a}\t{vote.model_b}\t{vote.outcome}\t{vote.voted_at!r}\t{reasons}\n"


def reasons_of(vote: RatedVote) -> Sequence[str]:
    """Return what speaks against a vote, by what the ledger holds."""
    return (Reason.FORGOTTEN, *vote.reasons) if vote.is_forgotten else vote.reasons


def batch_of(votes: Collection[RatedVote], *, texts: bool) -> pa.RecordBatch:
    """Return votes as columns."""
    return pa.RecordBatch.from_pylist(
        [_row(vote, texts=texts) for vote in votes], schema=_WITH_TEXTS if texts else _SCHEMA
    )


def said_of(vote: RatedVote) -> Said:
    """Return what was said in a vote's battle."""
    return Said(
        tuple(turn.text for turn in vote.turns_a),
        tuple(turn.answer for turn in vote.turns_a),
        tuple(turn.answer for turn in vote.turns_b),
    )


def _row(vote: RatedVote, *, texts: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
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
    if texts:
        row["turn"] = len(vote.turns_a)
        row["conversation_a"], row["conversation_b"] = _messages(vote.turns_a), _messages(vote.turns_b)
    return row


def _messages(turns: Iterable[SaidTurn]) -> list[dict[str, str]]:
    return [
        {"role": role, "content": content}
        for turn in turns
        for role, content in (("user", turn.text), ("assistant", turn.answer))
    ]
