"""The edge towards workers: Chat Completions over HTTP. Foreign errors become ours here."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from arena.errors import WorkerBroke, WorkerTimeout, WorkerUnreachable
from arena.settings import Network
from arena.sse import BlockSplitter
from arena.telemetry import outgoing_attempt
from arena.worker import WorkerCard
from controller.allowed_addresses import allowed_sockets
from controller.upstream.client import Answer, Upstream
from controller.worker_words import Piece, Reading, meaning, read_together

LONGEST_EVENT = 4_000_000
"""Bytes; a worker that sends more without ending an event is broken."""
LONGEST_ANSWER = 4_000_000
"""Characters; a worker that writes more than any model can is broken."""
ERROR_BODY = 65_536
PATH = "/v1/chat/completions"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a worker may be silent, in seconds."""

    first_word: float
    between_words: float
    whole_answer: float = 600.0
    """For an answer that is not streamed: it comes in one piece."""


def open_http(networks: tuple[Network, ...], connect_seconds: float) -> aiohttp.ClientSession:
    """Return the HTTP client for workers: no proxies, no redirects, no cookies, and only to allowed addresses."""
    connector = aiohttp.TCPConnector(
        limit=0,
        use_dns_cache=False,
        socket_factory=allowed_sockets(networks),
        # Shorter than the five seconds after which most engines close a quiet connection.
        keepalive_timeout=3.0,
    )
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect_seconds)
    return aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
    )


@contextmanager
def as_ours() -> Generator[None]:
    """Turn the HTTP client's errors into ours."""
    try:
        yield
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
        raise WorkerUnreachable from error
    except TimeoutError as error:
        raise WorkerTimeout from error
    except (aiohttp.ClientError, ConnectionError) as error:
        raise WorkerBroke from error


class Watch:
    """Breaks an answer off when its worker is silent for too long: one timer for a whole stream, that looks seldom."""

    def __init__(self, answer: Answer, seconds: float) -> None:
        self._answer = answer
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time() + seconds
        self._timer = self._loop.call_at(self._deadline, self._look)
        self._looks_at = self._deadline
        self._is_over = False

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def is_alive(self, seconds: float) -> None:
        """Note a sign of life: the next one has to come within so many seconds."""
        self._deadline = self._loop.time() + seconds
        if self._deadline < self._looks_at:
            self._timer.cancel()
            self._look()

    @contextmanager
    def reading(self) -> Generator[None]:
        """Say of an answer that was broken off from here that its worker was too slow."""
        try:
            yield
        except WorkerBroke as error:
            if self._is_over:
                raise WorkerTimeout from error
            raise

    def _look(self) -> None:
        if self._loop.time() >= self._deadline:
            self._is_over = True
            self._answer.break_off()
        else:
            self._looks_at = self._deadline
            self._timer = self._loop.call_at(self._deadline, self._look)


class WorkerClient:
    """Calls workers."""

    def __init__(
        self, http: aiohttp.ClientSession, upstream: Upstream, patience: Patience, *, gathers: bool = False
    ) -> None:
        self._http = http
        self._upstream = upstream
        self._patience = patience
        self._gathers = gathers

    async def stream(self, card: WorkerCard, body: Mapping[str, Any]) -> AsyncGenerator[Piece]:
        """Ask for a streamed answer; yield its pieces. Ends only when the worker said that it is complete.

        What comes quickly after the first word is read together, if that is wished: it is held 36 ms at most.
        """
        splitter = BlockSplitter()
        written = 0
        async with self._asked(card, orjson.dumps(body)) as answer:
            with Watch(answer, self._patience.first_word) as watch:
                while True:
                    with watch.reading():
                        reading = _read(await answer.read_some(), splitter)
                    piece = reading.piece
                    if said := len(piece.text) + len(piece.reasoning):
                        # Only what a visitor waits for counts as life: not bytes, not empty events.
                        watch.is_alive(self._patience.between_words)
                        written += said
                        if self._gathers:
                            answer.gather()
                    if written > LONGEST_ANSWER:
                        raise WorkerBroke
                    yield piece
                    if reading.error is not None:
                        raise reading.error
                    if reading.is_done:
                        return

    @asynccontextmanager
    async def _asked(self, card: WorkerCard, body: bytes) -> AsyncGenerator[Answer]:
        """Send a body; yield the answer once its head says 200, else raise what the worker means."""
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._patience.first_word):
                    answer = await stack.enter_async_context(
                        self._upstream.post(card.url, PATH, _in_its_words(card, body), _headers(card))
                    )
                    if answer.status != 200:
                        raise meaning(answer.status, await _error_body(answer))
            except TimeoutError as error:
                raise WorkerTimeout from error
            yield answer

    async def relay(self, card: WorkerCard, body: bytes, *, is_stream: bool) -> AsyncGenerator[bytes]:
        """Pass a body on; yield the bytes of the answer as they come."""
        first = self._patience.first_word if is_stream else self._patience.whole_answer
        async with self._post(card, body, first) as response:
            while True:
                with as_ours():
                    async with asyncio.timeout(self._patience.between_words):
                        chunk = await response.content.readany()
                if not chunk:
                    return
                yield chunk

    @asynccontextmanager
    async def _post(self, card: WorkerCard, body: bytes, seconds: float) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Send a body; yield the answer once its head says 200, else raise what the worker means."""
        url = card.url.rstrip("/") + PATH
        response: aiohttp.ClientResponse | None = None
        try:
            with as_ours():
                async with asyncio.timeout(seconds):
                    response = await self._http.post(
                        url, data=_in_its_words(card, body), headers=_headers(card), allow_redirects=False
                    )
                    if response.status != 200:
                        raise meaning(response.status, await _beginning(response))
            yield response
        finally:
            if response is not None:
                # Not release(): an unread rest would be read to its end, and the worker would go on writing.
                response.close()


def _headers(card: WorkerCard) -> dict[str, str]:
    return {
        "content-type": "application/json",
        "accept-encoding": "identity",
        "authorization": f"Bearer {card.key.get_secret_value()}",
        **outgoing_attempt(),
    }


def _in_its_words(card: WorkerCard, body: bytes) -> bytes:
    """Return a body as a worker understands it that calls some models otherwise than we do."""
    if not card.upstreams:
        return body
    fields = orjson.loads(body)
    return orjson.dumps(fields | {"model": card.upstreams.get(fields["model"], fields["model"])})


def _read(chunk: bytes, splitter: BlockSplitter) -> Reading:
    if not chunk:
        raise WorkerBroke
    reading = read_together(splitter.feed(chunk))
    if splitter.pending > LONGEST_EVENT:
        raise WorkerBroke
    return reading


async def _error_body(answer: Answer) -> bytes:
    """Return the body of an error, or as much of it as a reader needs."""
    body = b""
    while len(body) < ERROR_BODY and (more := await answer.read_some()):
        body += more
    return body


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    """Return the body of an error, or as much of it as a reader needs."""
    body = b""
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) >= ERROR_BODY:
            break
    return body
