"""Votes from the ledger, one by one."""

import hashlib
from collections.abc import AsyncIterator, Iterable

from arena.battle import Outcome
from export.ratings.counts import code
from export.ratings.vote_table import VoteTable


async def read_ledger_votes(votes: AsyncIterator[tuple[str, str, Outcome]], secret: Iterable[str]) -> VoteTable:
    """Collect the votes that count, in their order; battles of secret models are left out."""
    hidden = frozenset(secret)
    kept = [vote async for vote in votes if hidden.isdisjoint(vote[:2])]
    model_a, model_b, outcome = zip(*kept, strict=True) if kept else ((), (), ())
    content = "".join(f"{a}\t{b}\t{said}\n" for a, b, said in kept)
    return VoteTable(code(model_a, model_b, outcome), digest=hashlib.sha256(content.encode()).hexdigest())
