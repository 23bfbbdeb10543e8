"""What is shown to moderation: the messages that a release would hold, and nothing else.

They come from the ledger by the release's own reader and its own first steps. What somebody did not allow to be
released never gets as far as this.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import takewhile

from arena.settings import ArenaFile
from export.release.config import ReleaseSettings
from export.release.recipe import JOINED, Failure, Ingredients, RowStep, Taken, recipe, walk
from export.release.steps import Bundle, Dropped, begin
from logging_store.facts import ConversationRecord
from logging_store.ledger import Ledger
from logging_store.reading import conversation_records

CONVERSATIONS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Sought:
    """What would be released."""

    steps: Sequence[Taken]
    """Those of a release that come before moderation."""
    withheld_cohorts: frozenset[str] = frozenset()
    finished_from: float | None = None
    finished_to: float | None = None


@dataclass(slots=True)
class Chunk:
    """Some conversations' messages."""

    conversations: int = 0
    last_id: str = ""
    rows: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    """The messages of each that would be released: user, assistant, user, ..."""

    @property
    def texts(self) -> list[str]:
        """All messages."""
        return [text for row in self.rows for text in row]


def steps_before(arena: ArenaFile) -> list[Taken]:
    """Return the steps of a release that come before moderation: they alone decide which texts it is asked about."""
    ingredients = Ingredients(
        ReleaseSettings().model_dump_json(by_alias=True),
        frozenset(each.name for each in arena.models if not each.release),
        frozenset(each.name for each in arena.models if each.secret),
    )
    before = takewhile(lambda step: step.name != JOINED, recipe(ingredients))
    return [Taken(each.name, each.make()) for each in before if isinstance(each, RowStep)]


def _nobody_is_told(_failure: Failure) -> None:
    """What a step breaks on is in no release, and reported by that."""


async def messages(ledger: Ledger, sought: Sought, at_once: int = CONVERSATIONS_AT_ONCE) -> AsyncGenerator[Chunk]:
    """Yield the messages, some conversations at a time, in the order of ids.

    Each chunk is read for itself, shortly before it is asked about: nothing is open in the ledger meanwhile, and who
    takes back a consent is not asked about any more.
    """
    last = ""
    while (chunk := await _chunk(ledger, sought, last, at_once)).conversations:
        yield chunk
        last = chunk.last_id


async def _chunk(ledger: Ledger, sought: Sought, after: str, at_once: int) -> Chunk:
    chunk = Chunk()
    records = conversation_records(
        ledger,
        sought.withheld_cohorts,
        finished_from=sought.finished_from,
        finished_to=sought.finished_to,
        after=after,
        page=at_once,
    )
    async with aclosing(records):
        async for read in records:
            chunk.conversations += 1
            chunk.last_id = read.conversation.id if isinstance(read, ConversationRecord) else read.conversation_id
            [row] = walk(sought.steps, Bundle((begin(read),)), _nobody_is_told).rows
            if not isinstance(row, Dropped):
                chunk.rows.append(row.texts)
            if chunk.conversations == at_once:
                break
    return chunk
