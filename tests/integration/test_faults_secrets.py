"""A vendor's key never appears in a log, an error, a metric or the database, whatever the vendor does with it."""

import logging
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from arena.errors import ContextTooLong, ProviderRefusedRequest
from arena.model import ModelEntry, WorkerKind
from tests.arenas import PATIENCE, PLAIN, Arena, Visitor, an_arena
from tests.faults import HELLO, KEY, STREAMS, WHOLE, Pair, Surface
from tests.scripted_worker import a_worker
from tests.wire_anthropic import ANTHROPIC_REFUSALS, anthropic_app
from tests.wire_servers import FAULTS, openai_app, wire_server
from tests.worker_scripts import Step, bare, begin, cut, error_event, finish, raw, refuse, respond, say, wait_for
from tests.workers import running

MARK = "SECRET"
"""Stands in the key that the vendors are called with, and in all that the hostile ones say."""
HOWS = (*FAULTS, *ANTHROPIC_REFUSALS, "garbage", "html", "error-first", "error-later", "cut", "unfinished")
WAYS = ("visitor", "stream", "whole")
ATTACHED = "sk-SECRET-of-an-attached-server"


@contextmanager
def searched(folder: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Generator[list[str]]:
    """Search all that was logged, printed, kept and, in the list, answered, when it is over."""
    answered: list[str] = []
    with caplog.at_level(logging.DEBUG):
        yield answered
    printed = capfd.readouterr()
    kept = [each for each in folder.rglob("*") if each.is_file()]
    assert any(each.name.startswith("ledger.sqlite3") for each in kept)
    assert [each.name for each in kept if MARK.encode() in each.read_bytes()] == []
    assert MARK not in printed.out + printed.err
    assert [each for each in answered if MARK in each] == []
    assert [each.getMessage() for each in caplog.records if MARK in caplog.handler.format(each)] == []


def told(response: httpx.Response) -> str:
    return f"{response.status_code} {dict(response.headers)} {response.text}"


def visit(visitor: Visitor, path: str) -> list[str]:
    """Talk as the page does; read the answer and what is kept of it."""
    return [told(visitor.post(f"{path}/turns", json={"text": "Hello?"})), told(visitor.get(path))]


def program(arena: Arena, model: str, way: str) -> str:
    body = {"model": model, "messages": HELLO, "stream": way == "stream"}
    return told(httpx.post(f"{arena.url}/v1/chat/completions", json=body, headers=KEY, timeout=PATIENCE, verify=PLAIN))


def metrics(arena: Arena) -> str:
    return httpx.get(f"{arena.url}/metrics").raise_for_status().text


def test_a_hostile_vendor_behind_a_proxy_gives_no_key_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    with searched(tmp_path, caplog, capfd) as answered, ExitStack() as stack:
        gpt, claude = (stack.enter_context(wire_server(app)) for app in (openai_app, anthropic_app))
        vendors = {WorkerKind.OPENAI: f"{gpt.url}/v1", WorkerKind.ANTHROPIC: claude.url}
        entries = [
            ModelEntry(name=f"{kind}-{how}-{way}", worker=kind, upstream=how, base_url=at, api_key_env="VENDORS_KEY")
            for kind, at in vendors.items()
            for how in HOWS
            for way in WAYS
        ]
        arena = stack.enter_context(an_arena(tmp_path, *entries, silence_seconds=600))
        proxies = [
            stack.enter_context(running([each for each in entries if each.worker is kind], silence_seconds=1))
            for kind in vendors
        ]
        for proxy in proxies:
            card = proxy.worker.card.model_copy(update={"url": proxy.url})
            assert arena.call("POST", "/workers", content=card.model_dump_json()).status_code == 204
        visitor = stack.enter_context(arena.visitor())
        for name in [each.name for each in entries]:
            way = name.rpartition("-")[2]
            if way == "visitor":
                answered.extend(visit(visitor, visitor.new("/conversations", model=name)))
            else:
                answered.append(program(arena, name, way))
        for _ in range(5):
            answered.extend(visit(visitor, visitor.new("/battles")))
        answered.extend([metrics(arena), told(visitor.get("/models"))])
        answered.extend(told(proxy.http.get(place)) for proxy in proxies for place in ("/metrics", "/health"))
        arena.check_nothing_is_held()

        assert len(gpt.bodies) >= len(HOWS) * len(WAYS)
        assert {each["authorization"] for each in (*gpt.headers, *claude.headers)} == {"Bearer sk-SECRET"}
        assert sum("arena_requests_total" in each for each in answered) == 1


SAID = f"no access for {ATTACHED}"
REPEATS: dict[str, list[Step]] = {
    "refuses the key": [respond(401, {"error": {"message": SAID}}, f"www-authenticate: {ATTACHED}\r\n")],
    "refuses the request": [respond(400, {"error": {"message": SAID}})],
    "refuses as ours do": [refuse(ProviderRefusedRequest(SAID))],
    "limits": [respond(429, {"error": {"message": SAID}}, f"retry-after: {ATTACHED}\r\n")],
    "breaks": [respond(500, SAID.encode())],
    "leads elsewhere": [respond(302, headers=f"location: http://127.0.0.1/{ATTACHED}\r\n")],
    "an error at first": [error_event(ContextTooLong(SAID))],
    "an error instead of an answer": [respond(200, {"error": {"message": SAID, "code": "context_too_long"}})],
    "garbage": [raw(f"data: {SAID}\n\n".encode()), cut()],
    "garbage for a head": [bare(f"{ATTACHED}\r\n\r\n".encode())],
    "garbage between chunks": [begin(), bare(f"{ATTACHED}\r\n".encode())],
    "a word": [say(SAID), finish()],
    "a name of the model": [raw(f'data: {{"model": "{SAID}", "choices": []}}\n\n'.encode()), say("Hi"), finish()],
}
LATER: dict[str, list[Step]] = {
    "an error": [error_event(ContextTooLong(SAID))],
    "a foreign error": [error_event({"message": SAID})],
    "a word": [say(SAID), finish()],
    "garbage": [raw(f"data: {SAID}\n\n".encode()), cut()],
}


@pytest.fixture
def attached(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Generator[tuple[Pair, list[str]]]:
    """Two attached servers that are called with a vendor's key."""
    names = ("model-one", "model-two")
    with searched(tmp_path, caplog, capfd) as answered, ExitStack() as stack:
        arena = stack.enter_context(an_arena(tmp_path, retry_share=1.0))
        first = stack.enter_context(a_worker("first", *names, slots=1000))
        second = stack.enter_context(a_worker("second", *names, slots=1))
        yield Pair(arena, stack.enter_context(arena.visitor()), first, second), answered
        answered.append(metrics(arena))


def asked(pair: Pair, surface: Surface, answered: list[str]) -> None:
    """Ask a server that was started anew, as if for the first time."""
    pair.first.key = ATTACHED
    pair.arena.call("DELETE", "/workers/first")
    pair.arena.take_in(pair.first)
    said = pair.ask(surface)
    answered.append(repr(said))


def test_a_hostile_server_that_was_attached_gives_no_key_away(attached: tuple[Pair, list[str]]):
    pair, answered = attached
    for script in REPEATS.values():
        for surface in (*STREAMS, WHOLE):
            pair.first.plays(script)
            asked(pair, surface, answered)

    assert {each.headers["authorization"] for each in pair.first.asked} == {f"Bearer {ATTACHED}"}
    assert len(pair.first.asked) == len(REPEATS) * (len(STREAMS) + 1 + 1)


def test_nor_does_it_in_the_middle_of_an_answer(attached: tuple[Pair, list[str]]):
    pair, answered = attached
    for script in LATER.values():
        for surface in STREAMS:
            pair.shown.clear()
            pair.first.plays([*surface.half, wait_for(pair.shown), *script])
            asked(pair, surface, answered)

            assert "Half" in answered[-1]
            assert "error=None" not in answered[-1]
