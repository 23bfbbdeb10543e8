"""A whole run with the Batch API: what is missing is sent, waited for and collected, again where it came back without
a verdict that it may still get.
"""

from collections.abc import AsyncIterator, Callable

from arena.errors import ProviderError
from export.moderation.batch_file import BatchFile
from export.moderation.batching import Batching
from export.moderation.fetching import Fetched, Watch, missing_texts
from export.moderation.messages import Chunk

ROUNDS = 5
MOST_OPEN = 8
"""Batches under way at once."""


async def fetch_in_batches(
    chunks: Callable[[], AsyncIterator[Chunk]],
    batching: Batching,
    new_file: Callable[[], BatchFile],
    watch: Watch,
    *,
    retry: bool = False,
) -> Fetched:
    """Send what is missing, and stay until all has come back. Killed, the next run goes on with what is under way."""
    fetched = batching.fetched
    await batching.resume()
    for _ in range(ROUNDS):
        known = fetched.moderated + fetched.unmoderated.total()
        was_open = bool(batching.book.open())
        fetched.conversations = fetched.messages = 0
        sent = await _send_missing(chunks(), batching, new_file, watch, retry=retry)
        if not sent and not was_open:
            return fetched
        await batching.collect()
        watch(fetched)
        retry = False  # once is enough
        if fetched.moderated + fetched.unmoderated.total() == known:
            raise ProviderError(f"{batching.calls.who}: the batches came back with nothing in them")
    return fetched


async def _send_missing(
    chunks: AsyncIterator[Chunk],
    batching: Batching,
    new_file: Callable[[], BatchFile],
    watch: Watch,
    *,
    retry: bool,
) -> int:
    """Send files as they fill. Return how many texts they held."""
    file, sent = new_file(), 0
    async for chunk in chunks:
        missing = missing_texts(chunk, batching.book.writer, retry=retry)
        under_way = batching.book.waiting(key for key, _ in missing)
        for key, text in missing:
            if key not in under_way and not file.add(key, text):
                sent += await _send(file, batching)
                file = new_file()
                file.add(key, text)
        batching.fetched.conversations += chunk.conversations
        batching.fetched.messages += len(chunk.texts)
        watch(batching.fetched)
    return sent + (await _send(file, batching) if file.lines else 0)


async def _send(file: BatchFile, batching: Batching) -> int:
    await batching.collect(until=MOST_OPEN - 1)
    await batching.send(file)
    return len(file.lines)
