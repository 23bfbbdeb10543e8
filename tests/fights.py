"""One battle, fought in different worlds: other models, organisations, workers, providers, the same to look at."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arena.errors import (
    ProviderOverloaded,
    ProviderRateLimited,
    ProviderRefusedKey,
)
from arena.model import ModelEntry, WorkerKind
from arena.terms import TERMS_VERSION
from tests.arenas import PAGE_KEY, PATIENCE, Arena, an_arena
from tests.scripted_worker import ScriptedWorker, a_worker
from tests.wire import Midway, Tape, split
from tests.worker_scripts import Step, cut, error_event, finish, hang, refuse, say, think

TELLTALE = "Zyxtra"
"""In every name, message and address that must not be seen."""
PLAIN = [say("Well", ",", " yes."), finish()]
THINKING = [think("I am ", TELLTALE), say("Well, yes."), finish("length", prompt=999, completion=77)]


@dataclass(frozen=True)
class World:
    """Who plays, and how they write and fail: to a visitor who is not told why, the same in every world."""

    name: str
    answer: list[Step]
    fail_early: list[Step]
    fail_late: list[Step]
    endless: list[Step]
    known: dict[str, Any]

    def models(self) -> tuple[ModelEntry, ...]:
        names = f"{TELLTALE}-{self.name}-1", f"{TELLTALE}-{self.name}-2"
        return tuple(ModelEntry(name=name, **self.known) for name in names)


SMALL = World(
    name="a",
    answer=PLAIN,
    fail_early=[refuse(ProviderRateLimited(f"{TELLTALE} says: slow down", retry_after=30))],
    fail_late=[say("Half"), error_event(ProviderOverloaded(f"{TELLTALE} is overloaded"))],
    endless=[say("Half"), hang()],
    known={"worker": WorkerKind.DEMO},
)
LARGE = World(
    name="much-longer-name-405b-instruct",
    answer=THINKING,
    fail_early=[refuse(ProviderRefusedKey(f"{TELLTALE}: incorrect API key sk-123"))],
    fail_late=[say("Ha"), say("lf"), cut()],
    endless=[say("Ha"), say("lf"), think(TELLTALE), hang()],
    known={
        "worker": WorkerKind.ATTACH,
        "base_url": f"http://{TELLTALE}.example",
        "organisation": f"{TELLTALE} Labs",
        "licence": f"{TELLTALE}-licence",
        "link": f"https://{TELLTALE}.example",
        "price_in": 17.5,
        "secret": True,
        "slots": 3,
    },
)


@dataclass
class Fight:
    """One battle in one world, as the browser's side of it sees it."""

    arena: Arena
    workers: tuple[ScriptedWorker, ...]
    world: World
    tape: Tape
    battle: str = ""

    def open(self) -> None:
        self.start_anew()
        self.tape.headers["x-arena-session"] = read(self.tape.exchange("POST", "/sessions"))["token"]
        consent = {"terms_version": TERMS_VERSION, "scopes": ["serve", "log"]}
        self.tape.exchange("PUT", "/sessions/me/consent", consent)
        self.battle = f"/battles/{read(self.tape.exchange('POST', '/battles', {}))['id']}"

    def plays(self, a: list[Step], b: list[Step]) -> None:
        """Let the models of both sides play these; all workers are as if started anew."""
        battle = self.arena.record(self.battle).battle
        for worker in self.workers:
            worker.plays(a, model=battle.model_a).plays(b, model=battle.model_b)
        self.start_anew()

    def start_anew(self) -> None:
        """Register all workers as after a goodbye: nothing is held against them."""
        for worker in self.workers:
            self.arena.call("DELETE", f"/workers/{worker.id}")
        self.arena.take_in(*self.workers)

    def post(self, what: str, body: object = None, midway: Midway | None = None) -> None:
        self.tape.exchange("POST", f"{self.battle}/{what}", body or {}, midway=midway)

    def see(self) -> None:
        self.tape.exchange("GET", self.battle)
        self.tape.exchange("GET", "/sessions/me")


def read(answer: bytes) -> dict[str, Any]:
    return json.loads(split(answer)[1])


@contextmanager
def a_fight(folder: Path, world: World, *, workers: int, silence: float = PATIENCE) -> Generator[Fight]:
    """Run an arena for fights, in which a worker may be silent for so many seconds."""
    models = world.models()
    names = tuple(model.name for model in models)
    patience: dict[str, Any] = {"first_word_seconds": silence, "between_words_seconds": silence}
    folder.mkdir()
    with (
        an_arena(folder, *models, **patience) as arena,
        a_worker(f"{TELLTALE}-worker-{world.name}", *(names if workers == 1 else names[:1])) as first,
        a_worker(f"{TELLTALE}-second-{world.name}", *names[1:]) as second,
    ):
        playing = (first,) if workers == 1 else (first, second)
        arena.take_in(*playing)
        tape = Tape(arena.url, {"authorization": f"Bearer {PAGE_KEY}", "x-arena-visitor": "192.0.2.1"})
        fight = Fight(arena, playing, world, tape)
        fight.open()
        yield fight
        arena.check_nothing_is_held()
