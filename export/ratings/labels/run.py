"""Whole runs: prompts on one side, a model on the other, the file of labels between them."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from export.moderation.calling import client_of
from export.moderation.guarding import label
from export.moderation.label_store import LabelWriter
from export.moderation.messages import Chunk
from export.moderation.progress import watching
from export.moderation.run import Provider
from export.moderation.writing import writing
from export.ratings.labels.asking import Labeller
from export.ratings.labels.prompts import prompts_in_files, prompts_in_ledger
from export.ratings.labels.question import ENGINE, VERSION
from logging_store.ledger import open_ledger


@dataclass(frozen=True, slots=True)
class Source:
    """Where the prompts are: in files, else in a ledger."""

    ledger_url: str
    files: tuple[Path, ...] = ()
    withheld_cohorts: frozenset[str] = frozenset()
    answers: bool = False
    """Whether answers are asked about as well: do they refuse?"""


async def ask_for_labels(
    source: Source, provider: Provider, model: str, path: Path, *, retry: bool = False, as_json: bool = False
) -> dict[str, Any]:
    """Have a model label what it has not labelled yet. Each answer is kept as soon as it is there. Return figures."""
    calls = provider.calls("the labelling server")
    async with AsyncExitStack() as opened:
        chunks, total = await _prompts(opened, source)
        connection = opened.enter_context(writing(path))
        client = await opened.enter_async_context(client_of(provider.base_url, provider.key, provider.timeout))
        watch = opened.enter_context(watching("labels", total, as_json=as_json))
        labeller = Labeller(client, model, calls)
        writer = LabelWriter(connection, ENGINE, model, VERSION)
        done = await label(chunks, writer, labeller, watch, at_once=provider.at_once, retry=retry)
    return {
        "prompts": done.messages,
        "asked": done.asked,
        "labelled": done.moderated,
        "unlabelled": dict(sorted(done.unmoderated.items())),
        "asked_again": labeller.asked_again,
        "retried": calls.retried,
        "question": VERSION,
    }


async def _prompts(opened: AsyncExitStack, source: Source) -> tuple[AsyncGenerator[Chunk], int]:
    """Return the prompts, and how many conversations are to be looked at; 0 where that is not known."""
    if source.files:
        return await opened.enter_async_context(aclosing(prompts_in_files(source.files, answers=source.answers))), 0
    ledger = await opened.enter_async_context(open_ledger(source.ledger_url))
    total = (await ledger.row_counts())["conversations"]
    found = prompts_in_ledger(ledger, source.withheld_cohorts, answers=source.answers)
    return await opened.enter_async_context(aclosing(found)), total
