"""A controller under test: a real server, a real ledger in a file, and visitors who talk to it over HTTP."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import httpx
from pydantic import SecretStr

from arena.chat import ChatEvent, Failed, Finished, TextDelta
from arena.errors import LedgerError
from arena.model import ModelEntry, WorkerKind
from arena.session import Scope
from arena.settings import AsgiApp, Limits
from arena.sse import Decoder
from arena.terms import TERMS_VERSION
from controller.accounts.spending import NOBODY
from controller.app import create_app
from controller.config import ControllerSettings
from controller.outage_recovery import Outage
from controller.reloading import Reloading
from controller.running import RunningTurns
from controller.services import Services
from logging_store.facts import BattleRecord, TurnEnd, TurnFact
from logging_store.ledger import Ledger, open_ledger
from logging_store.spool_file import spool_of
from tests.pools import is_idle
from tests.scripted_worker import ScriptedWorker, a_worker
from tests.serving import serving

T = TypeVar("T")
PAGE_KEY = "the page's key, for tests"
WORKER_KEY = "the workers' key, for tests"
GATEWAY_KEY = "the gateway's key, for tests"
CHAIN_KEY = "the chain's key, for tests"
PATIENCE = 20.0
PLAIN = False
"""Nothing here speaks TLS: the certificates that each client would load cost more than most calls."""
WIDE = Limits(
    turns_per_minute=10_000,
    turns_per_minute_per_address=10_000,
    sessions_per_minute_per_address=10_000,
    streams_per_session=4,
)
"""Limits that no test reaches by accident, but for the streams at once."""


def a_model(name: str = "model-one", **given: Any) -> ModelEntry:
    default: dict[str, Any] = {"name": name, "worker": WorkerKind.ATTACH, "base_url": "http://127.0.0.1"}
    return ModelEntry(**default | given)


TWO_MODELS = (a_model("model-one"), a_model("model-two"))


def a_pseudonym_key(period: str) -> SecretStr:
    return SecretStr(f"the pseudonym key of {period}, for tests")


def settings_for(folder: Path, *models: ModelEntry, **given: Any) -> ControllerSettings:
    default: dict[str, Any] = {
        "spool": spool_of(folder, given.get("name", "controller")),
        "store_url": f"sqlite:///{folder}/ledger.sqlite3",
        "models": models or TWO_MODELS,
        "limits": WIDE,
        "page_key": SecretStr(PAGE_KEY),
        "worker_key": SecretStr(WORKER_KEY),
        "gateway_key": SecretStr(GATEWAY_KEY),
        "chain_key": SecretStr(CHAIN_KEY),
        "pseudonym_key_of": a_pseudonym_key,
        "gather_ms": 5,
        "connect_seconds": 2.0,
        "first_word_seconds": 5.0,
        "between_words_seconds": 5.0,
    }
    return ControllerSettings(**default | given)


class WatchedLedger(Ledger):
    """A ledger that counts how often each turn was finished, and fails when told to."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger.database)
        self.finished: dict[str, int] = {}
        """By turn: how many calls wrote its end. Never more than one."""
        self.failures = 0
        """So many of the next attempts to finish a turn fail."""
        self.before_opening: Callable[[], Awaitable[None]] | None = None
        """What happens at the last moment before turns are opened."""

    async def open_turns(self, *opened: TurnFact) -> None:
        if self.before_opening is not None:
            await self.before_opening()
        await super().open_turns(*opened)

    async def finish_turn(self, end: TurnEnd) -> bool:
        if self.failures > 0:
            self.failures -= 1
            raise LedgerError
        was_us = await super().finish_turn(end)
        self.finished[end.turn_id] = self.finished.get(end.turn_id, 0) + was_us
        return was_us


class Stream:
    """An answer on its way to a visitor."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.seen: list[ChatEvent] = []
        self._events = self._decode()

    def __iter__(self) -> Generator[ChatEvent]:
        return self._events

    def _decode(self) -> Generator[ChatEvent]:
        decoder = Decoder()
        for chunk in self.response.iter_raw():
            for event in decoder.feed(chunk):
                self.seen.append(event)
                yield event

    def until(self, kind: type[ChatEvent]) -> ChatEvent:
        """Read up to the next event of a kind."""
        for event in self._events:
            if isinstance(event, kind):
                return event
        raise AssertionError(f"the stream ended without {kind.__name__}: {self.seen}")

    def rest(self) -> list[ChatEvent]:
        """Read to the end; return everything that came."""
        for _ in self._events:
            pass
        return self.seen


def text_of(events: list[ChatEvent], side: str | None = None) -> str:
    """Return what one side wrote."""
    return "".join(event.text for event in events if isinstance(event, TextDelta) and event.side == side)


def end_of(events: list[ChatEvent], side: str | None = None) -> Finished | Failed:
    """Return how one side ended."""
    (end,) = [event for event in events if isinstance(event, Finished | Failed) and event.side == side]
    return end


class Visitor(httpx.Client):
    """A visitor, as the page speaks for one: with the page's key, a session and a consent."""

    def new(self, path: str, **wanted: Any) -> str:
        """Open a battle or a conversation; return its path."""
        response = self.post(path, json=wanted)
        assert response.status_code == 201, response.text
        return f"{path}/{response.json()['id']}"

    @contextmanager
    def answering(self, path: str, what: str = "turns", **wanted: Any) -> Generator[Stream]:
        """Say something, and read the answer as slowly as one likes; leave before its end, if one likes."""
        body = wanted if what == "regenerate" else {"text": "Hello?"} | wanted
        with self.stream("POST", f"{path}/{what}", json=body) as response:
            assert response.status_code == 200, response.read()
            yield Stream(response)

    def say(self, path: str, text: str = "Hello?", **wanted: Any) -> list[ChatEvent]:
        """Say something; return all that came back."""
        with self.answering(path, text=text, **wanted) as stream:
            return stream.rest()

    def regenerate(self, path: str) -> list[ChatEvent]:
        with self.answering(path, "regenerate") as stream:
            return stream.rest()

    def vote(self, path: str, outcome: str = "model_a") -> httpx.Response:
        return self.post(f"{path}/vote", json={"outcome": outcome})


class Arena:
    """A controller that is running. It can be looked into from the test's thread."""

    def __init__(self, app: AsgiApp, running: RunningTurns) -> None:
        self._app = app
        self.url = ""
        self.running = running
        self.loop: asyncio.AbstractEventLoop | None = None
        self.services: Services | None = None

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        self.loop = asyncio.get_running_loop()
        if scope["type"] == "http":
            self.services = scope["state"]["services"]
        await self._app(scope, receive, send)

    def ask(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the controller's own loop."""
        assert self.loop is not None
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    @property
    def kept(self) -> WatchedLedger:
        assert self.services is not None
        assert isinstance(self.services.ledger, WatchedLedger)
        return self.services.ledger

    def call(self, method: str, path: str, key: str = WORKER_KEY, **given: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        return httpx.request(method, self.url + path, headers=headers, verify=PLAIN, **given)

    def take_in(self, *workers: ScriptedWorker) -> None:
        """Register workers."""
        for worker in workers:
            response = self.call("POST", "/workers", content=worker.card().model_dump_json())
            assert response.status_code == 204, response.text

    def workers(self) -> set[str]:
        assert self.services is not None
        return set(self.services.pool.seats)

    def breaker(self, worker: str) -> str:
        """Return the state of a worker's breaker."""
        assert self.services is not None
        return self.services.pool.seats[worker].state(time.monotonic())

    @contextmanager
    def visitor(self, *scopes: Scope, address: str = "192.0.2.1", agreed: bool = True) -> Generator[Visitor]:
        """A visitor with a session and, unless told otherwise, a consent."""
        headers = {"authorization": f"Bearer {PAGE_KEY}", "x-arena-visitor": address}
        with Visitor(base_url=self.url, headers=headers, timeout=PATIENCE, verify=PLAIN) as visitor:
            visitor.headers["x-arena-session"] = visitor.post("/sessions").json()["token"]
            if agreed:
                wanted = {"terms_version": TERMS_VERSION, "scopes": list(scopes or Scope)}
                assert visitor.put("/sessions/me/consent", json=wanted).status_code == 200
            yield visitor

    def record(self, path: str) -> BattleRecord:
        """Return a battle as the ledger has it."""
        record = self.ask(self.kept.battle_record(path.rpartition("/")[2]))
        assert record is not None
        return record

    def turns(self, path: str) -> tuple[TurnFact, ...]:
        """Return the turns of a conversation as the ledger has them."""
        return self.ask(self.kept.turns_of(path.rpartition("/")[2]))

    def counts(self) -> dict[str, int]:
        return self.ask(self.kept.row_counts())

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so in the controller, looking after every step of its loop."""

        async def look() -> None:
            async with asyncio.timeout(PATIENCE):
                while not is_so():
                    await asyncio.sleep(0.002)

        self.ask(look())

    @property
    def outage(self) -> Outage:
        assert self.services is not None
        return self.services.outage

    def wait_for_the_ledger(self) -> None:
        """Wait until the ledger is well, and has all that waited on disk."""
        self.until(lambda: not self.outage.watch.is_away)

    def check_nothing_is_held(self) -> None:
        """Wait until all is given back; then nothing is leased, running or open, and every turn ended exactly once."""
        services = self.services
        assert services is not None
        self.until(lambda: len(self.running) == 0)
        self.until(lambda: is_idle(services.pool))
        self.until(lambda: services.upstream.in_use == 0)
        self.wait_for_the_ledger()
        assert services.spending.promised(NOBODY) == 0
        assert len(services.battles.admission.streams) == 0
        assert set(self.kept.finished.values()) <= {1}
        assert self.ask(self.kept.lose_open_turns(services.settings.name, 1.0)) == 0


@contextmanager
def an_arena(
    folder: Path, *models: ModelEntry, drain_seconds: int = 3, reloading: Reloading | None = None, **given: Any
) -> Generator[Arena]:
    """Run a controller while inside. Started anew on the same folder, it has the same ledger."""
    running = RunningTurns()

    @asynccontextmanager
    async def watched(url: str, **given: Any) -> AsyncGenerator[Ledger]:
        async with open_ledger(url, **given) as ledger:
            yield WatchedLedger(ledger)

    app = create_app(settings_for(folder, *models, **given), running=running, opening=watched, reloading=reloading)
    arena = Arena(app, running)
    with serving(arena, on_stop=running.shut_down, drain_seconds=drain_seconds) as arena.url:
        assert httpx.get(f"{arena.url}/health/live", verify=PLAIN).status_code == 200
        yield arena


class Stage(NamedTuple):
    """What most tests need: a controller, one worker for all its models, one visitor who has agreed."""

    arena: Arena
    worker: ScriptedWorker
    visitor: Visitor


@contextmanager
def a_stage(folder: Path, *models: ModelEntry, **given: Any) -> Generator[Stage]:
    """Set a stage; after the play nothing may be held any more."""
    names = [model.name for model in models or TWO_MODELS]
    with an_arena(folder, *models, **given) as arena, a_worker("worker-1", *names) as worker:
        arena.take_in(worker)
        with arena.visitor() as visitor:
            yield Stage(arena, worker, visitor)
            arena.check_nothing_is_held()
