"""The ledger where conversations go on while it is away: read from memory then, opened and ended on disk."""

from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

from arena.errors import LedgerError, Unconfirmed
from controller.outage import LedgerWatch
from controller.outage_ledger import SteadyLedger
from controller.outage_memory import Memory
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
from logging_store.ledger import Ledger
from logging_store.spool import Spool
from logging_store.spool_file import Waiting

T = TypeVar("T")


class GoingOnLedger(SteadyLedger):
    """A steady ledger that remembers. What this controller has not seen lately, and all that is new, is refused."""

    def __init__(self, ledger: Ledger, watch: LedgerWatch, spool: Spool, memory: Memory) -> None:
        super().__init__(ledger, watch, spool)
        self.memory = memory

    async def add_session(self, session: SessionFact) -> None:
        """Remember a visitor's stay."""
        await self.ledger.add_session(session)
        self.memory.see_session(session)

    async def session_by_token(self, token_hash: str) -> SessionFact | None:
        """Return the session that holds this token."""
        return await _recalled(
            self.ledger.session_by_token(token_hash),
            self.memory.see_session,
            lambda: self.memory.session(token_hash),
        )

    async def add_consent(self, consent: ConsentFact) -> None:
        """Remember a consent. If that fails nothing goes on for its session: what it allows now is not known."""
        try:
            await self.ledger.add_consent(consent)
        except LedgerError:
            self.memory.forget(consent.session_id)
            raise
        self.memory.see_consent(consent)

    async def consent_of(self, session_id: str) -> ConsentFact | None:
        """Return the session's latest consent."""
        return await _recalled(
            self.ledger.consent_of(session_id), self.memory.see_consent, lambda: self.memory.consent(session_id)
        )

    async def add_conversation(self, conversation: ConversationFact) -> None:
        """Remember a conversation that is no side of a battle."""
        await self.ledger.add_conversation(conversation)
        self.memory.see_conversation(conversation)
        self.memory.see_turns(conversation.id, ())

    async def conversation(self, conversation_id: str) -> ConversationFact | None:
        """Return a conversation without its turns."""
        return await _recalled(
            self.ledger.conversation(conversation_id),
            self.memory.see_conversation,
            lambda: self.memory.conversation(conversation_id),
        )

    async def turns_of(self, conversation_id: str) -> tuple[TurnFact, ...]:
        """Return the turns in order, superseded ones included."""
        found = await _recalled(
            self.ledger.turns_of(conversation_id),
            lambda turns: self.memory.see_turns(conversation_id, turns),
            lambda: self.memory.turns(conversation_id),
        )
        return found or ()

    async def add_battle(self, battle: BattleFact, a: ConversationFact, b: ConversationFact) -> None:
        """Remember a battle and its two conversations."""
        await self.ledger.add_battle(battle, a, b)
        self.memory.see_battle(BattleRecord(battle, (), (), None))

    async def battle_record(self, battle_id: str) -> BattleRecord | None:
        """Return a battle with its turns and its vote."""
        return await _recalled(
            self.ledger.battle_record(battle_id), self.memory.see_battle, lambda: self.memory.battle(battle_id)
        )

    async def open_battle_of(self, session_id: str) -> str | None:
        """Return the latest blind battle that has a turn and waits for its vote."""
        return await _or_else(self.ledger.open_battle_of(session_id), lambda: self.memory.open_battle(session_id))

    async def reactions_of(self, conversation_id: str) -> tuple[ReactionFact, ...]:
        """Return all reactions to a conversation's turns, none while the ledger is away."""
        return await _or_else(self.ledger.reactions_of(conversation_id), tuple[ReactionFact, ...])

    async def release_choice_of(self, conversation_id: str) -> bool | None:
        """Return the latest choice about a conversation, none while the ledger is away."""
        return await _or_else(self.ledger.release_choice_of(conversation_id), lambda: None)

    async def has_deletion_code(self, session_id: str) -> bool:
        """Return whether a deletion code was made for the session, no while the ledger is away."""
        return await _or_else(self.ledger.has_deletion_code(session_id), lambda: False)

    async def open_turns(self, *opened: TurnFact) -> None:
        """Write the turns: into the ledger, or on disk while it is away and all that they need is known."""
        await self.watch.opened()
        try:
            await self.ledger.open_turns(*opened)
        except LedgerError as error:
            if not self.memory.may_open(opened):
                if isinstance(error, Unconfirmed):
                    await self.end_on_disk(opened, error)
                raise
            await self.spool.append(*(Waiting(turn.id, opened=turn) for turn in opened))
            self.watch.falls()
        self.memory.opened(opened)

    async def finish_turn(self, end: TurnEnd) -> bool:
        """Keep how a turn ended, as `SteadyLedger.finish_turn` does."""
        was_us = await super().finish_turn(end)
        self.memory.ended(end)
        return was_us

    async def cast_vote(self, battle_id: str, decide: Callable[[BattleRecord], VoteFact]) -> VoteFact:
        """Vote as `SteadyLedger.cast_vote` does. Never while the ledger is away."""
        vote = await super().cast_vote(battle_id, decide)
        self.memory.voted(vote)
        return vote

    async def forgot(self, session_id: str, turn_ids: Collection[str]) -> None:
        """Forget here what the ledger has forgotten."""
        self.memory.forget(session_id)
        await super().forgot(session_id, turn_ids)


async def _recalled(asked: Awaitable[T | None], see: Callable[[T], None], recall: Callable[[], T | None]) -> T | None:
    """Return what the ledger says, and remember it; what is remembered if it says nothing."""
    try:
        found = await asked
    except LedgerError:
        if (known := recall()) is None:
            raise
        return known
    if found is not None:
        see(found)
    return found


async def _or_else(asked: Awaitable[T], fallback: Callable[[], T]) -> T:
    try:
        return await asked
    except LedgerError:
        return fallback()
