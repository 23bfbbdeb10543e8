"""Votes from the ledger."""

from collections.abc import AsyncIterator

from arena.battle import Outcome
from export.ratings.counts import count
from export.ratings.ledger_votes import read_ledger_votes
from export.ratings.vote_table import VoteTable

Vote = tuple[str, str, Outcome]
VOTES: list[Vote] = [("b", "a", Outcome.BOTH_BAD), ("a", "s", Outcome.MODEL_A), ("a", "b", Outcome.MODEL_B)]


async def _read(votes: list[Vote], secret: str = "") -> VoteTable:
    async def each() -> AsyncIterator[Vote]:
        for vote in votes:
            yield vote

    return await read_ledger_votes(each(), secret)


async def test_votes_keep_their_order():
    battles = (await _read(VOTES)).battles

    assert battles.models == ("a", "b", "s")
    assert (battles.a.tolist(), battles.b.tolist(), battles.winner.tolist()) == ([1, 0, 0], [0, 2, 1], [2, 0, 1])


async def test_a_secret_model_leaves_no_trace():
    without = [vote for vote in VOTES if "s" not in vote]
    hidden, never = await _read(VOTES, secret="s"), await _read(without)

    assert (hidden.battles.models, hidden.digest) == (never.battles.models, never.digest)


async def test_no_votes_are_an_empty_table():
    assert count((await _read([])).battles).total == 0
