"""The ledger: every fact has one way in, and none but a turn's end is ever changed."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

from arena.battle import Outcome
from arena.errors import LedgerError, SessionRequired
from arena.leaderboard import BoardFigures, Leaderboard
from logging_store import choices, queries
from logging_store.ending import end_all_in, lose_in
from logging_store.engine import Database, is_orphan, open_database, parse_url
from logging_store.facts import (
    BattleFact,
    BattleRecord,
    ConsentFact,
    ConversationFact,
    ReactionFact,
    ReleaseChoiceFact,
    SessionFact,
    TurnEnd,
    TurnFact,
    VoteFact,
)
from logging_store.linking import Linker
from logging_store.migrate import migrate
from logging_store.opening import open_all_in
from logging_store.telling import Fact, add_in
from logging_store.voting import vote_in


@asynccontextmanager
async def open_ledger(url: str, *, key: bytes = b"", writer: str = "") -> AsyncGenerator["Ledger"]:
    """Open the ledger at an SQLAlchemy URL, its tables brought up to date; close it at the end.

    `key` is the arena's chain key and `writer` names this process in its chains: for whoever writes.
    """
    async with open_database(parse_url(url), Linker(key, writer)) as database:
        await migrate(database)
        yield Ledger(database)


class Ledger:
    """What happened. Every method is one short transaction; a database that fails is a `LedgerError`.

    What belongs to a session that was forgotten meanwhile is refused with `SessionRequired`.

    A method that was called is carried out, also when the caller is cancelled meanwhile.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._board: queries.KeptBoard | None = None

    async def add_session(self, session: SessionFact) -> None:
        """Remember a visitor's stay."""
        await self._add(session)

    async def session_by_token(self, token_hash: str) -> SessionFact | None:
        """Return the session that holds this token."""
        return await self.database.read(
            lambda connection: queries.one(connection, SessionFact, queries.SESSION, token_hash=token_hash)
        )

    async def add_consent(self, consent: ConsentFact) -> None:
        """Remember a consent; from now on it is the session's only one that counts."""
        await self._add(consent)

    async def consent_of(self, session_id: str) -> ConsentFact | None:
        """Return the session's latest consent."""
        return await self.database.read(lambda connection: queries.consent_in(connection, session_id))

    async def add_conversation(self, conversation: ConversationFact) -> None:
        """Remember a conversation that is no side of a battle."""
        await self._add(conversation)

    async def conversation(self, conversation_id: str) -> ConversationFact | None:
        """Return a conversation without its turns."""
        return await self.database.read(
            lambda connection: queries.one(connection, ConversationFact, queries.CONVERSATION, id=conversation_id)
        )

    async def turns_of(self, conversation_id: str) -> tuple[TurnFact, ...]:
        """Return the turns in order, superseded ones included."""
        found = await self.database.read(lambda connection: queries.turns_in(connection, (conversation_id,)))
        return found[conversation_id]

    async def open_turns(self, *opened: TurnFact) -> None:
        """Write the turns together, before their streams begin.

        Raises `NotFound` for an unknown conversation, `ConsentRequired` unless each turn names its session's latest
        consent and that covers `serve` and `log`, `BattleClosed` after the battle's vote, `TurnRunning` if another
        turn took the place.
        """
        await self.database.write_many(open_all_in, opened)

    async def finish_turn(self, end: TurnEnd) -> bool:
        """Write how a turn ended, if it is still open. Return whether it was this call that finished it."""
        return await self.database.write_many(end_all_in, end)

    async def lose_open_turns(self, controller: str, now: float) -> int:
        """Declare lost what this controller left open when it died. Return how many turns that were."""
        return await self.database.write(lambda connection: lose_in(connection, controller, now))

    async def controllers_with_open_turns(self) -> set[str]:
        """Return the names of the controllers under which turns are open."""
        return await self.database.read(queries.controllers_in)

    async def add_battle(self, battle: BattleFact, a: ConversationFact, b: ConversationFact) -> None:
        """Remember a battle and its two conversations."""
        await self._add(battle, a, b)

    async def battle_record(self, battle_id: str) -> BattleRecord | None:
        """Return a battle with its turns and its vote."""
        return await self.database.read(lambda connection: queries.battle_in(connection, battle_id))

    async def open_battle_of(self, session_id: str) -> str | None:
        """Return the latest blind battle that has a turn and waits for its vote."""
        return await self.database.read(lambda connection: queries.open_battle_in(connection, session_id))

    async def cast_vote(self, battle_id: str, decide: Callable[[BattleRecord], VoteFact]) -> VoteFact:
        """Let `decide` judge the battle as it stands, and write its vote, in one transaction.

        `decide` raises to refuse. Raises `NotFound` for an unknown battle, `AlreadyVoted` if another vote was first.
        """
        return await self.database.write(lambda connection: vote_in(connection, battle_id, decide), urgent=True)

    async def add_reaction(self, reaction: ReactionFact) -> None:
        """Remember what a visitor said about an answer; an earlier reaction stays, the latest one counts."""
        await self._add(reaction)

    async def reactions_of(self, conversation_id: str) -> tuple[ReactionFact, ...]:
        """Return all reactions to a conversation's turns, the latest last."""
        return await self.database.read(lambda connection: queries.reactions_in(connection, conversation_id))

    async def add_release_choices(self, session_id: str, *chosen: ReleaseChoiceFact) -> None:
        """Remember what a session chose for conversations of its own; earlier choices stay, the latest counts.

        Raises `SessionRequired` if the session is gone, `NotFound` for conversations that are not its own.
        """
        await self.database.write(lambda connection: choices.choose_in(connection, session_id, chosen))

    async def release_choice_of(self, conversation_id: str) -> bool | None:
        """Return whether its visitor lets a conversation be published; None if nothing was chosen."""
        return await self.database.read(lambda connection: choices.choice_in(connection, conversation_id))

    async def has_deletion_code(self, session_id: str) -> bool:
        """Return whether the session was given a deletion code."""
        return await self.database.read(lambda connection: choices.has_code_in(connection, session_id))

    async def session_by_deletion_code(self, code_hash: str) -> str | None:
        """Return the id of the session that a deletion code stands for."""
        return await self.database.read(lambda connection: choices.session_of_code_in(connection, code_hash))

    async def save_leaderboard(self, board: Leaderboard, made_at: float, text: str = "") -> None:
        """Keep a board as the latest, and forget the oldest: they can be made again from the votes.

        `text` is the board as JSON, where that was written down already: with many models it is long.
        """
        written = text or board.model_dump_json()
        await self.database.write(lambda connection: queries.save_board_in(connection, written, board.votes, made_at))

    async def leaderboard(self) -> Leaderboard | None:
        """Return the latest board."""
        known = self._board
        self._board = await self.database.read(lambda connection: queries.board_in(connection, known))
        return None if self._board is None else self._board.board

    async def save_figures(self, category: str, found: Sequence[BoardFigures]) -> None:
        """Keep what is drawn beside a category's boards, in the place of what was."""
        await self.database.write(lambda connection: queries.save_figures_in(connection, category, found))

    async def figures(self, category: str, *, is_styled: bool) -> BoardFigures | None:
        """Return what is drawn beside a category's board, as voted or with style held equal."""
        return await self.database.read(
            lambda connection: queries.figures_in(connection, category, is_styled=is_styled)
        )

    async def own_votes(self, session_id: str) -> list[tuple[str, str, Outcome, int]]:
        """Return (model a, model b, outcome, how often) over one session's votes in blind battles."""
        return await self.database.read(lambda connection: queries.own_tallies_in(connection, session_id))

    async def row_counts(self) -> dict[str, int]:
        """Return the number of rows of each table."""
        return await self.database.read(queries.row_counts_in)

    async def _add(self, *facts: Fact) -> None:
        try:
            await self.database.write(lambda connection: add_in(connection, *facts))
        except LedgerError as error:
            if is_orphan(error.__cause__):  # its session was forgotten while this was on its way
                raise SessionRequired from error
            raise
