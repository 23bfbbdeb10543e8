"""Whole runs: the ledger on one side, a provider on the other, the file of verdicts between them."""

import math
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from export.moderation.asking import Asker
from export.moderation.batch_book import BatchBook
from export.moderation.batch_file import BatchFile
from export.moderation.batch_run import fetch_in_batches
from export.moderation.batching import Batching
from export.moderation.calling import Calls, Patience, client_of
from export.moderation.fetching import Fetched, fetch, missing_texts
from export.moderation.guarding import Guard, label
from export.moderation.guards import family_of
from export.moderation.label_store import LabelWriter
from export.moderation.messages import Sought, messages
from export.moderation.pace import Pace
from export.moderation.progress import figures, watching
from export.moderation.writing import VerdictWriter, writing
from logging_store.ledger import Ledger, open_ledger


@dataclass(frozen=True, slots=True)
class Scope:
    """What is looked at, and where verdicts are kept."""

    ledger_url: str
    sought: Sought
    verdicts: Path
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Provider:
    """Who is asked, and how fast."""

    base_url: str
    key: str = field(repr=False)
    at_once: int = 8
    timeout: float = 60.0
    requests_per_minute: float | None = None
    patience: Patience = field(default_factory=Patience)

    def calls(self, who: str) -> Calls:
        """Return what makes calls to it."""
        return Calls(who, Pace(self.requests_per_minute or math.inf), self.patience)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the moderations API."""

    model: str
    retry_refused: bool = False
    batch: bool = False
    poll_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class GuardAsked:
    """Which guard is asked."""

    model: str
    family: str | None = None
    version: str = ""
    retry_refused: bool = False


async def moderate(scope: Scope, provider: Provider, asked: Asked) -> dict[str, Any]:
    """Fetch what is missing. Return figures."""
    calls = provider.calls("the moderations API")
    async with AsyncExitStack() as opened:
        ledger, total = await opened.enter_async_context(_ledger(scope))
        connection = opened.enter_context(writing(scope.verdicts))
        client = await opened.enter_async_context(client_of(provider.base_url, provider.key, provider.timeout))
        watch = opened.enter_context(watching("moderation", total, as_json=scope.as_json))
        writer = VerdictWriter(connection, asked.model)
        notes: list[str] = []
        if asked.batch:
            batching = Batching(
                client, calls, BatchBook(writer, provider.base_url), Fetched(), poll_seconds=asked.poll_seconds
            )
            fetched = await fetch_in_batches(
                lambda: messages(ledger, scope.sought),
                batching,
                lambda: BatchFile(asked.model),
                watch,
                retry=asked.retry_refused,
            )
            if kept := await batching.sweep():
                notes.append(f"{kept} of our files could not be deleted at the provider; the next run tries again")
        else:
            asker = Asker(client, asked.model, calls)
            async with aclosing(messages(ledger, scope.sought)) as chunks:
                fetched = await fetch(chunks, writer, asker, watch, at_once=provider.at_once, retry=asked.retry_refused)
        answering = writer.answering()
    if len(answering) > 1:
        notes.append(
            f"verdicts under this name are of {len(answering)} models ({', '.join(answering)}): a release takes those "
            "of one; ask for that one by its own name"
        )
    return figures(fetched) | {"answering": answering, "retried": calls.retried, "notes": notes}


async def ask_guard(scope: Scope, provider: Provider, asked: GuardAsked) -> dict[str, Any]:
    """Have a guard judge what it has not judged yet. Return figures."""
    family = family_of(asked.model, asked.family)
    calls = provider.calls("the guard's server")
    async with AsyncExitStack() as opened:
        ledger, total = await opened.enter_async_context(_ledger(scope))
        connection = opened.enter_context(writing(scope.verdicts))
        client = await opened.enter_async_context(client_of(provider.base_url, provider.key, provider.timeout))
        watch = opened.enter_context(watching("guard", total, as_json=scope.as_json))
        chunks = await opened.enter_async_context(aclosing(messages(ledger, scope.sought)))
        writer = LabelWriter(connection, family.name, asked.model, asked.version)
        guard = Guard(client, asked.model, family, calls)
        fetched = await label(chunks, writer, guard, watch, at_once=provider.at_once, retry=asked.retry_refused)
    return figures(fetched) | {"engine": family.name, "retried": calls.retried, "notes": []}


async def count_missing(scope: Scope, asked: Asked) -> dict[str, int]:
    """Count what a run would ask about: texts and their characters. A text may be counted twice, never too seldom."""
    counted = {"conversations": 0, "messages": 0, "missing": 0, "characters": 0}
    async with AsyncExitStack() as opened:
        ledger, _ = await opened.enter_async_context(_ledger(scope))
        connection = opened.enter_context(writing(scope.verdicts))
        writer = VerdictWriter(connection, asked.model)
        async for chunk in await opened.enter_async_context(aclosing(messages(ledger, scope.sought))):
            missing = missing_texts(chunk, writer, retry=asked.retry_refused)
            counted["conversations"] += chunk.conversations
            counted["messages"] += len(chunk.texts)
            counted["missing"] += len(missing)
            counted["characters"] += sum(len(text) for _, text in missing)
    return counted


@asynccontextmanager
async def _ledger(scope: Scope) -> AsyncGenerator[tuple[Ledger, int]]:
    async with open_ledger(scope.ledger_url) as ledger:
        yield ledger, (await ledger.row_counts())["conversations"]
