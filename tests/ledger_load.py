"""Visitors who chat and vote without end, note what they are told is kept, and compare it with the ledger."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy import func, select

from arena.chat import ChatEvent, Done, Ending, Finished, Started
from arena.ids import new_id
from arena.session import Scope
from arena.terms import TERMS_VERSION
from logging_store.chain import Event
from logging_store.checking import faults
from logging_store.ledger import Ledger, open_ledger
from logging_store.tables import links, turns, votes
from tests.arenas import CHAIN_KEY, PAGE_KEY, PATIENCE, PLAIN, Stream, Visitor, text_of
from tests.worker_scripts import Line, Step, finish

_NUMBERS = itertools.count()
TORN = " and not torn"


def an_answer_of_its_own() -> list[Step]:
    """Answer so that no two answers are alike, and that a part of one is not the whole."""

    async def step(line: Line) -> None:
        await line.delta(content=f"answer {next(_NUMBERS)} ")
        await line.delta(content="x" * 700 + TORN)

    return [step, finish("stop")]


@dataclass
class Load:
    """Some visitors. What they know is only what they were told."""

    url: str
    visitors: int = 4
    finished: dict[str, str] = field(default_factory=dict[str, str])
    """The answers by turn of which a visitor saw the end."""
    voted: dict[str, str] = field(default_factory=dict[str, str])
    """The outcomes by battle of the votes that were acknowledged."""
    refused: Counter[str] = field(default_factory=Counter[str])
    _stop: threading.Event = field(default_factory=threading.Event)
    _news: threading.Condition = field(default_factory=threading.Condition)
    _threads: list[threading.Thread] = field(default_factory=list[threading.Thread])
    _broken: list[BaseException] = field(default_factory=list[BaseException])

    @contextmanager
    def running(self) -> Generator[None]:
        """Let them come while inside; each has chatted and voted before this begins."""
        self._threads = [threading.Thread(target=self._visit, args=(number,)) for number in range(self.visitors)]
        for each in self._threads:
            each.start()
        try:
            self.until(lambda: len(self.voted) >= 2 * self.visitors)
            yield
        finally:
            self.stop()
        assert not self._broken, self._broken
        assert not any(each.is_alive() for each in self._threads)

    def stop(self) -> None:
        """Let everybody come to an end with what they do now."""
        self._stop.set()
        for each in self._threads:
            each.join(PATIENCE)

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so; it is looked after whenever a visitor is told something."""
        with self._news:
            happened = self._news.wait_for(lambda: self._broken or is_so(), 3 * PATIENCE)
        assert not self._broken, self._broken
        assert happened, f"this never happened: {self}"

    def until_more(self, *, turns: int = 0, votes: int = 0, refusals: int = 0) -> None:
        """Wait until so much more has happened than now."""
        was = len(self.finished), len(self.voted), self.refused.total()
        wanted = was[0] + turns, was[1] + votes, was[2] + refusals
        self.until(
            lambda: all(
                n >= w for n, w in zip((len(self.finished), len(self.voted), self.refused.total()), wanted, strict=True)
            )
        )

    def __repr__(self) -> str:
        return f"{len(self.finished)} turns and {len(self.voted)} votes acknowledged; refused: {dict(self.refused)}"

    def _visit(self, number: int) -> None:
        headers = {"authorization": f"Bearer {PAGE_KEY}", "x-arena-visitor": f"192.0.2.{number + 1}"}
        try:
            with Visitor(base_url=self.url, headers=headers, timeout=PATIENCE, verify=PLAIN) as visitor:
                chat = self._come(visitor)
                while not self._stop.wait(0.02):  # people take their time
                    self._round(visitor, chat)
        except BaseException as error:
            with self._news:
                self._broken.append(error)
                self._news.notify_all()
            raise

    def _come(self, visitor: Visitor) -> str:
        """Begin a session, consent, and open a conversation; return its path."""
        visitor.headers["x-arena-session"] = self._insist(visitor, "POST", "/sessions").json()["token"]
        wanted = {"terms_version": TERMS_VERSION, "scopes": list(Scope)}
        assert self._insist(visitor, "PUT", "/sessions/me/consent", json=wanted).status_code == 200
        opened = self._insist(visitor, "POST", "/conversations", json={"model": "model-one"})
        return f"/conversations/{opened.json()['id']}"

    def _insist(self, visitor: Visitor, method: str, path: str, **given: Any) -> httpx.Response:
        """Ask until there is a clear answer: a machine that stands still for a moment is a ledger that is away."""
        while True:
            response = visitor.request(method, path, **given)
            if response.status_code != 503 or self._stop.is_set():
                return response
            self._refused(response)

    def _round(self, visitor: Visitor, chat: str) -> None:
        try:
            self._say(visitor, chat)
            opened = visitor.post("/battles", json={})
            if opened.status_code != 201:
                return self._refused(opened)
            battle = f"/battles/{opened.json()['id']}"
            if self._say(visitor, battle):
                self._vote(visitor, battle)
        except httpx.TransportError as error:
            self._tell(type(error).__name__)
            self._stop.wait(0.02)  # nothing tells when the controller is back
        return None

    def _say(self, visitor: Visitor, path: str) -> bool:
        """Say something; return whether both sides have answered."""
        with visitor.stream("POST", f"{path}/turns", json={"text": f"message {new_id()}"}) as response:
            if response.status_code != 200:
                response.read()
                self._refused(response)
                return False
            stream = Stream(response)
            try:
                events = stream.rest()
            finally:
                self._note(stream.seen)
        return any(isinstance(event, Done) and event.can_vote for event in events)

    def _note(self, events: list[ChatEvent]) -> None:
        ids = {event.side: event.turn_id for event in events if isinstance(event, Started)}
        ended = [event.side for event in events if isinstance(event, Finished) and event.reason == "stop"]
        with self._news:
            self.finished.update((ids[side], text_of(events, side)) for side in ended)
            self._news.notify_all()

    def _vote(self, visitor: Visitor, battle: str) -> None:
        """Vote, and go on until there is a clear answer or the test is over."""
        while not self._stop.is_set():
            response = visitor.vote(battle, "tie")
            if response.status_code == 200:
                with self._news:
                    self.voted[battle.rpartition("/")[2]] = response.json()["outcome"]
                    self._news.notify_all()
                return
            self._refused(response)
            if response.status_code != 503:
                return

    def _refused(self, response: httpx.Response) -> None:
        self._tell(response.json()["code"])
        if response.status_code >= 503:
            self._stop.wait(0.02)  # nothing tells when the ledger is back

    def _tell(self, code: str) -> None:
        with self._news:
            self.refused[code] += 1
            self._news.notify_all()


async def check_all_is_kept(load: Load, url: str) -> None:
    """Compare: nothing acknowledged is missing, doubled or torn, and nothing is left open."""
    async with open_ledger(url) as ledger:
        kept = {row.id: row for row in await _rows(ledger, select(turns))}
        cast = {row.battle_id: str(row.outcome) for row in await _rows(ledger, select(votes))}
        said = await _rows(
            ledger,
            select(func.count()).where(turns.c.supersedes.is_(None)).group_by(turns.c.conversation_id, turns.c.text),
        )
        told = await _rows(
            ledger,
            select(links.c.record_id, links.c.event, func.count().label("often")).group_by(
                links.c.record_id, links.c.event
            ),
        )
    missing = [turn_id for turn_id in load.finished if turn_id not in kept]
    torn = [turn_id for turn_id, text in load.finished.items() if turn_id in kept and kept[turn_id].answer != text]
    assert (missing, torn) == ([], []), f"{len(missing)} missing, {len(torn)} torn of {load}"
    assert all(text.endswith(TORN) for text in load.finished.values())
    assert {kept[turn_id].ending for turn_id in load.finished} == {Ending.COMPLETED}
    assert {battle: cast.get(battle) for battle in load.voted} == load.voted
    assert {row[0] for row in said} == {1}, "a message was kept twice"
    often = {(row.record_id, row.event): row.often for row in told}
    assert all(often[turn_id, Event.TURN_OPENED] == often[turn_id, Event.TURN_ENDED] == 1 for turn_id in load.finished)
    assert not [row for row in kept.values() if row.ending is None]
    assert [fault async for fault in faults(url, time.time(), CHAIN_KEY.encode())] == []


async def _rows(ledger: Ledger, query: Any) -> list[Any]:
    async with ledger.database.reader.connect() as connection:
        return list(await connection.execute(query))
