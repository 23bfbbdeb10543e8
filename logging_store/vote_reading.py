"""Reads the votes for those who rate: all of them, with what was recorded beside each, a page at a time."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Text, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.battle import Mode, Outcome
from logging_store.erasing import NOBODY
from logging_store.facts import SaidTurn, standing
from logging_store.ledger import Ledger
from logging_store.tables import battles, turns, votes

PAGE = 5_000
PAGE_WITH_TEXTS = 1_000
VOTES_AT_ONCE = 10_000
_END_FROM = 29
"""From here on an id ends, where votes are only counted: three digits, all chance. Of the changes that leave as many
votes of each outcome, one in 4,096 leaves as many of each end as well."""


class RatedVote(NamedTuple):
    """A vote, its battle, and where they were asked for the answered turns of both sides that stand, in order."""

    id: str
    battle_id: str
    session_id: str
    outcome: Outcome
    is_anonymous: bool
    reasons: tuple[str, ...]
    voted_at: float
    mode: Mode
    model_a: str
    model_b: str
    pair_probability: float | None
    policy: str
    conversation_a: str
    conversation_b: str
    turns_a: tuple[SaidTurn, ...] = ()
    turns_b: tuple[SaidTurn, ...] = ()

    @property
    def is_forgotten(self) -> bool:
        """Whether the voter had everything deleted: the vote is nobody's."""
        return self.session_id == NOBODY


_VOTES = select(
    *(votes.c.id, votes.c.battle_id, votes.c.session_id, votes.c.outcome, votes.c.is_anonymous, votes.c.reasons),
    *(votes.c.voted_at, battles.c.mode, battles.c.model_a, battles.c.model_b, battles.c.pair_probability),
    *(battles.c.policy, battles.c.conversation_a, battles.c.conversation_b),
).join_from(votes, battles, votes.c.battle_id == battles.c.id)
_TURNS = select(
    *(turns.c.conversation_id, turns.c.id, turns.c.position, turns.c.text, turns.c.answer, turns.c.ending),
    *(turns.c.supersedes, turns.c.finished_at, turns.c.opened_at),
)


async def rated_votes(
    ledger: Ledger, after: str = "", *, texts: bool = False, most: int | None = None
) -> list[RatedVote]:
    """Return the next votes in the order of their ids, also those that something speaks against."""

    async def page_in(connection: AsyncConnection) -> list[RatedVote]:
        query = _VOTES.where(votes.c.id > after).order_by(votes.c.id)
        page = most or (PAGE_WITH_TEXTS if texts else PAGE)
        found = [RatedVote(*row) for row in await connection.execute(query.limit(page))]
        return await _with_turns(connection, found) if texts else found

    return await ledger.database.read(page_in)


async def all_rated_votes(ledger: Ledger, *, texts: bool = False) -> AsyncGenerator[list[RatedVote]]:
    """Yield all votes, page by page."""
    last = ""
    while page := await rated_votes(ledger, last, texts=texts):
        yield page
        last = page[-1].id


async def votes_by_id(ledger: Ledger, ids: Sequence[str]) -> list[RatedVote]:
    """Return some votes with their texts, in the order of their ids."""
    found: list[RatedVote] = []
    in_order = sorted(ids)
    for start in range(0, len(in_order), PAGE_WITH_TEXTS):  # databases take so many values a question and no more
        found += await _some_by_id(ledger, in_order[start : start + PAGE_WITH_TEXTS])
    return found


async def _some_by_id(ledger: Ledger, ids: Sequence[str]) -> list[RatedVote]:
    async def some_in(connection: AsyncConnection) -> list[RatedVote]:
        query = _VOTES.where(votes.c.id.in_(ids)).order_by(votes.c.id)
        return await _with_turns(connection, [RatedVote(*row) for row in await connection.execute(query)])

    return await ledger.database.read(some_in)


def _counting() -> tuple[ColumnElement[bool], ...]:
    """Return the condition that nothing recorded speaks against a vote, and that it still is somebody's."""
    return cast(votes.c.reasons, Text) == "[]", votes.c.session_id != NOBODY


async def counting_votes(ledger: Ledger, after: str) -> list[tuple[str, str, str, Outcome]]:
    """Return the next votes that count, in the order of their ids: (id, model a, model b, outcome)."""
    what = (votes.c.id, battles.c.model_a, battles.c.model_b, votes.c.outcome)
    query = select(*what).join_from(votes, battles, votes.c.battle_id == battles.c.id)
    query = query.where(*_counting(), votes.c.id > after).order_by(votes.c.id).limit(VOTES_AT_ONCE)

    async def page_in(connection: AsyncConnection) -> list[tuple[str, str, str, Outcome]]:
        return [(vote_id, a, b, outcome) for vote_id, a, b, outcome in await connection.execute(query)]

    return await ledger.database.read(page_in)


def kind_of(vote_id: str, outcome: Outcome) -> str:
    """Return what a vote is counted by: its outcome, and the end of its id."""
    return outcome.value + vote_id[_END_FROM:]


async def count_votes_until(ledger: Ledger, last: str) -> dict[str, int]:
    """Return how many votes count that have ids up to this one, by kind."""
    kind = cast(votes.c.outcome, Text) + func.substr(votes.c.id, literal(_END_FROM + 1, literal_execute=True))
    query = select(kind, func.count()).where(*_counting(), votes.c.id <= last).group_by(kind)

    async def count_in(connection: AsyncConnection) -> dict[str, int]:
        return {row[0]: row[1] for row in await connection.execute(query)}

    return await ledger.database.read(count_in)


async def forgotten_votes(ledger: Ledger) -> list[str]:
    """Return the ids of the votes that are nobody's any more."""

    async def ids_in(connection: AsyncConnection) -> list[str]:
        gone = votes.c.session_id == NOBODY
        return list((await connection.execute(select(votes.c.id).where(gone).order_by(votes.c.id))).scalars())

    return await ledger.database.read(ids_in)


async def _with_turns(connection: AsyncConnection, found: list[RatedVote]) -> list[RatedVote]:
    asked = [each for vote in found for each in (vote.conversation_a, vote.conversation_b)]
    said: defaultdict[str, list[SaidTurn]] = defaultdict(list)
    for row in await connection.execute(_TURNS.where(turns.c.conversation_id.in_(asked))):
        said[row[0]].append(SaidTurn(row[1], row[2], row[3], row[4], row[5], row[6], row[7], opened_at=row[8]))
    return [
        vote._replace(turns_a=_stand(said, vote.conversation_a), turns_b=_stand(said, vote.conversation_b))
        for vote in found
    ]


def _stand(said: dict[str, list[SaidTurn]], conversation_id: str) -> tuple[SaidTurn, ...]:
    return standing(tuple(said.get(conversation_id, ())))
