"""The ledger: every fact has one way in, and none but a turn's end is ever changed."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Table, Text, cast, func, select
from sqlalchemy.exc import IntegrityError

from arena.battle import Outcome
from arena.chat import Ending
from arena.errors import AlreadyVoted, NotFound
from arena.leaderboard import Leaderboard
from logging_store.engine import Database, is_duplicate, open_database, parse_url
from logging_store.facts import (
    BattleFact,
    BattleRecord,
    ConsentFact,
    ConversationFact,
    ReactionFact,
    SessionFact,
    TurnEnd,
    TurnFact,
    VoteFact,
)
from logging_store.migrate import migrate
from logging_store.opening import open_in
from logging_store.queries import (
    battle_in,
    consent_fact,
    consent_row,
    latest_consent,
    one,
    open_battle,
    row_of,
    turns_in,
)
from logging_store.tables import (
    battles,
    consents,
    conversations,
    leaderboards,
    metadata,
    reactions,
    sessions,
    turns,
    votes,
)

BOARDS_KEPT = 100
_COUNTS = cast(votes.c.reasons, Text) == "[]"


@asynccontextmanager
async def open_ledger(url: str) -> AsyncGenerator["Ledger"]:
    """Open the ledger at an SQLAlchemy URL, its tables brought up to date; close it at the end."""
    async with open_database(parse_url(url)) as database:
        await migrate(database)
        yield Ledger(database)


class Ledger:
    """What happened. Every method is one short transaction; a database that fails is a `LedgerError`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def add_session(self, session: SessionFact) -> None:
        """Remember a visitor's stay."""
        await self._add(sessions, row_of(session))

    async def session_by_token(self, token_hash: str) -> SessionFact | None:
        """Return the session that holds this token."""
        async with self.database.reading() as connection:
            return await one(connection, SessionFact, select(sessions).where(sessions.c.token_hash == token_hash))

    async def add_consent(self, consent: ConsentFact) -> None:
        """Remember a consent; from now on it is the session's only one that counts."""
        await self._add(consents, consent_row(consent))

    async def consent_of(self, session_id: str) -> ConsentFact | None:
        """Return the session's latest consent."""
        async with self.database.reading() as connection:
            row = (await connection.execute(latest_consent(session_id))).mappings().first()
            return None if row is None else consent_fact(row)

    async def add_conversation(self, conversation: ConversationFact) -> None:
        """Remember a conversation that is no side of a battle."""
        await self._add(conversations, row_of(conversation))

    async def conversation(self, conversation_id: str) -> ConversationFact | None:
        """Return a conversation without its turns."""
        async with self.database.reading() as connection:
            query = select(conversations).where(conversations.c.id == conversation_id)
            return await one(connection, ConversationFact, query)

    async def turns_of(self, conversation_id: str) -> tuple[TurnFact, ...]:
        """Return the turns in order, superseded ones included."""
        async with self.database.reading() as connection:
            return (await turns_in(connection, (conversation_id,)))[conversation_id]

    async def open_turns(self, *opened: TurnFact) -> None:
        """Write the turns together, before their streams begin.

        Raises `NotFound` for an unknown conversation, `ConsentRequired` unless each turn names its session's latest
        consent and that covers `serve` and `log`, `BattleClosed` after the battle's vote, `TurnRunning` if another
        turn took the place.
        """
        async with self.database.writing() as connection:
            await open_in(connection, opened)

    async def finish_turn(self, end: TurnEnd) -> bool:
        """Write how a turn ended, if it is still open. Return whether it was this call that finished it."""
        values = row_of(end)
        values.pop("turn_id")
        still_open = turns.update().where(turns.c.id == end.turn_id, turns.c.ending.is_(None))
        async with self.database.writing() as connection:
            return (await connection.execute(still_open.values(values))).rowcount == 1

    async def lose_open_turns(self, controller: str, now: float) -> int:
        """Declare lost what this controller left open when it died. Return how many turns that were."""
        left = turns.update().where(turns.c.controller == controller, turns.c.ending.is_(None))
        async with self.database.writing() as connection:
            return (await connection.execute(left.values(ending=Ending.LOST, finished_at=now))).rowcount

    async def add_battle(self, battle: BattleFact, a: ConversationFact, b: ConversationFact) -> None:
        """Remember a battle and its two conversations."""
        async with self.database.writing() as connection:
            await connection.execute(battles.insert(), row_of(battle))
            await connection.execute(conversations.insert(), [row_of(a), row_of(b)])

    async def battle_record(self, battle_id: str) -> BattleRecord | None:
        """Return a battle with its turns and its vote."""
        async with self.database.reading() as connection:
            return await battle_in(connection, battle_id)

    async def open_battle_of(self, session_id: str) -> str | None:
        """Return the latest blind battle that has a turn and waits for its vote."""
        async with self.database.reading() as connection:
            return (await connection.execute(open_battle(session_id))).scalar_one_or_none()

    async def cast_vote(self, battle_id: str, decide: Callable[[BattleRecord], VoteFact]) -> VoteFact:
        """Let `decide` judge the battle as it stands, and write its vote, in one transaction.

        `decide` raises to refuse. Raises `NotFound` for an unknown battle, `AlreadyVoted` if another vote was first.
        """
        async with self.database.writing() as connection:
            record = await battle_in(connection, battle_id, lock=True)
            if record is None:
                raise NotFound
            vote = decide(record)
            try:
                await connection.execute(votes.insert(), row_of(vote))
            except IntegrityError as error:
                if is_duplicate(error):
                    raise AlreadyVoted from error
                raise
        return vote

    async def add_reaction(self, reaction: ReactionFact) -> None:
        """Remember what a visitor said about an answer; an earlier reaction stays, the latest one counts."""
        await self._add(reactions, row_of(reaction))

    async def reactions_of(self, conversation_id: str) -> tuple[ReactionFact, ...]:
        """Return all reactions to a conversation's turns, the latest last."""
        query = (
            select(reactions)
            .join(turns, turns.c.id == reactions.c.turn_id)
            .where(turns.c.conversation_id == conversation_id)
            .order_by(reactions.c.reacted_at, reactions.c.id)
        )
        async with self.database.reading() as connection:
            return tuple(ReactionFact(**row) for row in (await connection.execute(query)).mappings())

    async def save_leaderboard(self, board: Leaderboard, made_at: float) -> None:
        """Keep a board as the latest, and forget the oldest: they can be made again from the votes."""
        row = {"made_at": made_at, "votes": board.votes, "board": board.model_dump(mode="json")}
        async with self.database.writing() as connection:
            made = await connection.execute(leaderboards.insert().returning(leaderboards.c.id), row)
            old = leaderboards.c.id <= made.scalar_one() - BOARDS_KEPT
            await connection.execute(leaderboards.delete().where(old))

    async def leaderboard(self) -> Leaderboard | None:
        """Return the latest board."""
        async with self.database.reading() as connection:
            query = select(leaderboards.c.board).order_by(leaderboards.c.id.desc()).limit(1)
            board = (await connection.execute(query)).scalar_one_or_none()
            return None if board is None else Leaderboard.model_validate(board)

    async def counting_votes(self) -> AsyncGenerator[tuple[str, str, Outcome]]:
        """Yield (model a, model b, outcome) of each vote that nothing speaks against, in the order of their ids."""
        query = select(battles.c.model_a, battles.c.model_b, votes.c.outcome).join(votes).where(_COUNTS)
        async with self.database.reading() as connection:
            async for row in await connection.stream(query.order_by(votes.c.id)):
                yield row.model_a, row.model_b, row.outcome

    async def tallied_votes(self) -> list[tuple[str, str, Outcome, int]]:
        """Return (model a, model b, outcome, how often) over the votes that nothing speaks against."""
        what = (battles.c.model_a, battles.c.model_b, votes.c.outcome)
        query = select(*what, func.count()).join(votes).where(_COUNTS).group_by(*what).order_by(*what)
        async with self.database.reading() as connection:
            return [(a, b, outcome, often) for a, b, outcome, often in await connection.execute(query)]

    async def vote_count(self) -> int:
        """Return how many votes nothing speaks against."""
        async with self.database.reading() as connection:
            return (await connection.execute(select(func.count()).select_from(votes).where(_COUNTS))).scalar_one()

    async def row_counts(self) -> dict[str, int]:
        """Return the number of rows of each table."""
        async with self.database.reading() as connection:
            counts = {
                table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
                for table in metadata.sorted_tables
            }
        return dict(sorted(counts.items()))

    async def _add(self, table: Table, row: dict[str, Any]) -> None:
        async with self.database.writing() as connection:
            await connection.execute(table.insert(), row)
