"""Fetches verdicts text by text, several requests at once. Each answer is kept as soon as it is there."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from arena.errors import ProviderError
from export.moderation.asking import Asker, Said, grouped
from export.moderation.messages import Chunk
from export.moderation.store import text_key
from export.moderation.verdict import Verdict
from export.moderation.writing import VerdictWriter

HOPELESS = 25
"""So many refused texts and not one verdict: it is not the texts."""

T = TypeVar("T")


@dataclass(slots=True)
class Fetched:
    """What a run did."""

    conversations: int = 0
    """Looked at; those that may not be released are among them, without a word of theirs."""
    messages: int = 0
    """That a release would hold."""
    asked: int = 0
    """Texts that were sent; a text that several messages share is one."""
    moderated: int = 0
    unmoderated: Counter[str] = field(default_factory=Counter[str])
    """Texts that the model did not take, by its reason."""


Watch = Callable[[Fetched], None]
"""Told whenever something was done."""


def missing_texts(chunk: Chunk, writer: VerdictWriter, *, retry: bool) -> list[tuple[bytes, str]]:
    """Return the texts about which nothing is known yet, each once, by their digests."""
    texts = {text_key(text): text for text in chunk.texts}
    return [(key, texts[key]) for key in sorted(writer.missing(texts, retry=retry))]


async def fetch(
    chunks: AsyncIterator[Chunk],
    writer: VerdictWriter,
    asker: Asker,
    watch: Watch,
    *,
    at_once: int,
    retry: bool = False,
) -> Fetched:
    """Ask about everything that is missing. With `retry`, also about what was refused before."""
    fetched = Fetched()
    keeper = _Keeper(writer, fetched)

    async def ask(group: list[tuple[bytes, str]]) -> None:
        said = await asker.ask([text for _, text in group])
        keeper.keep([key for key, _ in group], said)
        watch(fetched)

    async for chunk in chunks:
        wanted = missing_texts(chunk, writer, retry=retry)
        await for_each(grouped(wanted), ask, at_once)
        fetched.conversations += chunk.conversations
        fetched.messages += len(chunk.texts)
        watch(fetched)
    keeper.flush()
    return fetched


class _Keeper:
    """Keeps answers. Refusals wait for the first verdict: who refuses everything did not look at the texts."""

    def __init__(self, writer: VerdictWriter, fetched: Fetched) -> None:
        self._writer = writer
        self._fetched = fetched
        self._held: list[tuple[bytes, str]] = []

    def keep(self, keys: Iterable[bytes], said: Iterable[Said]) -> None:
        pairs = list(zip(keys, said, strict=True))
        verdicts = [(key, each) for key, each in pairs if isinstance(each, Verdict)]
        refused = [(key, each) for key, each in pairs if isinstance(each, str)]
        self._fetched.asked += len(pairs)
        self._fetched.moderated += len(verdicts)
        self._fetched.unmoderated.update(reason for _, reason in refused)
        self._held += refused
        if self._fetched.moderated:
            self._writer.add(verdicts, self._held)
            self._held.clear()
        elif len(self._held) >= HOPELESS:
            reasons = ", ".join(sorted({reason for _, reason in self._held}))
            raise ProviderError(f"the moderations API takes no text at all ({reasons}), so nothing was recorded")

    def flush(self) -> None:
        if self._held and self._writer.answering():
            self._writer.add((), self._held)


async def for_each(items: Iterable[T], work: Callable[[T], Awaitable[None]], at_once: int) -> None:
    """Do some work for each item, so many at once. The first failure ends all."""
    left: Iterator[T] = iter(items)

    async def one_after_another() -> None:
        for item in left:
            await work(item)

    try:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(at_once):
                tasks.create_task(one_after_another())
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
