"""Two controllers on one ledger, with one worker between them, each its own process."""

import asyncio
import os
import subprocess
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from sqlalchemy import text

from arena.chat import ChatEvent, Done, Failed, TextDelta
from arena.sse import Decoder
from arena.terms import TERMS_VERSION
from logging_store.engine import open_database, parse_url
from tests.e2e.arena_up import ARENA
from tests.processes import kill_all
from tests.unit.arena.command.ports import free_port

PATIENCE = 120.0
ECHOES = """
[[models]]
name = "demo-echo"
worker = "demo"

[[models]]
name = "demo-echo-too"
worker = "demo"
upstream = "demo-echo"
"""
"""Models whose answers are as long as a test has them be."""


@contextmanager
def running(folder: Path, *words: str, **env: str) -> Generator[psutil.Popen]:
    """Run a command of the arena while inside."""
    with (folder / "log").open("ab") as log:
        process = psutil.Popen([*ARENA, *words], cwd=folder, env=os.environ | env, stdout=log, stderr=log)
    try:
        yield process
    finally:
        kill_all([process])
        process.wait(15)


class Arena:
    """Two controllers, one worker for both, and a page that asks one of them as long as it answers."""

    def __init__(self, folder: Path, stack: ExitStack, store: str) -> None:
        self.folder = folder
        self.stack = stack
        self.store = store
        (folder / "arena.toml").write_text(ECHOES)
        self.ports = {"first": free_port(), "second": free_port()}
        self.processes: dict[str, psutil.Popen] = {}
        for name in self.ports:
            self.start(name)
        told = [word for name in self.ports for word in ("--controller", self.url(name))]
        stack.enter_context(running(folder, "worker", *told, ARENA_WORKER_WORDS_PER_SECOND="15"))
        self.page = f"http://127.0.0.1:{(port := free_port())}"
        stack.enter_context(running(folder, "web", "--port", str(port), *told))
        for url in (*map(self.ready, self.ports), self.page):
            self.until_up(url)

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def ready(self, name: str) -> str:
        return self.url(name) + "/health/ready"

    def start(self, name: str) -> None:
        told = ("--port", str(self.ports[name]), "--store", self.store)
        controller = running(self.folder, "controller", *told, ARENA_CONTROLLER_NAME=name)
        self.processes[name] = self.stack.enter_context(controller)

    def mend(self) -> None:
        """Start again what does not run, and wait until it serves."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                self.start(name)
        for name in self.ports:
            self.until_up(self.ready(name))

    def until_up(self, url: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_well(url):
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.1)

    @contextmanager
    def visitor(self, name: str) -> Generator[httpx.Client]:
        key = (self.folder / "data" / "keys" / "page.key").read_text()
        headers = {"authorization": f"Bearer {key}", "x-arena-visitor": "127.0.0.1"}
        with httpx.Client(base_url=self.url(name), headers=headers, timeout=30) as client:
            client.headers["x-arena-session"] = client.post("/sessions").json()["token"]
            client.put("/sessions/me/consent", json={"terms_version": TERMS_VERSION, "scopes": ["serve", "log"]})
            yield client

    def kill(self, name: str) -> None:
        self.processes[name].kill()
        self.processes[name].wait(15)

    @contextmanager
    def browser(self) -> Generator["Browser"]:
        """A browser without scripts, whose visitor has accepted the terms."""
        with httpx.Client(base_url=self.page, timeout=30) as http:
            http.post("/visitor/session", json={"terms_version": TERMS_VERSION, "scopes": ["serve", "log"]})
            yield Browser(http)

    def endings(self, conversation: str) -> dict[str, str | None]:
        """How its turns ended, by what was said."""
        question = "select text, ending from turns where conversation_id = :id"
        return {row.text: row.ending for row in self.rows(question, id=conversation.rpartition("/")[2])}

    def writing(self) -> str:
        """Return the one controller that writes answers now."""
        (row,) = self.rows("select distinct controller from turns where ending is null")
        return row.controller

    def rows(self, question: str, **given: str) -> list[Any]:
        async def ask() -> list[Any]:
            async with open_database(parse_url(self.store)) as database, database.reader.connect() as connection:
                return list(await connection.execute(text(question), given))

        return asyncio.run(ask())


def is_well(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


class Browser:
    """What the page's script does, in a battle."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.view: Any = None
        self.ticket: Any = None
        self.shown = ""

    def act(self, name: str, *inputs: object) -> None:
        """Do what an event of the page does, and take what it shows."""
        body = {"inputs": [self.view, *inputs]}
        updates = self.http.post(f"/visitor/actions/{name}", json=body).raise_for_status().json().values()
        self.shown = str(updates)
        for update in updates:
            if isinstance(update, dict) and update.keys() == {"key", "aside"}:
                self.view = update
            elif isinstance(update, dict) and "serial" in update:
                self.ticket = update

    @contextmanager
    def answering(self) -> Generator[list[ChatEvent]]:
        """Ask for the answers; inside, both sides have said a word. At the end, everything that came is in the list."""
        seen: list[ChatEvent] = []
        with self.http.stream("POST", self.ticket["address"], json=self.ticket["body"]) as response:
            assert response.status_code == 200, response.read()
            decoder = Decoder()
            events = (event for chunk in response.iter_raw() for event in decoder.feed(chunk))
            for event in events:
                seen.append(event)
                if {"a", "b"} <= {each.side for each in seen if isinstance(each, TextDelta)}:
                    break
            yield seen
            seen.extend(events)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Arena]:
    """An arena on a database of either kind."""
    folder = tmp_path_factory.mktemp("two")
    is_file = request.param == "sqlite"
    store = f"sqlite:///{folder}/ledger" if is_file else request.getfixturevalue("postgres").fresh_database()
    with ExitStack() as stack:
        yield Arena(folder, stack, store)


@pytest.fixture
def arena(started: Arena) -> Arena:
    """Both controllers run, whatever the test before has done to them."""
    started.mend()
    return started


def chat(visitor: httpx.Client) -> str:
    return f"/conversations/{visitor.post('/conversations', json={'model': 'demo-echo'}).json()['id']}"


def test_a_visitor_goes_from_one_to_the_other_and_what_a_dead_one_wrote_is_lost(arena: Arena):
    with arena.visitor("first") as visitor:
        conversation = chat(visitor)
        assert '"finished"' in visitor.post(f"{conversation}/turns", json={"text": "one"}).text
        with visitor.stream("POST", f"{conversation}/turns", json={"text": "[repeat 200] two"}) as stream:
            lines = stream.iter_lines()
            assert any('"delta"' in line for line in lines)
            arena.kill("first")
            with pytest.raises(httpx.TransportError):
                list(lines)

        visitor.base_url = arena.url("second")
        seen = visitor.get(conversation).json()
        assert [(turn["text"], turn["answer"]["ending"]) for turn in seen["turns"]] == [
            ("one", "completed"),
            ("[repeat 200] two", "lost"),
        ]
        assert '"finished"' in visitor.post(f"{conversation}/turns", json={"text": "three"}).text

    assert arena.endings(conversation) == {"one": "completed", "[repeat 200] two": "lost", "three": "completed"}


def battle(browser: Browser, text: str) -> None:
    """Begin a battle whose answers take seconds: until then what a test does falls into the middle of them."""
    browser.act("battle-new")
    browser.act("battle-begin", f"[repeat 10] {text}")


def goes_on(arena: Arena, browser: Browser) -> str:
    """Kill the controller in the middle of both answers; have them written again by the other one, and vote.

    Return which one was killed.
    """
    battle(browser, "What would you do?")
    with browser.answering() as seen:
        arena.kill(killed := arena.writing())
        began = time.monotonic()
    assert isinstance(seen[-1], Failed), seen

    browser.act("battle-settle")
    assert "The arena was restarted while this was being answered" in browser.shown
    browser.act("battle-regenerate")
    with browser.answering() as seen:
        assert time.monotonic() - began < 30
    assert seen[-1] == Done(can_vote=True)
    browser.act("battle-vote-model_a")
    assert "won" in browser.shown
    return killed


def test_either_controller_is_killed_in_the_middle_of_a_battle_and_the_page_goes_on_with_the_other(arena: Arena):
    with arena.browser() as browser:
        one = goes_on(arena, browser)
        arena.mend()
        assert {one, goes_on(arena, browser)} == {"first", "second"}


@pytest.mark.parametrize("started", ["postgresql"], indirect=True)
def test_one_that_is_stopped_politely_is_left_without_a_word(arena: Arena):
    with arena.browser() as browser:
        battle(browser, "Who writes this?")
        with browser.answering():
            stopped = arena.processes[arena.writing()]
        stopped.terminate()
        stopped.wait(30)  # what it was writing until then is cut off, as it should be
        for number in range(3):
            battle(browser, f"question {number}")
            with browser.answering() as seen:
                pass
            assert seen[-1] == Done(can_vote=True)


@pytest.mark.parametrize("started", ["sqlite"], indirect=True)
def test_a_name_that_is_taken_stops_the_start_in_one_line(arena: Arena):
    third = subprocess.run(
        [*ARENA, "controller", "--port", "0", "--store", arena.store],
        cwd=arena.folder,
        env=os.environ | {"ARENA_CONTROLLER_NAME": "second"},
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )

    assert third.returncode == 2
    assert third.stderr.startswith("arena: another controller named 'second' runs on this ledger: ")
    assert third.stderr.count("\n") == 1
    assert is_well(arena.url("second") + "/health/ready")
