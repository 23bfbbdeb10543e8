"""The prompts that labels are asked for: those of voted battles.

Of a ledger these are the ones that a release may hold: what somebody did not allow to be published is shown to no model
for the sake of a board.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path

from export.moderation.messages import Chunk
from export.ratings.battle_files import batches, battle_files
from export.ratings.said import TEXT_COLUMNS, Said, said_in
from logging_store.facts import ConversationRecord, standing
from logging_store.ledger import Ledger
from logging_store.reading import conversation_records

CONVERSATIONS_AT_ONCE = 2_000


async def prompts_in_files(paths: Sequence[Path]) -> AsyncGenerator[Chunk]:
    """Yield the prompts of the battles in files."""
    for file in battle_files(paths):
        for batch in batches(file, TEXT_COLUMNS[:1]):
            rows = [(said.asked,) for said in said_in(batch) if said.prompts]
            yield Chunk(conversations=batch.num_rows, rows=list(rows))


async def prompts_in_ledger(ledger: Ledger, withheld_cohorts: frozenset[str]) -> AsyncGenerator[Chunk]:
    """Yield the prompts of a ledger's voted battles, some conversations at a time. Nothing is open there meanwhile."""
    last = ""
    while (chunk := await _chunk(ledger, withheld_cohorts, last)).conversations:
        yield chunk
        last = chunk.last_id


async def _chunk(ledger: Ledger, withheld_cohorts: frozenset[str], after: str) -> Chunk:
    chunk = Chunk()
    records = conversation_records(ledger, withheld_cohorts, battles=True, after=after, page=CONVERSATIONS_AT_ONCE)
    async with aclosing(records):
        async for read in records:
            chunk.conversations += 1
            if isinstance(read, ConversationRecord):
                chunk.last_id = read.conversation.id
                if (asked := _asked(read)) is not None:
                    chunk.rows.append((asked,))
            else:
                chunk.last_id = read.conversation_id
            if chunk.conversations == CONVERSATIONS_AT_ONCE:
                break
    return chunk


def _asked(read: ConversationRecord) -> str | None:
    """Return what was asked in a voted battle; both sides hold the same, so one is enough."""
    is_voted = read.battle is not None and read.battle.outcome is not None
    if not is_voted or read.conversation.side != "a":
        return None
    return Said(tuple(turn.text for turn in standing(read.turns))).asked
