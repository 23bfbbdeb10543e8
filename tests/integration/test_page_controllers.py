"""The page before several controllers, of which some are gone, going down, or break off before they answer."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from http import HTTPStatus

import pytest
from pydantic import SecretStr

from arena.battle import BattleRequest, BattleTurn, BattleView, Mode, Outcome, Reveal, VoteRequest
from arena.chat import AnswerView, Ending, TurnRequest
from arena.error_wire import to_problem
from arena.errors import AlreadyVoted, ArenaError, NotEnoughModels, ShuttingDown, TooManyTurns
from arena.ids import new_id
from arena.model import PublicModel
from arena.session import SessionRequest, SessionToken
from arena.word import Word
from web_ui.controller_client import ControllerClient
from web_ui.visitor import Visitor

WHO = Visitor("192.0.2.1", "a" * 32)
KEY = new_id()
REVEAL = Reveal(outcome=Outcome.TIE, model_a=PublicModel(name="one"), model_b=PublicModel(name="two"))
BREAK = None
"""Said instead of an answer: the connection is cut once the request was heard."""


@dataclass
class Scripted:
    """A controller that answers each call with what is written for it, and remembers what it heard."""

    answers: dict[str, list[Word | ArenaError | None]] = field(
        default_factory=dict[str, list[Word | ArenaError | None]]
    )
    heard: list[str] = field(default_factory=list[str])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        call = " ".join(head.split(" ", 2)[:2]).replace("post", "POST").replace("get", "GET")
        length = int(head.partition("content-length: ")[2].partition("\r")[0] or 0)
        await reader.readexactly(length)
        if "/health/" not in call:
            self.heard.append(call)
            answer = self.answers.get(call, [BREAK]).pop(0)
            if answer is not None:
                writer.write(_written(answer))
        writer.close()


def _written(answer: Word | ArenaError) -> bytes:
    status = answer.status if isinstance(answer, ArenaError) else 200
    body = json.dumps(to_problem(answer)) if isinstance(answer, ArenaError) else answer.model_dump_json()
    phrase = HTTPStatus(status).phrase
    return f"HTTP/1.1 {status} {phrase}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n{body}".encode()


@asynccontextmanager
async def before(*controllers: Scripted | None) -> AsyncGenerator[ControllerClient]:
    """A page's client of these controllers; None is one that is not there."""
    urls: list[str] = []
    async with AsyncExitStack() as stack:
        for each in controllers:
            if each is None:
                with closing(socket.create_server(("127.0.0.1", 0))) as nobody:
                    urls.append(f"http://127.0.0.1:{nobody.getsockname()[1]}")
            else:
                server = await stack.enter_async_context(await asyncio.start_server(each.serve, "127.0.0.1", 0))
                urls.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        client = ControllerClient(urls, SecretStr("the page's key"))
        await stack.enter_async_context(client.opened())
        yield client


def a_battle(*turns: BattleTurn, reveal: Reveal | None = None) -> BattleView:
    return BattleView(id=KEY, mode=Mode.BATTLE, turns=turns, reveal=reveal)


def a_turn(ending: Ending | None) -> BattleTurn:
    answer = AnswerView(text="", ending=ending)
    return BattleTurn(text="Hello?", a=answer, b=answer)


@pytest.mark.parametrize(
    "gone", [None, Scripted({"POST /sessions": [BREAK]}), Scripted({"POST /sessions": [ShuttingDown()]})]
)
async def test_a_session_is_opened_wherever_that_is_possible(gone: Scripted | None):
    well = Scripted({"POST /sessions": [SessionToken(token="b" * 32)]})
    async with before(gone, well) as page:
        assert (await page.open_session(WHO, SessionRequest())).token == "b" * 32


async def test_a_controller_without_workers_is_not_the_last_word():
    first, second = Scripted({"POST /battles": [NotEnoughModels()]}), Scripted({"POST /battles": [a_battle()]})
    async with before(first, second) as page:
        assert (await page.open_battle(WHO, BattleRequest(mode=Mode.BATTLE))).id == KEY


async def test_a_refusal_is_one_and_nobody_else_is_asked():
    first, second = Scripted({"POST /battles": [TooManyTurns()]}), Scripted()
    async with before(first, second) as page:
        with pytest.raises(TooManyTurns):
            await page.open_battle(WHO, BattleRequest(mode=Mode.BATTLE))

    assert second.heard == []


async def test_when_all_are_gone_that_is_said():
    async with before(None, None) as page:
        with pytest.raises(ShuttingDown):
            await page.session(WHO)


VOTE, LOOK = f"POST /battles/{KEY}/vote", f"GET /battles/{KEY}"


async def test_a_vote_that_was_taken_by_a_controller_that_died_is_not_cast_again():
    second = Scripted({LOOK: [a_battle(reveal=REVEAL)]})
    async with before(Scripted({VOTE: [BREAK]}), second) as page:
        assert await page.vote(WHO, KEY, VoteRequest(outcome="tie")) == REVEAL

    assert second.heard == [LOOK]


async def test_a_vote_that_was_not_taken_is_cast_at_the_other():
    second = Scripted({LOOK: [a_battle()], VOTE: [REVEAL]})
    async with before(Scripted({VOTE: [BREAK]}), second) as page:
        assert await page.vote(WHO, KEY, VoteRequest(outcome="tie")) == REVEAL


async def test_a_vote_that_is_taken_just_as_one_looks_counts_once_and_is_told():
    second = Scripted({LOOK: [a_battle(), a_battle(reveal=REVEAL)], VOTE: [AlreadyVoted()]})
    async with before(Scripted({VOTE: [BREAK]}), second) as page:
        assert await page.vote(WHO, KEY, VoteRequest(outcome="tie")) == REVEAL


async def test_another_vote_than_the_one_that_was_taken_is_not_told_as_taken():
    second = Scripted({LOOK: [a_battle(), a_battle(reveal=REVEAL)], VOTE: [AlreadyVoted()]})
    async with before(Scripted({VOTE: [BREAK]}), second) as page:
        with pytest.raises(AlreadyVoted):
            await page.vote(WHO, KEY, VoteRequest(outcome="model_a"))


SAY = f"POST /battles/{KEY}/turns"


async def said(page: ControllerClient) -> bytes:
    async with page.answers(WHO, f"/battles/{KEY}/turns", TurnRequest(text="Hello?")) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def test_a_message_that_nobody_opened_is_said_at_the_other():
    second = Scripted({LOOK: [a_battle()], SAY: [a_battle()]})
    async with before(Scripted({SAY: [BREAK]}), second) as page:
        assert KEY.encode() in await said(page)


async def test_a_message_that_may_have_been_opened_is_not_said_twice():
    second = Scripted({LOOK: [a_battle(a_turn(None))]})
    async with before(Scripted({SAY: [BREAK]}), second) as page:
        with pytest.raises(ShuttingDown):
            await said(page)

    assert second.heard == [LOOK]


async def test_a_message_is_said_at_the_other_when_the_first_is_gone_or_goes():
    for gone in (None, Scripted({SAY: [ShuttingDown()]})):
        second = Scripted({SAY: [a_battle()]})
        async with before(gone, second) as page:
            assert KEY.encode() in await said(page)
        assert second.heard == [SAY]
