"""Every worker fails at once: retries do not make it worse, and when it is over answers come again."""

import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from arena.errors import ArenaError
from controller.routing.budgets import RETRY_FLOOR
from tests.arenas import Arena, Visitor, an_arena
from tests.faults import CHAT, STREAM, Pair, Said, Surface
from tests.scripted_worker import ScriptedWorker, a_worker
from tests.worker_scripts import Line, Step, refuse, respond
from tests.workers import eventually

NAMES = ("model-one", "model-two")
SHARE = 0.2
SOON = 6.0
"""Seconds in which the pool is to be well again."""
SURFACES = pytest.mark.parametrize("surface", [CHAT, STREAM], ids=lambda surface: surface.name)


class Storm:
    """What all workers do until it is over; counts how often they were asked meanwhile."""

    def __init__(self, bad: Step, good: list[Step], lasts: int | None = None) -> None:
        self._bad = bad
        self._good = good
        self._lasts = lasts
        self._lock = threading.Lock()
        self.met = 0
        self.is_over = False

    async def step(self, line: Line) -> None:
        with self._lock:
            is_bad = not self.is_over and (self._lasts is None or self.met < self._lasts)
            self.met += is_bad
        for each in [self._bad] if is_bad else self._good:
            await each(line)

    def over(self, *workers: ScriptedWorker) -> "Storm":
        for worker in workers:
            worker.plays([self.step])
        return self


@pytest.fixture
def a_pair(tmp_path: Path) -> Generator[Callable[..., Pair]]:
    with ExitStack() as stack:

        def pair(slots: int = 64, **given: Any) -> Pair:
            arena = stack.enter_context(an_arena(tmp_path, retry_share=SHARE, silence_seconds=600, **given))
            first, second = (stack.enter_context(a_worker(name, *NAMES, slots=slots)) for name in ("first", "second"))
            arena.take_in(first, second)
            return Pair(arena, stack.enter_context(arena.visitor()), first, second)

        yield pair


def many(pair: Pair, surface: Surface, number: int) -> list[Said]:
    """Ask many times at once, each time as somebody else; compare the books when all is over."""
    arena: Arena = pair.arena
    with ExitStack() as stack:
        visitors = [stack.enter_context(arena.visitor()) for _ in range(number)]

        def ask(visitor: Visitor) -> Said:
            return surface.ask(arena, visitor, threading.Event())

        said = list(stack.enter_context(ThreadPoolExecutor(number)).map(ask, visitors))
    pair.check()
    assert arena.counts()["turns"] == surface.turns * number
    return said


def is_trusted(pair: Pair, surface: Surface) -> bool:
    """Ask once more; say whether it was answered."""
    return pair.ask(surface) == Said("Well")


@SURFACES
@pytest.mark.parametrize("retry_after", ["", "retry-after: 1\r\n"], ids=["", "says when"])
def test_a_storm_of_rate_limits_costs_those_it_meets_and_nobody_else(
    a_pair: Callable[..., Pair], surface: Surface, retry_after: str
):
    pair = a_pair(slots=4)
    limited = respond(429, {"error": {"message": "slow down"}}, retry_after)
    storm = Storm(limited, surface.good("Well"), lasts=6).over(pair.first, pair.second)

    said = many(pair, surface, 12)

    assert storm.met == 6
    assert set(said) <= {Said("Well"), Said("", "provider_rate_limited")}
    assert said.count(Said("Well")) >= 12 - storm.met
    assert is_trusted(pair, surface)


@SURFACES
@pytest.mark.parametrize("bad", [respond(500, b"oops"), refuse(ArenaError())], ids=["foreign", "ours"])
def test_a_storm_of_errors_is_not_made_worse_by_retries_and_passes(
    a_pair: Callable[..., Pair], surface: Surface, bad: Step
):
    number = 20
    pair = a_pair(queue_seconds=0.2)
    storm = Storm(bad, surface.good("Well")).over(pair.first, pair.second)

    said = many(pair, surface, number)

    assert {each.error for each in said} <= {"worker_failed", "internal", "busy"}
    assert 0 < storm.met <= number + RETRY_FLOOR + SHARE * number
    storm.is_over = True
    assert eventually(lambda: is_trusted(pair, surface), SOON)
    assert is_trusted(pair, surface)
