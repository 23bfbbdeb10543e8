"""Speaks to the controller. What goes wrong comes out as one of the arena's own errors."""

import asyncio
import json
from collections.abc import AsyncGenerator, Generator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, contextmanager
from http import HTTPStatus
from typing import TypeVar

import aiohttp
from pydantic import SecretStr, ValidationError

from arena.battle import BattleRequest, BattleView, Reveal, VoteRequest
from arena.chat import ConversationRequest, ConversationView, ReactionRequest, RegenerateRequest, TurnRequest
from arena.error_wire import from_problem
from arena.errors import ArenaError, ShuttingDown
from arena.leaderboard import Leaderboard
from arena.model import ModelList
from arena.session import (
    Consent,
    ConsentRequest,
    Deleted,
    DeletionCode,
    DeletionRequest,
    ReleaseChoice,
    SessionRequest,
    SessionToken,
    SessionView,
)
from arena.telemetry import outgoing
from arena.word import Word
from web_ui.visitor import Visitor

Answer = TypeVar("Answer", bound=Word)

CALL_SECONDS = 30.0
"""A call that is not a stream may take so long."""
CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 60.0
"""A stream may be silent for so long; the controller sends a sign of life every fifteen seconds."""


class ControllerClient:
    """The controller's API, as the page uses it, on behalf of one visitor per call.

    Every method raises `ArenaError`: what the controller said, or `ShuttingDown` when it cannot be reached.
    """

    def __init__(self, url: str, key: SecretStr) -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._http: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[None]:
        """Hold the connections to the controller open."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS)
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
        ) as self._http:
            yield
        self._http = None

    async def open_session(self, visitor: Visitor, request: SessionRequest) -> SessionToken:
        """Begin a stay."""
        return await self._call("POST", "/sessions", visitor, SessionToken, request)

    async def session(self, visitor: Visitor) -> SessionView:
        """Return what the session may know of itself."""
        return await self._call("GET", "/sessions/me", visitor, SessionView)

    async def consent(self, visitor: Visitor, request: ConsentRequest) -> Consent:
        """Keep what the visitor allows."""
        return await self._call("PUT", "/sessions/me/consent", visitor, Consent, request)

    async def deletion_code(self, visitor: Visitor) -> DeletionCode:
        """Return a fresh deletion code for the session; an earlier one becomes worthless."""
        return await self._call("POST", "/sessions/me/deletion-code", visitor, DeletionCode)

    async def delete_session(self, visitor: Visitor) -> Deleted:
        """Have everything of the session forgotten, and the session with it."""
        return await self._call("DELETE", "/sessions/me", visitor, Deleted)

    async def delete_by_code(self, visitor: Visitor, request: DeletionRequest) -> Deleted:
        """Have everything forgotten that a code stands for, whoever asks."""
        return await self._call("POST", "/deletions", visitor, Deleted, request)

    async def choose_release(self, visitor: Visitor, path: str, choice: ReleaseChoice) -> None:
        """Say whether `battles/ID` or `conversations/ID` may be published."""
        await self._send("PUT", f"/{path}/release", visitor, choice)

    async def models(self, visitor: Visitor) -> ModelList:
        """Return the models to choose from."""
        return await self._call("GET", "/models", visitor, ModelList)

    async def leaderboard(self, visitor: Visitor) -> Leaderboard:
        """Return the standings."""
        return await self._call("GET", "/leaderboard", visitor, Leaderboard)

    async def open_battle(self, visitor: Visitor, request: BattleRequest) -> BattleView:
        """Begin a battle or a side by side."""
        return await self._call("POST", "/battles", visitor, BattleView, request)

    async def battle(self, visitor: Visitor, key: str) -> BattleView:
        """Return a battle as it stands."""
        return await self._call("GET", f"/battles/{key}", visitor, BattleView)

    async def vote(self, visitor: Visitor, key: str, request: VoteRequest) -> Reveal:
        """Vote, and learn who was who."""
        return await self._call("POST", f"/battles/{key}/vote", visitor, Reveal, request)

    async def open_conversation(self, visitor: Visitor, request: ConversationRequest) -> ConversationView:
        """Begin to talk to one model."""
        return await self._call("POST", "/conversations", visitor, ConversationView, request)

    async def conversation(self, visitor: Visitor, key: str) -> ConversationView:
        """Return a conversation as it stands."""
        return await self._call("GET", f"/conversations/{key}", visitor, ConversationView)

    async def react(self, visitor: Visitor, key: str, request: ReactionRequest) -> None:
        """Say what one answer was worth."""
        await self._send("POST", f"/conversations/{key}/reaction", visitor, request)

    async def stop(self, visitor: Visitor, path: str) -> None:
        """Stop the answers being written at `battles/ID` or `conversations/ID`."""
        await self._send("POST", f"/{path}/stop", visitor)

    @asynccontextmanager
    async def answers(
        self, visitor: Visitor, path: str, request: TurnRequest | RegenerateRequest
    ) -> AsyncGenerator[AsyncGenerator[bytes]]:
        """Ask at `path` for answers. Inside, they are being written; whoever leaves does not want the rest."""
        with _ours():
            async with self._request("POST", path, visitor, request) as response:
                await _check(response)
                async with aclosing(_chunks(response)) as chunks:
                    yield chunks

    async def _call(
        self, method: str, path: str, visitor: Visitor, kind: type[Answer], request: Word | None = None
    ) -> Answer:
        try:
            return kind.model_validate_json(await self._send(method, path, visitor, request))
        except ValidationError as error:
            raise ArenaError from error

    async def _send(self, method: str, path: str, visitor: Visitor, request: Word | None = None) -> bytes:
        with _ours():
            async with asyncio.timeout(CALL_SECONDS), self._request(method, path, visitor, request) as response:
                await _check(response)
                return await response.read()

    def _request(
        self, method: str, path: str, visitor: Visitor, request: Word | None
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        if self._http is None:
            raise ShuttingDown
        headers = {
            "Authorization": f"Bearer {self._key.get_secret_value()}",
            "X-Arena-Visitor": visitor.address,
            "Content-Type": "application/json",
            **outgoing(),
        }
        if visitor.token:
            headers["X-Arena-Session"] = visitor.token
        body = request.model_dump_json().encode() if request else None
        return self._http.request(method, self._url + path, headers=headers, data=body)


@contextmanager
def _ours() -> Generator[None]:
    """Turn what the HTTP client raises into the arena's own errors."""
    try:
        yield
    except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
        raise ShuttingDown from error


async def _check(response: aiohttp.ClientResponse) -> None:
    """Raise what the controller refused with."""
    if response.status < HTTPStatus.BAD_REQUEST:
        return
    body = await response.read()
    try:
        problem = json.loads(body)
    except ValueError:
        problem = None
    raise from_problem(problem)


async def _chunks(response: aiohttp.ClientResponse) -> AsyncGenerator[bytes]:
    """Yield whatever has arrived, as soon as there is something."""
    with _ours():
        while chunk := await response.content.readany():
            yield chunk
