"""The prompts, and if wanted the answers, that labels are asked for: those of voted battles.

Of a ledger these are the ones that a release may hold: what somebody did not allow to be published is shown to no model
for the sake of a board.
"""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path

from export.moderation.messages import Chunk
from export.ratings.battle_files import batches, battle_files
from export.ratings.said import TEXT_COLUMNS, Said, said_in
from logging_store.facts import ConversationRecord, standing
from logging_store.ledger import Ledger
from logging_store.reading import conversation_records

CONVERSATIONS_AT_ONCE = 2_000


async def prompts_in_files(paths: Sequence[Path], *, answers: bool = False) -> AsyncGenerator[Chunk]:
    """Yield the prompts of the battles in files."""
    for file in battle_files(paths):
        for batch in batches(file, TEXT_COLUMNS if answers else TEXT_COLUMNS[:1]):
            rows = [row for said in said_in(batch) if said.prompts for row in _rows(said, answers=answers)]
            yield Chunk(conversations=batch.num_rows, rows=list(rows))


def _rows(said: Said, *, answers: bool) -> Iterator[tuple[str, ...]]:
    yield (said.asked,)
    if answers:
        yield from ((said.asked, answered) for answered in said.answered if answered.strip())


async def prompts_in_ledger(
    ledger: Ledger, withheld_cohorts: frozenset[str], *, answers: bool = False
) -> AsyncGenerator[Chunk]:
    """Yield the prompts of a ledger's voted battles, some conversations at a time. Nothing is open there meanwhile."""
    last = ""
    while (chunk := await _chunk(ledger, withheld_cohorts, last, answers=answers)).conversations:
        yield chunk
        last = chunk.last_id


async def _chunk(ledger: Ledger, withheld_cohorts: frozenset[str], after: str, *, answers: bool) -> Chunk:
    chunk = Chunk()
    records = conversation_records(ledger, withheld_cohorts, battles=True, after=after, page=CONVERSATIONS_AT_ONCE)
    async with aclosing(records):
        async for read in records:
            chunk.conversations += 1
            if isinstance(read, ConversationRecord):
                chunk.last_id = read.conversation.id
                chunk.rows += _of(read, answers=answers)
            else:
                chunk.last_id = read.conversation_id
            if chunk.conversations == CONVERSATIONS_AT_ONCE:
                break
    return chunk


def _of(read: ConversationRecord, *, answers: bool) -> Iterator[tuple[str, ...]]:
    """Yield what is to be asked about one side of a voted battle. Both sides hold the same prompts: one tells them."""
    if read.battle is None or read.battle.outcome is None:
        return
    turns = standing(read.turns)
    side = Said(tuple(turn.text for turn in turns), tuple(turn.answer for turn in turns))
    if read.conversation.side == "a":
        yield from _rows(side, answers=answers)
    elif answers and side.answered[0].strip():
        yield side.asked, side.answered[0]
