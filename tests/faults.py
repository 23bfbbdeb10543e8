"""The ways in which an answer is asked for, and what must be true after whatever a worker did."""

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import httpx
import pytest

from arena.chat import ChatEvent, Failed, TextDelta
from arena.ids import new_token
from tests.arenas import GATEWAY_KEY, PATIENCE, PLAIN, TWO_MODELS, Arena, Visitor, end_of, text_of
from tests.scripted_worker import ScriptedWorker, a_worker
from tests.worker_scripts import Step, an_answer, raw, respond, say

KEY = {"authorization": f"Bearer {GATEWAY_KEY}"}
HELLO = [{"role": "user", "content": "Hello?"}]


@dataclass(frozen=True)
class Said:
    """What came back: the text, and the code of the error if there was one. A battle's two sides are to say alike."""

    text: str
    error: str | None = None


Ask = Callable[[Arena, Visitor, threading.Event], Said]
"""Asks once. The event is set when the first text has arrived, of both sides if there are two."""


@dataclass(frozen=True)
class Surface:
    """One way in which an answer is asked for."""

    name: str
    ask: Ask
    turns: int
    """Rows in the ledger, for each request."""
    good: Callable[[str], list[Step]]
    """What a worker does that answers as it should."""
    half: list[Step]
    """What a worker does that has begun to."""


def chat(arena: Arena, visitor: Visitor, shown: threading.Event) -> Said:
    """Ask as a visitor who talks to one model."""
    return _seen(_read(visitor, visitor.new("/conversations", model="model-one"), 1, shown), None)


def battle(arena: Arena, visitor: Visitor, shown: threading.Event) -> Said:
    """Ask two hidden models. Whoever has an answer of both may vote, and nobody else."""
    path = visitor.new("/battles")
    events = _read(visitor, path, 2, shown)
    sides = {_seen(events, side) for side in ("a", "b")}
    may_vote = {side.error for side in sides} == {None}
    assert visitor.vote(path).status_code == (200 if may_vote else 409)
    assert len(sides) == 1, f"the sides differ: {sides}"
    return sides.pop()


def _read(visitor: Visitor, path: str, sides: int, shown: threading.Event) -> list[ChatEvent]:
    with visitor.answering(path) as stream:
        heard: set[str | None] = set()
        for event in stream:
            if isinstance(event, TextDelta):
                heard.add(event.side)
            if len(heard) == sides:
                shown.set()
        return stream.seen


def _seen(events: list[ChatEvent], side: str | None) -> Said:
    end = end_of(events, side)
    return Said(text_of(events, side), end.code if isinstance(end, Failed) else None)


def gateway(arena: Arena, visitor: Visitor, shown: threading.Event, *, is_stream: bool = True) -> Said:
    """Ask as a program does."""
    body, url = {"model": "model-one", "messages": HELLO, "stream": is_stream}, f"{arena.url}/v1/chat/completions"
    with httpx.stream("POST", url, json=body, headers=KEY, timeout=PATIENCE, verify=PLAIN) as reply:
        text = ""
        for piece in reply.iter_text():
            text += piece
            if '"content"' in text:
                shown.set()
    return read_reply(reply.status_code, reply.headers["content-type"], text)


def read_reply(status: int, kind: str, text: str) -> Said:
    """Read what a program gets."""
    if status != 200:
        assert status >= 400
        return Said("", json.loads(text)["error"]["code"])
    if not kind.startswith("text/event-stream"):
        return Said(json.loads(text)["choices"][0]["message"]["content"])
    *events, last = [each.removeprefix("data: ") for each in text.split("\n\n") if each.startswith("data: ")]
    is_done = last == "[DONE]"
    told = [json.loads(each) for each in (events if is_done else [*events, last])]
    deltas = [choice["delta"] for each in told for choice in each.get("choices", ())]
    errors = [each["error"]["code"] for each in told if each.get("error")]
    assert is_done == (not errors), "an end is a mark or an error, and never both"
    return Said("".join(delta.get("content", "") for delta in deltas), *errors)


def whole(text: str, model: str = "model-one") -> list[Step]:
    """Answer in one piece."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 7, "completion_tokens": 3}
    return [respond(200, {"id": "c", "object": "chat.completion", "model": model, "choices": [choice], "usage": usage})]


HALF = [say("Half")]
CHAT = Surface("chat", chat, 1, an_answer, HALF)
BATTLE = Surface("battle", battle, 2, an_answer, HALF)
STREAM = Surface("gateway", gateway, 0, an_answer, HALF)
WHOLE = Surface("gateway, whole", partial(gateway, is_stream=False), 0, whole, [raw(b'{"choices": [{"ind')])
STREAMS = [CHAT, BATTLE, STREAM]
SURFACES = [*STREAMS, WHOLE]


@dataclass
class Pair:
    """Two workers for the same models. The first is asked first, for it has many more slots."""

    arena: Arena
    visitor: Visitor
    first: ScriptedWorker
    second: ScriptedWorker
    shown: threading.Event = field(default_factory=threading.Event)
    """Set when the first text of the last request has arrived."""

    def ask(self, surface: Surface) -> Said:
        """Ask once; nothing is held afterwards, and the ledger has what was asked, each ended exactly once."""
        before = self.arena.counts()["turns"]
        said = surface.ask(self.arena, self.visitor, self.shown)
        self.check()
        assert self.arena.counts()["turns"] - before == surface.turns
        return said

    def check(self) -> None:
        """Wait until all is given back, and compare the books."""
        self.arena.check_nothing_is_held()
        for worker in (self.first, self.second):
            worker.until(lambda each: each.open == 0)
        kept = self.arena.kept
        assert len(kept.finished) == self.arena.counts()["turns"], "a turn was lost"

    def recovers(self, surface: Surface) -> None:
        """Let the first worker be well and the only one: it answers the next request, and is trusted again."""
        self.first.plays(surface.good("Back"))
        self.arena.call("DELETE", f"/workers/{self.second.id}")
        assert self.ask(surface) == Said("Back")
        assert self.arena.breaker(self.first.id) == "closed"


Workers = tuple[ScriptedWorker, ScriptedWorker]


@contextmanager
def two_workers() -> Generator[Workers]:
    """Two workers for both models, to be taken in again for each test."""
    names = [model.name for model in TWO_MODELS]
    with a_worker("first", *names) as first, a_worker("second", *names, slots=1) as second:
        yield first, second


@contextmanager
def paired(arena: Arena, workers: Workers) -> Generator[Pair]:
    """Take both in as if they were started anew, so that nothing is held against them; and a new visitor."""
    workers[0].slots = 1000
    for worker in workers:
        worker.plays()
        worker.asked.clear()
        worker.most_open = 0
        worker.key = new_token()
        arena.call("DELETE", f"/workers/{worker.id}")
    arena.take_in(*workers)
    with arena.visitor() as visitor:
        yield Pair(arena, visitor, *workers)


def on(surfaces: list[Surface]) -> pytest.MarkDecorator:
    """Ask in each of these ways."""
    return pytest.mark.parametrize("surface", surfaces, ids=lambda surface: surface.name)
