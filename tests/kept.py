"""All that a ledger holds of conversations, for tests that look at more than may be released."""

from dataclasses import dataclass

from sqlalchemy import select

from logging_store.facts import ConversationFact, ConversationRecord, TurnFact
from logging_store.ledger import Ledger
from logging_store.reading import conversation_records
from logging_store.tables import sessions


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation, its turns, and whether a release may hold it."""

    conversation: ConversationFact
    turns: tuple[TurnFact, ...]
    releasable: bool
    address_hash: str


async def all_kept(ledger: Ledger) -> list[Kept]:
    """Return every conversation, in the order of ids."""
    async with ledger.database.snapshot() as connection:
        found = await connection.execute(select(sessions.c.id, sessions.c.address_hash))
        addresses = {row.id: row.address_hash for row in found}
    kept: list[Kept] = []
    for read in [each async for each in conversation_records(ledger)]:
        releasable = isinstance(read, ConversationRecord)
        its_id = read.conversation.id if isinstance(read, ConversationRecord) else read.conversation_id
        conversation = await ledger.conversation(its_id)
        assert conversation is not None
        turns = await ledger.turns_of(its_id)
        kept.append(Kept(conversation, turns, releasable, addresses[conversation.session_id]))
    return kept
