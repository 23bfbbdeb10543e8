import json
from collections.abc import Callable, MutableMapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from arena.asgi import DIRECT
from arena.chat import Ending
from arena.model import ModelEntry, ModelKind, WorkerKind
from controller.accounts.callers import Caller
from controller.gateway.keeping import CopyingOutlet, keeps
from tests.facts import an_api_key

CHAT = ModelEntry(name="m", worker=WorkerKind.OPENAI)
EMBEDDING = ModelEntry(name="e", worker=WorkerKind.OPENAI, kind=ModelKind.EMBEDDING)
REQUEST = {"messages": [{"role": "user", "content": "Hello?"}]}
HELLO, YOU = (
    b'data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n',
    b'data: {"choices":[{"index":0,"delta":{"content":" you"},"finish_reason":"stop"}]}\n\n',
)
END = b"data: [DONE]\n\n"


class Client:
    """Reads what is sent, by messages and directly."""

    def __init__(self) -> None:
        self.read = b""

    def watch(self, on_left: Callable[[], None], on_writable: Callable[[], None]) -> None:
        raise AssertionError

    def unwatch(self) -> None:
        raise AssertionError

    def write(self, body: bytes) -> bool:
        self.read += body
        return True

    def gathered(self) -> AbstractContextManager[None]:
        return nullcontext()

    def cut(self) -> None:
        raise AssertionError

    async def send(self, message: MutableMapping[str, Any]) -> None:
        self.read += message.get("body", b"")

    async def receive(self) -> MutableMapping[str, Any]:
        raise AssertionError

    def outlet(self) -> CopyingOutlet:
        return CopyingOutlet({"type": "http", "extensions": {DIRECT: self}}, self.receive, self.send)


def test_only_chats_of_keys_that_allow_it_are_copied():
    allowed, silent = Caller(key=an_api_key(may_log=True)), Caller(key=an_api_key())

    assert [keeps(each, CHAT) for each in (allowed, silent, Caller(is_operator=True), Caller())] == [True] + [False] * 3
    assert not keeps(allowed, EMBEDDING)


async def test_a_stream_is_copied_whichever_way_it_goes():
    client = Client()
    outlet = client.outlet()
    await outlet.begin(HELLO)
    keeps_up = outlet.pass_on(YOU)
    outlet.keep(END)
    await outlet.end()

    answered = outlet.answered(CHAT, REQUEST, "2xx", (7, 3), is_stream=True)

    assert keeps_up
    assert client.read == HELLO + YOU + END
    assert answered is not None
    assert (answered.answer, answered.finish_reason, answered.ending) == ("Hello you", "stop", Ending.COMPLETED)
    assert (answered.prompt_tokens, answered.completion_tokens, answered.request) == (7, 3, REQUEST)
    assert answered.first_word_at is not None
    assert answered.opened_at <= answered.first_word_at <= answered.finished_at


async def test_a_whole_answer_is_copied():
    outlet = Client().outlet()
    await outlet.whole(json.dumps({"choices": [{"index": 0, "message": {"content": "Hi"}}]}).encode())
    answered = outlet.answered(CHAT, REQUEST, "2xx", (None, None), is_stream=False)

    assert answered is not None
    assert answered.answer == "Hi"


@pytest.mark.parametrize(
    ("status", "ending"), [("2xx", Ending.COMPLETED), ("left", Ending.CANCELLED), ("5xx", Ending.FAILED)]
)
async def test_it_is_known_how_it_ended(status: str, ending: Ending):
    outlet = Client().outlet()
    await outlet.write(HELLO)
    answered = outlet.answered(CHAT, REQUEST, status, (None, None), is_stream=True)

    assert answered is not None
    assert answered.ending is ending


async def test_what_never_began_is_nothing_to_keep():
    assert Client().outlet().answered(CHAT, REQUEST, "5xx", (None, None), is_stream=True) is None


async def test_of_an_answer_without_end_only_the_beginning_is_copied(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("controller.gateway.keeping.MOST_COPIED", len(HELLO))
    client = Client()
    outlet = client.outlet()
    for piece in (HELLO, YOU, YOU):
        await outlet.write(piece)
    answered = outlet.answered(CHAT, REQUEST, "2xx", (None, None), is_stream=True)

    assert client.read == HELLO + YOU + YOU
    assert answered is not None
    assert answered.answer == "Hello"
