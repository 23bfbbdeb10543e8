"""Speaks to the controllers. What goes wrong comes out as one of the arena's own errors."""

import asyncio
import json
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from functools import partial
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlencode

import aiohttp
from pydantic import SecretStr, ValidationError

from arena.battle import BattleRequest, BattleView, Reveal, VoteRequest
from arena.chat import ConversationRequest, ConversationView, ReactionRequest, RegenerateRequest, TurnRequest
from arena.error_wire import from_problem
from arena.errors import AlreadyVoted, ArenaError, ShuttingDown
from arena.leaderboard import BoardFigures, Leaderboard, OwnBoard
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
from web_ui.controllers import FOREIGN_ERRORS, Controllers, Unheard
from web_ui.repeating import may_be_elsewhere, was_opened
from web_ui.visitor import Visitor

Answer = TypeVar("Answer", bound=Word)

CALL_SECONDS = 30.0
"""A call that is not a stream may take so long."""
CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 60.0
"""A stream may be silent for so long; the controller sends a sign of life every fifteen seconds."""


class ControllerClient:
    """The controllers' API, as the page uses it, on behalf of one visitor per call.

    Every method raises `ArenaError`: what a controller said, or `ShuttingDown` when none can be reached. A call that
    broke off is made again elsewhere: whatever is done twice leaves the same behind as once, but for turns and votes.
    """

    def __init__(self, urls: Sequence[str], key: SecretStr) -> None:
        self._controllers = Controllers(urls)
        self._key = key
        self._http: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[None]:
        """Hold the connections to the controllers open."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS)
        http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
        )
        async with http as self._http, self._controllers.watched(http):
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

    async def leaderboard(self, visitor: Visitor, category: str | None = None) -> Leaderboard:
        """Return the standings; where a category is named (none: all votes), of the others no rows."""
        asked = "" if category is None else "?" + urlencode({"category": category})
        return await self._call("GET", f"/leaderboard{asked}", visitor, Leaderboard)

    async def board_figures(self, visitor: Visitor, category: str, *, is_styled: bool) -> BoardFigures:
        """Return what is drawn beside a category's board (empty: all votes), or that with style held equal."""
        asked = urlencode({"category": category, "style": is_styled})
        return await self._call("GET", f"/leaderboard/figures?{asked}", visitor, BoardFigures)

    async def own_board(self, visitor: Visitor) -> OwnBoard:
        """Return what the session's own votes say."""
        return await self._call("GET", "/sessions/me/board", visitor, OwnBoard)

    async def open_battle(self, visitor: Visitor, request: BattleRequest) -> BattleView:
        """Begin a battle or a side by side."""
        return await self._call("POST", "/battles", visitor, BattleView, request)

    async def battle(self, visitor: Visitor, key: str) -> BattleView:
        """Return a battle as it stands."""
        return await self._call("GET", f"/battles/{key}", visitor, BattleView)

    async def vote(self, visitor: Visitor, key: str, request: VoteRequest) -> Reveal:
        """Vote, and learn who was who. A vote that may have been taken is not cast again before one has looked."""
        path = f"/battles/{key}/vote"
        try:
            return _read(Reveal, await self._send("POST", path, visitor, request, may_repeat=False))
        except Unheard:
            if cast := (await self.battle(visitor, key)).reveal:
                return cast
        try:
            return await self._call("POST", path, visitor, Reveal, request)
        except AlreadyVoted:
            cast = (await self.battle(visitor, key)).reveal
            if cast is None or cast.outcome != request.outcome:
                raise
            return cast  # it was being taken while we looked

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
            async with await self._begun(visitor, path, request) as response, aclosing(_chunks(response)) as chunks:
                yield chunks

    async def _begun(
        self, visitor: Visitor, path: str, request: TurnRequest | RegenerateRequest
    ) -> aiohttp.ClientResponse:
        """Return the response that began. One that may have begun elsewhere is asked for again only if it has not."""
        attempt = partial(self._begin, "POST", path, visitor, request)
        ask = partial(self._controllers.ask, attempt, may_repeat=False, goes_on=partial(may_be_elsewhere, path))
        try:
            return await ask()
        except Unheard as unheard:
            _, room, key, _ = path.split("/")
            seen = self.battle(visitor, key) if room == "battles" else self.conversation(visitor, key)
            if was_opened(await seen, request):
                raise ShuttingDown from unheard
        try:
            return await ask()
        except Unheard as unheard:
            raise ShuttingDown from unheard

    async def _call(
        self, method: str, path: str, visitor: Visitor, kind: type[Answer], request: Word | None = None
    ) -> Answer:
        return _read(kind, await self._send(method, path, visitor, request))

    async def _send(
        self, method: str, path: str, visitor: Visitor, request: Word | None = None, *, may_repeat: bool = True
    ) -> bytes:
        async def attempt(url: str) -> bytes:
            async with await self._begin(method, path, visitor, request, url) as response:
                return await response.read()

        with _ours():
            async with asyncio.timeout(CALL_SECONDS):
                goes_on = partial(may_be_elsewhere, path, is_reading=method == "GET")
                return await self._controllers.ask(attempt, may_repeat=may_repeat, goes_on=goes_on)

    async def _begin(
        self, method: str, path: str, visitor: Visitor, request: Word | None, url: str
    ) -> aiohttp.ClientResponse:
        """Ask the controller at `url`; return its response, or raise what it refused with."""
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
        response = await self._http.request(method, url + path, headers=headers, data=body)
        if response.status >= HTTPStatus.BAD_REQUEST:
            async with response:
                raise _refusal(await response.read())
        return response


def _read(kind: type[Answer], body: bytes) -> Answer:
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        raise ArenaError from error


@contextmanager
def _ours() -> Generator[None]:
    """Turn what the HTTP client raises into the arena's own errors."""
    try:
        yield
    except FOREIGN_ERRORS as error:
        raise ShuttingDown from error


def _refusal(body: bytes) -> ArenaError:
    """Return what a controller refused with."""
    try:
        return from_problem(json.loads(body))
    except ValueError:
        return from_problem(None)


async def _chunks(response: aiohttp.ClientResponse) -> AsyncGenerator[bytes]:
    """Yield whatever has arrived, as soon as there is something."""
    with _ours():
        while chunk := await response.content.readany():
            yield chunk
