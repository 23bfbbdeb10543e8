"""How a vote is cast, in the transaction that writes it."""

from collections.abc import Callable

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.errors import AlreadyVoted, NotFound
from logging_store.engine import is_duplicate
from logging_store.facts import BattleRecord, VoteFact
from logging_store.queries import battle_in
from logging_store.telling import add_in


async def vote_in(connection: AsyncConnection, battle_id: str, decide: Callable[[BattleRecord], VoteFact]) -> VoteFact:
    """Let `decide` judge the battle and write its vote. The battle has one at most: its key is unique."""
    record = await battle_in(connection, battle_id, lock=True)
    if record is None:
        raise NotFound
    vote = decide(record)
    try:
        await add_in(connection, vote)
    except IntegrityError as error:
        if is_duplicate(error):
            raise AlreadyVoted from error
        raise
    return vote
