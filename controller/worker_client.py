"""The edge towards workers: Chat Completions over HTTP. Foreign errors become ours here."""

import asyncio
import json
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import urlsplit

import aiohttp
import orjson
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from arena.errors import (
    AccessError,
    ArenaError,
    ContextTooLong,
    ForbiddenAddress,
    NotFound,
    ProviderRateLimited,
    ProviderRefusedRequest,
    WorkerBroke,
    WorkerError,
    WorkersBusy,
    WorkerTimeout,
    WorkerUnreachable,
    from_openai,
)
from arena.settings import Network
from arena.sse import BlockSplitter
from arena.worker import WorkerCard

LONGEST_EVENT = 4_000_000
"""Bytes; a worker that sends more without ending an event is broken."""
ERROR_BODY = 65_536


@dataclass(slots=True)
class Piece:
    """What one chunk of a worker's stream says."""

    text: str = ""
    reasoning: str = ""
    finish_reason: Literal["stop", "length"] | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a worker may be silent, in seconds."""

    first_word: float
    between_words: float


def is_allowed(host: str, networks: tuple[Network, ...]) -> bool:
    """Whether an IP address lies in the allowed networks."""
    address = ip_address(host)
    return any(address in network for network in networks)


def check_address(url: str, networks: tuple[Network, ...]) -> None:
    """Refuse a worker whose address is a literal outside the allowed networks. Names are checked when resolved."""
    host = urlsplit(url).hostname or ""
    try:
        allowed = is_allowed(host, networks)
    except ValueError:
        return
    if not allowed:
        raise ForbiddenAddress


class AllowedResolver(AbstractResolver):
    """Resolves names, and keeps only addresses in the allowed networks, so that no name leads outside."""

    def __init__(self, networks: tuple[Network, ...]) -> None:
        self._networks = networks
        self._resolver = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the allowed addresses of a name."""
        found = await self._resolver.resolve(host, port, family)  # pyright: ignore[reportArgumentType]
        allowed = [each for each in found if is_allowed(each["host"], self._networks)]
        if not allowed:
            raise OSError("the name leads outside the allowed networks")
        return allowed

    async def close(self) -> None:
        """Let go of the resolver."""
        await self._resolver.close()


@contextmanager
def as_ours() -> Generator[None]:
    """Turn the HTTP client's errors into ours."""
    try:
        yield
    except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
        raise WorkerUnreachable from error
    except TimeoutError as error:
        raise WorkerTimeout from error
    except (aiohttp.ClientError, ConnectionError) as error:
        raise WorkerBroke from error


class WorkerClient:
    """Calls workers."""

    def __init__(self, http: aiohttp.ClientSession, patience: Patience) -> None:
        self._http = http
        self._patience = patience

    @asynccontextmanager
    async def post(self, card: WorkerCard, body: bytes) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Send a body; yield the answer once its head says 200, else raise what the worker means."""
        headers = {"content-type": "application/json", "authorization": f"Bearer {card.key.get_secret_value()}"}
        response: aiohttp.ClientResponse | None = None
        try:
            with as_ours():
                async with asyncio.timeout(self._patience.first_word):
                    response = await self._http.post(
                        card.url.rstrip("/") + "/v1/chat/completions", data=body, headers=headers, allow_redirects=False
                    )
                    if response.status != 200:
                        raise meaning(response.status, await response.content.read(ERROR_BODY))
            yield response
        finally:
            if response is not None:
                # Not release(): an unread rest would be read to its end, and the worker would go on writing.
                response.close()

    async def stream(self, card: WorkerCard, body: Mapping[str, Any]) -> AsyncGenerator[Piece]:
        """Ask for a streamed answer; yield its pieces. Ends only when the worker said that it is complete."""
        splitter = BlockSplitter()
        async with self.post(card, orjson.dumps(body)) as response:
            with as_ours():
                async with asyncio.timeout(self._patience.first_word) as patience:
                    loop = asyncio.get_running_loop()
                    async for chunk in response.content.iter_any():
                        for payload in splitter.feed(chunk):
                            if payload == b"[DONE]":
                                return
                            yield read_piece(payload)
                        if splitter.pending > LONGEST_EVENT:
                            raise WorkerBroke
                        patience.reschedule(loop.time() + self._patience.between_words)
        raise WorkerBroke


def read_piece(payload: bytes) -> Piece:
    """Read one chunk of a stream; an error event is raised, garbage is `WorkerBroke`."""
    try:
        chunk: Any = orjson.loads(payload)
        if chunk.get("error"):
            raise from_openai(chunk) or WorkerBroke()
        piece = Piece()
        if usage := chunk.get("usage"):
            piece.prompt_tokens = usage.get("prompt_tokens")
            piece.completion_tokens = usage.get("completion_tokens")
        for choice in chunk.get("choices") or ():
            delta = choice.get("delta") or {}
            piece.text += delta.get("content") or ""
            piece.reasoning += delta.get("reasoning_content") or delta.get("reasoning") or ""
            if reason := choice.get("finish_reason"):
                piece.finish_reason = "length" if reason == "length" else "stop"
    except (ValueError, AttributeError, TypeError) as error:
        raise WorkerBroke from error
    return piece


def meaning(status: int, body: bytes) -> ArenaError:
    """Return what an error status of a worker means. Workers of ours say it themselves."""
    try:
        ours = from_openai(json.loads(body))
    except ValueError:
        ours = None
    if isinstance(ours, AccessError | NotFound):
        # Between controller and worker: its key or its models are not what its card says.
        return WorkerUnreachable()
    if ours is not None:
        return ours
    if status == 429:
        return ProviderRateLimited()
    if status == 503:
        return WorkersBusy()
    if status == 400 and (b"context length" in body or b"context_length" in body):
        return ContextTooLong()
    return ProviderRefusedRequest() if 400 <= status < 500 else WorkerError()
