"""Workers that are not what they say: a wrong secret, slots that are not there, another's name, another's model."""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager

import aiohttp
import pytest
from pydantic import SecretStr

from arena.errors import UnknownModel, WorkersBusy
from arena.worker import Heartbeat, WorkerCard
from model_worker.registration import Registration
from tests.arenas import WORKER_KEY, Arena, Visitor, an_arena
from tests.faults import (
    BATTLE,
    CHAT,
    STREAM,
    STREAMS,
    SURFACES,
    WHOLE,
    Pair,
    Said,
    Surface,
    Workers,
    on,
    paired,
    two_workers,
    whole,
)
from tests.scripted_worker import ScriptedWorker
from tests.worker_scripts import Line, Step, finish, refuse, respond, wait_for

NAMES = ("model-one", "model-two")
WRONG = "a wrong secret, for tests"


@pytest.fixture(scope="module")
def workers() -> Generator[Workers]:
    with two_workers() as workers:
        yield workers


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Generator[Arena]:
    with an_arena(tmp_path_factory.mktemp("arena"), retry_share=1.0, silence_seconds=600) as arena:
        yield arena


@pytest.fixture
def pair(arena: Arena, workers: Workers) -> Generator[Pair]:
    with paired(arena, workers) as pair:
        yield pair


def alone(pair: Pair, slots: int) -> ScriptedWorker:
    """Let one worker be the only one, with as many slots as it claims."""
    for worker in (pair.first, pair.second):
        pair.arena.call("DELETE", f"/workers/{worker.id}")
    pair.first.slots = slots
    pair.arena.take_in(pair.first)
    return pair.first


def at_once(pair: Pair, surface: Surface, number: int) -> list[Said]:
    with ExitStack() as stack:
        visitors = [stack.enter_context(pair.arena.visitor()) for _ in range(number)]

        def ask(visitor: Visitor) -> Said:
            return surface.ask(pair.arena, visitor, threading.Event())

        said = list(stack.enter_context(ThreadPoolExecutor(number)).map(ask, visitors))
    pair.check()
    return said


@on(SURFACES)
def test_of_a_worker_that_claims_a_thousand_slots_and_has_one_everybody_gets_an_answer(pair: Pair, surface: Surface):
    worker, number = alone(pair, 1000), 3
    all_came, one = threading.Event(), asyncio.Semaphore(1)

    async def one_at_a_time(line: Line) -> None:
        if len(worker.asked) >= number:
            all_came.set()
        if one.locked():
            await refuse(WorkersBusy())(line)
            return
        async with one:
            for each in [wait_for(all_came), *surface.good("Well")]:
                await each(line)

    worker.plays([one_at_a_time])

    assert at_once(pair, surface, number) == [Said("Well")] * number
    assert len(worker.asked) < 30
    assert pair.arena.breaker("first") == "closed"


@on([CHAT, STREAM, WHOLE])
def test_a_worker_that_claims_one_slot_is_asked_one_at_a_time(pair: Pair, surface: Surface):
    worker = alone(pair, 1)
    worker.plays(surface.good("Well"))

    assert at_once(pair, surface, 4) == [Said("Well")] * 4
    assert worker.most_open == 1


def posing(*words: str) -> Step:
    """Write words as the other model's."""

    async def step(line: Line) -> None:
        other = next(name for name in NAMES if name != line.model)
        for word in words:
            delta = {"content": word}
            await line.event(model=other, choices=[{"index": 0, "delta": delta, "finish_reason": None}])

    return step


def false(surface: Surface) -> list[Step]:
    """Answer for another model of ours than was asked."""
    return whole("Stolen", model="model-two") if surface is WHOLE else [posing("Stolen"), finish()]


def unknown(surface: Surface) -> list[Step]:
    return [refuse(UnknownModel())]


def unknown_to_vllm(surface: Surface) -> list[Step]:
    return [respond(404, {"error": {"code": 404, "message": "The model `model-one` does not exist."}})]


@on(SURFACES)
@pytest.mark.parametrize("lie", [unknown, unknown_to_vllm, false])
def test_a_worker_without_the_model_that_it_claims_is_asked_once_and_another_one_answers(
    pair: Pair, surface: Surface, lie: Callable[[Surface], list[Step]]
):
    pair.first.plays(lie(surface))
    pair.second.plays(surface.good("From the second"))
    times = max(1, surface.turns)

    assert pair.ask(surface) == Said("From the second")
    assert pair.ask(surface) == Said("From the second")

    assert (len(pair.first.asked), len(pair.second.asked)) == (times, 2 * times)
    assert pair.arena.breaker("first") == "closed", "its other models are none of this"


@on(SURFACES)
def test_another_models_answer_is_never_shown_or_voted_for(pair: Pair, surface: Surface):
    alone(pair, 8).plays(false(surface))

    said = pair.ask(surface)

    assert said == Said("", "answer_failed" if surface is BATTLE else "worker_lacks_model")
    pair.recovers(surface)


@on([CHAT, BATTLE])
def test_an_answer_that_becomes_another_models_ends_there(pair: Pair, surface: Surface):
    pair.first.plays([*surface.half, wait_for(pair.shown), posing("Stolen"), finish()])

    said = pair.ask(surface)

    assert said == Said("Half", "answer_failed" if surface is BATTLE else "worker_lacks_model")
    assert pair.second.asked == []


@on(STREAMS)
def test_what_an_engine_calls_its_model_by_itself_is_its_own_affair(pair: Pair, surface: Surface):
    async def dated(line: Line) -> None:
        choice = {"index": 0, "delta": {"content": "Well"}, "finish_reason": None}
        await line.event(model=f"{line.model}-2026-11-21", choices=[choice])

    pair.first.plays([dated, finish()])

    assert pair.ask(surface) == Said("Well")


class Told(logging.Handler):
    """Waits for what workers' logs say of their controllers."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._changed = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        self._changed.set()

    async def until(self, ending: str, times: int = 1) -> None:
        async with asyncio.timeout(20):
            while sum(line.endswith(ending) for line in self.lines) < times:
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
def told() -> Generator[Told]:
    """Listen to the workers' logs. They run in the test's own loop."""
    handler, logger = Told(), logging.getLogger("model_worker")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)


@asynccontextmanager
async def registering(arena: Arena, card: WorkerCard, key: str = WORKER_KEY) -> AsyncGenerator[None]:
    """Register as workers do, while inside."""
    registration = Registration(card, [arena.url], SecretStr(key), pulse=Heartbeat, beat_seconds=0.05)
    async with aiohttp.ClientSession() as http, registration.kept(http):
        yield


async def test_with_a_wrong_secret_nobody_comes_in_and_nobody_is_replaced(pair: Pair, told: Told):
    thief = pair.second.card().model_copy(update={"id": "first"})
    stranger = pair.second.card().model_copy(update={"id": "stranger"})

    async with registering(pair.arena, thief, WRONG), registering(pair.arena, stranger, WRONG):
        await told.until("does not take us (wrong_key)", times=2)

    assert pair.arena.workers() == {"first", "second"}
    assert await asyncio.to_thread(pair.ask, CHAT) == Said("Hello there")
    assert len(pair.first.asked) == 1
    assert not any(WRONG in line for line in told.lines)


async def test_of_two_alive_workers_of_one_name_the_second_is_refused_and_says_so(pair: Pair, told: Told):
    pair.arena.call("DELETE", "/workers/first")
    pair.arena.call("DELETE", "/workers/second")
    double = pair.second.card().model_copy(update={"id": "first"})
    async with registering(pair.arena, pair.first.card()):
        await told.until("knows us")
        async with registering(pair.arena, double):
            await told.until("does not take us (worker_name_taken)")
            for surface in (CHAT, STREAM):
                assert await asyncio.to_thread(pair.ask, surface) == Said("Hello there")

    assert (len(pair.first.asked), pair.second.asked) == (2, [])


async def test_when_the_first_of_one_name_is_dead_the_second_takes_over(pair: Pair, told: Told):
    pair.arena.call("DELETE", "/workers/second")
    double = pair.second.card().model_copy(update={"id": "first"})
    async with registering(pair.arena, double):
        await told.until("does not take us (worker_name_taken)")
        pair.first.close()

        assert (await asyncio.to_thread(pair.ask, CHAT)).error == "worker_unreachable"

        await told.until("knows us")
        pair.second.plays(CHAT.good("From the second"))
        assert await asyncio.to_thread(pair.ask, CHAT) == Said("From the second")
        assert pair.arena.breaker("first") == "closed"
    pair.first.open_again()
