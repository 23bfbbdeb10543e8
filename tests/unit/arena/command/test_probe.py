import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from arena.admin import ModelStates, WorkerState, WorkerStates
from arena.command import probe
from arena.command.probe import Serving, get, is_up, revision, serving, workers_for
from arena.word import Word

KEY = SecretStr("the operator's key")


@asynccontextmanager
async def answering(answer: bytes | None) -> AsyncGenerator[int]:
    """A server that says the same to everybody; None: it never says anything."""

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await reader.read()
        else:
            writer.write(answer)
        writer.close()

    async with await asyncio.start_server(respond, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_a_process_that_answers_200_is_up():
    async with answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi") as port:
        assert await get("127.0.0.1", port, "/") == (200, b"hi")
        assert await is_up("127.0.0.1", port, "/")


@pytest.mark.parametrize("answer", [b"HTTP/1.1 503 No\r\n\r\n", b"nonsense", b"", None])
async def test_a_process_that_answers_anything_else_is_not(answer: bytes | None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(probe, "PATIENCE", 0.2)
    async with answering(answer) as port:
        assert not await is_up("127.0.0.1", port, "/")
        assert await serving("127.0.0.1", port) == Serving()


async def test_nobody_there_is_no_error():
    async with answering(None) as port:
        pass
    assert await get("127.0.0.1", port, "/") is None


async def test_the_controller_says_how_many_models_it_serves():
    async with answering(b'HTTP/1.1 200 OK\r\n\r\n{"models": 4, "battle_models": 3}') as port:
        assert await serving("127.0.0.1", port) == Serving(models=4, battle_models=3)


@asynccontextmanager
async def saying(word: Word) -> AsyncGenerator[int]:
    async with answering(b"HTTP/1.1 200 OK\r\n\r\n" + word.model_dump_json().encode()) as port:
        yield port


async def test_the_controller_says_which_configuration_it_has():
    async with saying(ModelStates(revision="abc", models=())) as port:
        assert await revision("127.0.0.1", port, KEY) == "abc"


async def test_workers_are_counted_that_serve_just_these_models():
    one = {"url": "http://127.0.0.1:1", "slots": 1, "leased": 0, "busy": 0, "waiting": 0, "heard_seconds": 0}
    served = [("a", "b"), ("b", "a"), ("a",), ("a", "b", "c")]
    workers = tuple(WorkerState(id=str(at), models=models, **one) for at, models in enumerate(served))  # pyright: ignore[reportArgumentType]
    async with saying(WorkerStates(workers=workers)) as port:
        assert await workers_for("127.0.0.1", port, KEY, frozenset("ab")) == 2


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 401 No\r\n\r\n{}", b"HTTP/1.1 200 OK\r\n\r\n{}", b"HTTP/1.1 200 OK\r\n\r\n<"]
)
async def test_who_says_nothing_that_we_understand_has_no_configuration_and_no_workers(answer: bytes):
    async with answering(answer) as port:
        assert await revision("127.0.0.1", port, KEY) is None
        assert await workers_for("127.0.0.1", port, KEY, frozenset("a")) == 0
