"""The edge towards workers: Chat Completions over HTTP. Foreign errors become ours here."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import orjson

from arena.errors import WorkerBroke, WorkerTimeout
from arena.sse import BlockSplitter
from arena.telemetry import outgoing_attempt
from arena.worker import WorkerCard
from controller.claims import Claim, IsListed
from controller.patience import Patience, Watch
from controller.upstream.client import Answer, Upstream
from controller.worker_words import Piece, Reading, meaning, read_together

PATH = "/v1/chat/completions"
LONGEST_EVENT = 4_000_000
"""Bytes; a worker that sends more without ending an event is broken."""
LONGEST_ANSWER = 4_000_000
"""Characters; a worker that writes more than any model can is broken."""
ERROR_BODY = 65_536


class WorkerClient:
    """Calls workers. `gathers`: what comes quickly after the first word is read together, and held 40 ms at most.

    `is_listed` says whether a name is that of a model of ours: no worker may answer for another one than it was asked.
    """

    def __init__(
        self, upstream: Upstream, patience: Patience, *, gathers: bool = False, is_listed: IsListed = lambda _: False
    ) -> None:
        self._upstream = upstream
        self._patience = patience
        self._is_listed = is_listed
        self._gathers = gathers

    async def stream(self, card: WorkerCard, body: Mapping[str, Any]) -> AsyncGenerator[Piece]:
        """Ask for a streamed answer; yield its pieces. Ends only when the worker said that it is complete."""
        splitter, claim = BlockSplitter(), Claim(body["model"], card, self._is_listed)
        written = 0
        async with self._asked(card, orjson.dumps(body)) as answer:
            with Watch(answer, self._patience.first_word) as watch:
                while True:
                    with watch.reading():
                        reading = _read(await answer.read_some(), splitter, claim)
                    if said := len(reading.piece.text) + len(reading.piece.reasoning):
                        # Only what a visitor waits for counts as life: not bytes, not empty events.
                        watch.is_alive(self._patience.between_words)
                        written += said
                        if self._gathers:
                            answer.gather()
                    if written > LONGEST_ANSWER:
                        raise WorkerBroke
                    yield reading.piece
                    if reading.error is not None:
                        raise reading.error
                    if reading.is_done:
                        return

    @asynccontextmanager
    async def _asked(self, card: WorkerCard, body: bytes) -> AsyncGenerator[Answer]:
        """Send a body; yield the answer once its head says 200, else raise what the worker means."""
        headers = {
            "content-type": "application/json",
            "accept-encoding": "identity",
            "authorization": f"Bearer {card.key.get_secret_value()}",
            **outgoing_attempt(),
        }
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._patience.first_word):
                    post = self._upstream.post(card.url, PATH, _in_its_words(card, body), headers)
                    answer = await stack.enter_async_context(post)
                    if answer.status != 200:
                        secret = card.key.get_secret_value()
                        raise meaning(answer.status, await _beginning(answer), secret, answer.headers)
            except TimeoutError as error:
                raise WorkerTimeout from error
            yield answer


def _in_its_words(card: WorkerCard, body: bytes) -> bytes:
    """Return a body as a worker understands it that calls some models otherwise than we do."""
    if not card.upstreams:
        return body
    fields = orjson.loads(body)
    return orjson.dumps(fields | {"model": card.upstreams.get(fields["model"], fields["model"])})


def _read(chunk: bytes, splitter: BlockSplitter, claim: Claim) -> Reading:
    if not chunk:
        raise WorkerBroke
    reading = read_together(splitter.feed(chunk), claim)
    if splitter.pending > LONGEST_EVENT:
        raise WorkerBroke
    return reading


async def _beginning(answer: Answer) -> bytes:
    """Return the body of an error, or as much of it as a reader needs."""
    body = b""
    while len(body) < ERROR_BODY and (more := await answer.read_some()):
        body += more
    return body
