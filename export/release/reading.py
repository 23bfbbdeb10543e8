"""The first stage: all of the ledger that is asked for, into raw shards. Cut off it begins anew; done it never does."""

import json
import shutil
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import func, select

from export.canaries.planting import planted
from export.personal_data.steps import policy_of
from export.release.config import ReleaseSettings
from export.release.progress import Watcher
from export.release.shards import RawShards, Read, shards_for
from export.release.steps import Row
from export.release.times import is_possible
from export.release.work import Work
from logging_store.facts import ConversationRecord, Withheld
from logging_store.ledger import Ledger
from logging_store.reading import conversation_records
from logging_store.tables import conversations

_WITH_BATTLES = {"arena-battles", "preference-140k"}
_WITH_EVERYTHING = {"full"}
_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class WasRead:
    """What was counted while reading."""

    conversations: int
    shards: int
    date: str
    """The release's."""


@dataclass(frozen=True, slots=True)
class Source:
    """What of which ledger is asked for."""

    ledger: Ledger
    settings: ReleaseSettings
    withheld_cohorts: frozenset[str] = frozenset()

    def records(self) -> AsyncGenerator[Read]:
        """Read the ledger as of now. To be closed."""
        settings = self.settings
        return conversation_records(
            self.ledger,
            self.withheld_cohorts,
            finished_from=settings.start.timestamp() if settings.start else None,
            finished_to=settings.end.timestamp() if settings.end else None,
            battles=not _WITH_BATTLES.isdisjoint(settings.format),
            everything=not _WITH_EVERYTHING.isdisjoint(settings.format),
        )


async def ledger_mark(ledger: Ledger) -> str:
    """Return by what a ledger is told from others: its first conversation's id, empty if there is none."""

    return await ledger.database.read(lambda connection: connection.scalar(select(func.min(conversations.c.id)))) or ""


async def read_ledger(source: Source, work: Work, key: bytes, watcher: Watcher) -> WasRead:
    """Put all conversations and the canaries into raw shards, unless that was done before."""
    if work.read.exists():
        return WasRead(**json.loads(work.read.read_text(encoding="utf-8")))
    shutil.rmtree(work.raw, ignore_errors=True)
    total = (await source.ledger.row_counts())["conversations"]
    raw = RawShards(work.raw, shards_for(total), key)
    watcher.begin("read", total, "conversations")
    number, last = 0, 0.0
    async with aclosing(source.records()) as records:
        async for read in records:
            raw.add(read)
            number += 1
            if isinstance(read, ConversationRecord):
                last = max(last, _finish(read))
            if number % _AT_ONCE == 0:
                watcher.advance(_AT_ONCE)
    watcher.advance(number % _AT_ONCE)
    was_read = WasRead(number, shards_for(total), _date(source.settings, last).isoformat())
    for each in canaries(source.settings, key, was_read.date):
        raw.add(each)
    raw.close()
    watcher.end()
    work.note(work.read, asdict(was_read))
    return was_read


def canaries(settings: ReleaseSettings, key: bytes, release: str) -> Iterable[ConversationRecord]:
    """Return the planted conversations as if the ledger had held them."""
    policy = policy_of(settings.pii, settings.policy)
    for canary in planted(key, release, settings.canaries, policy, names=settings.names != "none"):
        yield from (row.record for row in canary.bundle.rows if isinstance(row, Row))


async def withdrawn_since(source: Source) -> dict[str, str]:
    """Return the conversations that may not be released as of now, with the reasons, whatever time is asked for.

    What merely went on since is no reason: it was read as it was.
    """
    settings = source.settings.model_copy(update={"start": None, "end": None})
    async with aclosing(replace(source, settings=settings).records()) as records:
        return {each.conversation_id: each.reason.value async for each in records if isinstance(each, Withheld)}


def _finish(read: ConversationRecord) -> float:
    finishes = (turn.finished_at for turn in read.turns if turn.finished_at is not None)
    return max(filter(is_possible, finishes), default=0.0)


def _date(settings: ReleaseSettings, last: float) -> date:
    """Return the release's date: what is asked for, else the end of its time, else the last turn's day.

    Where nothing was said, it is the day on which its time begins.
    """
    if settings.date:
        return settings.date
    if settings.end or (settings.start and not last):
        return (settings.end or settings.start or datetime.fromtimestamp(0, UTC)).date()
    return datetime.fromtimestamp(last, UTC).date()
