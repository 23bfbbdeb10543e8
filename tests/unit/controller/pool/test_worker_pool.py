import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from pydantic import SecretStr

from arena.errors import (
    ArenaError,
    NoWorker,
    ProviderRateLimited,
    UnknownWorker,
    WorkerBroke,
    WorkerNameTaken,
    WorkersBusy,
    WorkerUnreachable,
)
from arena.worker import Heartbeat, WorkerCard
from controller.pool.lease import Lease
from controller.pool.worker_pool import WorkerPool
from controller.routing.demand import Demand, Priority
from controller.routing.rules import Allowance, Rules
from tests.pools import is_idle

ECHO = Demand("echo")


def a_card(id: str = "one", **given: Any) -> WorkerCard:  # noqa: A002
    default: dict[str, Any] = {"id": id, "url": "http://127.0.0.1:1", "models": ("echo",), "slots": 2}
    return WorkerCard(**default | given)


def a_pool(*cards: WorkerCard, **rules: Any) -> WorkerPool:
    pool = WorkerPool(15, Rules(**rules))
    for card in cards or (a_card(),):
        pool.register(card, 0.0)
    return pool


def leases(pool: WorkerPool) -> int:
    return sum(seat.leased for seat in pool.seats.values())


async def test_the_worker_with_the_least_delay_is_leased_until_all_are_full():
    pool = a_pool(a_card("small", slots=2), a_card("large", slots=8), queue_length=0)
    async with contextlib.AsyncExitStack() as held:
        order = [(await held.enter_async_context(pool.lease(ECHO))).card.id for _ in range(10)]

        assert order.count("small") == 2
        assert order[:3] == ["large"] * 3
        with pytest.raises(WorkersBusy) as refused:
            await held.enter_async_context(pool.lease(ECHO))
    assert refused.value.retry_after == 2
    assert is_idle(pool)


async def test_a_lease_is_given_back_when_its_work_breaks():
    pool = a_pool()
    with pytest.raises(ZeroDivisionError):
        async with pool.lease(ECHO):
            _ = 1 / 0

    assert is_idle(pool)


async def test_a_model_that_nobody_serves_has_no_worker():
    with pytest.raises(NoWorker):
        async with a_pool().lease(Demand("other")):
            pass


async def test_workers_that_were_tried_are_left_out():
    pool = a_pool(a_card("one"), a_card("two"))
    async with pool.lease(ECHO, {"one"}) as lease:
        assert lease.card.id == "two"
    with pytest.raises(NoWorker):
        async with pool.lease(ECHO, {"one", "two"}):
            pass


async def test_what_a_worker_reports_counts_where_it_is_more_than_we_know():
    pool = a_pool(a_card("one", slots=10), a_card("two", slots=10))
    pool.beat("one", Heartbeat(busy=3), 1.0)
    async with pool.lease(ECHO) as lease:
        assert lease.card.id == "two"


def test_a_silent_worker_leaves_and_one_that_beats_stays():
    pool = a_pool(a_card("silent"), a_card("alive"))
    pool.beat("alive", Heartbeat(), 10.0)

    assert pool.forget_silent(15.0) == []
    assert pool.forget_silent(15.5) == ["silent"]
    assert set(pool.seats) == {"alive"}
    with pytest.raises(UnknownWorker):
        pool.beat("silent", Heartbeat(), 16.0)


async def test_a_worker_that_registers_again_keeps_its_leases_under_its_new_card():
    pool = a_pool()
    async with pool.lease(ECHO):
        pool.register(a_card(slots=5), 3.0)
        assert (leases(pool), pool.seats["one"].card.slots) == (1, 5)
    assert is_idle(pool)


def test_the_models_are_those_of_the_workers_that_are_there():
    pool = a_pool(a_card("one", models=("a", "b")), a_card("two", models=("b", "c")))
    pool.leave("one")
    pool.leave("nobody")

    assert pool.models() == {"b", "c"}


class Crowd:
    """Requests that want slots, each in a task of its own."""

    def __init__(self, pool: WorkerPool) -> None:
        self.pool = pool
        self.served: list[str] = []
        self.told: dict[str, list[int]] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.leaving: dict[str, asyncio.Event] = {}
        self.leases: dict[str, Lease] = {}

    async def ask(self, name: str, demand: Demand = ECHO, **given: Any) -> None:
        """Ask for a slot; return as soon as it is had or waited for."""
        self.leaving[name] = asyncio.Event()
        self.told[name] = []

        async def hold() -> None:
            async with self.pool.lease(demand, on_wait=lambda at, _: self.told[name].append(at), **given) as lease:
                self.leases[name] = lease
                self.served.append(name)
                await self.leaving[name].wait()

        self.tasks[name] = asyncio.create_task(hold())
        await self.settle()

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def first_word(self, name: str) -> None:
        self.leases[name].first_word()
        await self.settle()

    async def give_back(self, name: str) -> None:
        self.leaving[name].set()
        await self.tasks.pop(name)
        await self.settle()

    async def cancel(self, name: str) -> None:
        task = self.tasks.pop(name)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await self.settle()

    async def end_of(self, name: str) -> BaseException | None:
        """Wait until a request has ended; return what it raised."""
        (end,) = await asyncio.gather(self.tasks.pop(name), return_exceptions=True)
        return end

    async def go(self) -> None:
        for name in list(self.tasks):
            await self.cancel(name)
        assert is_idle(self.pool)


@contextlib.asynccontextmanager
async def a_crowd(*cards: WorkerCard, pool: WorkerPool | None = None, **rules: Any) -> AsyncGenerator[Crowd]:
    crowd = Crowd(pool or a_pool(*cards or [a_card(slots=1)], **rules))
    yield crowd
    await crowd.go()


async def test_visitors_go_before_programs_and_programs_before_batches():
    async with a_crowd() as crowd:
        await crowd.ask("first")
        for name, priority in (("batch", Priority.BATCH), ("program", Priority.CLIENT), ("visitor", Priority.VISITOR)):
            await crowd.ask(name, Demand("echo", priority))
        assert [crowd.told[name] for name in ("visitor", "program", "batch")] == [[1], [1, 2], [1, 2, 3]]

        for name in ("first", "visitor", "program"):
            await crowd.give_back(name)
        assert crowd.served == ["first", "visitor", "program", "batch"]
        assert crowd.told["batch"] == [1, 2, 3, 2, 1]


async def test_whoever_leaves_the_queue_leaves_nothing_behind_and_the_others_move_up():
    async with a_crowd() as crowd:
        for name in ("holder", "one", "two"):
            await crowd.ask(name)
        await crowd.cancel("one")

        assert crowd.told["two"] == [2, 1]
        assert crowd.pool.waiting() == {"echo": 1}


async def test_a_slot_that_was_given_to_someone_who_is_just_leaving_goes_to_the_next():
    async with a_crowd() as crowd:
        for name in ("holder", "leaving", "next"):
            await crowd.ask(name)
        crowd.leaving["holder"].set()
        while crowd.pool.waiting() == {"echo": 2}:
            await asyncio.sleep(0)
        await crowd.cancel("leaving")

        assert crowd.served == ["holder", "next"]


async def test_a_slot_that_comes_free_while_someone_is_just_leaving_goes_to_the_next():
    async with a_crowd() as crowd:
        for name in ("holder", "leaving", "next"):
            await crowd.ask(name)
        crowd.tasks["holder"].cancel()  # gives its slot back before the one who leaves knows of it
        crowd.tasks["leaving"].cancel()

        assert isinstance(await crowd.end_of("holder"), asyncio.CancelledError)
        assert isinstance(await crowd.end_of("leaving"), asyncio.CancelledError)
        await crowd.settle()
        assert crowd.served == ["holder", "next"]


async def test_a_full_queue_refuses_and_says_when_to_come_again():
    async with a_crowd(queue_length=1) as crowd:
        for name in ("holder", "waiting", "refused"):
            await crowd.ask(name)

        end = await crowd.end_of("refused")
        assert isinstance(end, WorkersBusy)
        assert end.retry_after == 2


async def test_in_a_full_queue_a_batch_makes_room_for_a_visitor_and_not_the_other_way_round():
    async with a_crowd(queue_length=1) as crowd:
        await crowd.ask("holder")
        await crowd.ask("batch", Demand("echo", Priority.BATCH))
        await crowd.ask("visitor")
        await crowd.ask("late batch", Demand("echo", Priority.BATCH))

        assert isinstance(await crowd.end_of("batch"), WorkersBusy)
        assert isinstance(await crowd.end_of("late batch"), WorkersBusy)
        await crowd.give_back("holder")
        assert crowd.served == ["holder", "visitor"]


async def test_nobody_makes_room_for_somebody_who_does_not_wait():
    async with a_crowd(queue_length=1) as crowd:
        await crowd.ask("holder")
        await crowd.ask("batch", Demand("echo", Priority.BATCH))
        await crowd.ask("hedge", until=0.0)

        assert isinstance(await crowd.end_of("hedge"), WorkersBusy)
        assert crowd.pool.waiting() == {"echo": 1}


async def test_the_wait_ends_after_the_longest_time():
    async with a_crowd(queue_seconds=0.01) as crowd:
        await crowd.ask("holder")
        await crowd.ask("waiting")

        assert isinstance(await crowd.end_of("waiting"), WorkersBusy)


async def test_when_the_last_worker_leaves_nobody_waits_for_it():
    async with a_crowd() as crowd:
        await crowd.ask("holder")
        await crowd.ask("waiting")
        crowd.pool.leave("one")

        assert isinstance(await crowd.end_of("waiting"), NoWorker)
        await crowd.give_back("holder")


async def test_nobody_waits_for_a_model_that_its_only_worker_serves_no_more():
    async with a_crowd(a_card(models=("echo", "other"), slots=1)) as crowd:
        await crowd.ask("holder")
        await crowd.ask("waiting", Demand("other"))
        crowd.pool.register(a_card(slots=1), 1.0)

        assert isinstance(await crowd.end_of("waiting"), NoWorker)


async def test_a_new_worker_and_a_longer_card_serve_those_who_wait():
    async with a_crowd() as crowd:
        for name in ("holder", "waiting", "another"):
            await crowd.ask(name)
        crowd.pool.register(a_card("two", slots=1), 0.0)
        await crowd.settle()
        assert crowd.served == ["holder", "waiting"]

        crowd.pool.register(a_card(slots=2), 0.0)
        await crowd.settle()
        assert crowd.served == ["holder", "waiting", "another"]


@pytest.mark.parametrize(
    ("beat", "is_full"),
    [
        (Heartbeat(busy=2), False),
        (Heartbeat(busy=9), False),
        (Heartbeat(busy=2, waiting=1), True),
        (Heartbeat(busy=0, waiting=2), True),
        (Heartbeat(busy=0, waiting=1), False),
    ],
)
async def test_a_worker_that_queues_beyond_its_slots_is_full_until_it_says_otherwise(beat: Heartbeat, is_full: bool):
    async with a_crowd(a_card(slots=2)) as crowd:
        crowd.pool.beat("one", beat, 1.0)
        await crowd.ask("request")
        assert crowd.served == ([] if is_full else ["request"])

        crowd.pool.beat("one", Heartbeat(), 2.0)
        await crowd.settle()
        assert crowd.served == ["request"]


async def test_what_others_run_stays_while_ours_comes_and_goes():
    async with a_crowd(a_card(slots=4)) as crowd:
        await crowd.ask("ours")
        crowd.pool.beat("one", Heartbeat(busy=4, waiting=1), 1.0)
        assert crowd.pool.seats["one"].others == 4
        await crowd.give_back("ours")
        await crowd.ask("waiting")

        assert crowd.served == ["ours"]
        assert crowd.pool.seats["one"].outstanding == 4


async def test_to_a_drained_worker_nothing_new_is_sent_and_what_runs_there_goes_on():
    async with a_crowd(a_card("one"), a_card("two", slots=1)) as crowd:
        await crowd.ask("running")
        (at,) = [seat.card.id for seat in crowd.pool.seats.values() if seat.leased]
        crowd.pool.drain(at)
        crowd.pool.beat(at, Heartbeat(), 1.0)
        await crowd.ask("elsewhere")
        assert [seat.leased for seat in crowd.pool.seats.values()] == [1, 1]

        await crowd.give_back("running")
        assert crowd.pool.seats[at].leased == 0
        with pytest.raises(UnknownWorker):
            crowd.pool.drain("nobody")


async def test_while_all_are_drained_there_is_no_worker_and_no_model():
    async with a_crowd() as crowd:
        crowd.pool.drain("one")
        assert crowd.pool.models() == frozenset()
        with pytest.raises(NoWorker):
            async with crowd.pool.lease(ECHO):
                pass
        crowd.pool.undrain("one")
        await crowd.ask("request")
        assert crowd.served == ["request"]


async def test_a_worker_can_say_itself_that_it_wants_nothing_new():
    async with a_crowd() as crowd:
        crowd.pool.beat("one", Heartbeat(is_draining=True), 1.0)
        assert crowd.pool.models() == frozenset()
        crowd.pool.beat("one", Heartbeat(), 2.0)
        assert crowd.pool.models() == {"echo"}


async def test_of_two_models_of_one_worker_whoever_came_first_gets_its_slot():
    async with a_crowd(a_card(models=("echo", "other"), slots=1)) as crowd:
        await crowd.ask("holder")
        await crowd.ask("first", Demand("other"))
        await crowd.ask("second")
        await crowd.give_back("holder")
        assert crowd.served == ["holder", "first"]

        await crowd.give_back("first")
        assert crowd.served == ["holder", "first", "second"]


async def test_a_model_uses_no_more_than_it_may_at_once():
    pool = WorkerPool(15, allowance=lambda _: Allowance(concurrency=1))
    pool.register(a_card(slots=8), 0.0)
    async with a_crowd(pool=pool) as crowd:
        await crowd.ask("one")
        await crowd.ask("two")
        assert crowd.served == ["one"]
        await crowd.give_back("one")
        assert crowd.served == ["one", "two"]


async def test_nobody_waits_for_what_a_model_may_use_when_no_worker_is_left():
    pool = WorkerPool(15, allowance=lambda _: Allowance(concurrency=1))
    pool.register(a_card(slots=8), 0.0)
    async with a_crowd(pool=pool) as crowd:
        await crowd.ask("holder")
        for name in ("one", "two"):
            await crowd.ask(name)
        crowd.pool.leave("one")

        for name in ("one", "two"):
            assert isinstance(await crowd.end_of(name), NoWorker)
        await crowd.ask("late")
        assert isinstance(await crowd.end_of("late"), NoWorker)


async def test_tokens_are_reserved_and_who_has_to_wait_for_them_is_served_when_they_have_come():
    pool = WorkerPool(15, allowance=lambda _: Allowance(tokens_per_minute=6_000))
    pool.register(a_card(slots=8), 0.0)
    async with a_crowd(pool=pool) as crowd:
        await crowd.ask("one", Demand("echo", tokens=6_000))
        await crowd.ask("two", Demand("echo", tokens=2))
        assert crowd.served == ["one"]

        while "two" not in crowd.served:
            await asyncio.sleep(0.001)
        assert pool.waiting() == {}


async def break_worker(pool: WorkerPool, error: ArenaError) -> None:
    with contextlib.suppress(type(error)):
        async with pool.lease(ECHO):
            raise error


async def test_who_comes_while_the_only_worker_is_left_alone_waits_for_the_moment_it_is_tried_again():
    async with a_crowd(a_card(slots=4)) as crowd:
        await break_worker(crowd.pool, WorkerUnreachable())
        await crowd.ask("probe")
        await crowd.ask("other")
        assert crowd.told == {"probe": [1], "other": [2]}

        while "probe" not in crowd.served:
            await asyncio.sleep(0.001)
        assert crowd.served == ["probe"], "half open, one is let through"
        await crowd.give_back("probe")
        assert crowd.served == ["probe", "other"]


async def test_the_first_word_of_a_probe_lets_in_all_who_waited_for_it():
    async with a_crowd(a_card(models=("echo", "other"), slots=4)) as crowd:
        await break_worker(crowd.pool, WorkerUnreachable())
        await crowd.ask("probe")
        await crowd.ask("next")
        await crowd.ask("another model", Demand("other"))
        while "probe" not in crowd.served:
            await asyncio.sleep(0.001)
        await crowd.first_word("probe")

        assert crowd.served == ["probe", "next", "another model"]


async def test_when_a_worker_is_left_alone_for_long_that_is_said_at_once():
    async with a_crowd(a_card(models=("echo", "other"), is_proxy=True)) as crowd:
        await break_worker(crowd.pool, ProviderRateLimited(retry_after=30))
        await crowd.ask("refused")

        end = await crowd.end_of("refused")
        assert isinstance(end, WorkersBusy)
        assert end.retry_after == 30
        assert crowd.pool.models() == {"other"}
        await crowd.ask("another model", Demand("other"))
        assert crowd.served == ["another model"]


async def test_a_new_card_closes_the_breaker_and_a_heartbeat_does_not():
    async with a_crowd() as crowd:
        await break_worker(crowd.pool, WorkerUnreachable())
        crowd.pool.beat("one", Heartbeat(), 1.0)
        crowd.pool.register(a_card(slots=1), 1.0)
        assert crowd.pool.breakers() == {"open": 1}

        crowd.pool.register(a_card(slots=1, url="http://127.0.0.1:2"), 2.0)
        assert crowd.pool.breakers() == {"closed": 1}


async def test_what_fails_after_a_worker_has_registered_anew_is_not_held_against_it():
    async with a_crowd() as crowd:
        with contextlib.suppress(WorkerUnreachable):
            async with crowd.pool.lease(ECHO):
                crowd.pool.register(a_card(key=SecretStr("new")), 1.0)
                raise WorkerUnreachable
        assert crowd.pool.breakers() == {"closed": 1}


async def test_a_worker_that_lies_about_its_slots_is_asked_less_and_then_again():
    async with a_crowd(a_card(slots=1000)) as crowd:
        await crowd.ask("one")
        await break_worker(crowd.pool, WorkersBusy())
        await crowd.ask("two")
        assert crowd.served == ["one"]

        await crowd.give_back("one")
        assert crowd.served == ["one", "two"]
        assert crowd.pool.breakers() == {"closed": 1}


def test_a_second_worker_of_one_name_is_refused_while_the_first_is_alive():
    pool = a_pool()
    elsewhere = a_card(url="http://127.0.0.1:2")
    with pytest.raises(WorkerNameTaken) as refused:
        pool.register(elsewhere, 1.0)
    assert refused.value.retry_after == 7
    assert pool.seats["one"].card.url == "http://127.0.0.1:1"

    pool.register(elsewhere, 8.0)
    assert pool.seats["one"].card.url == "http://127.0.0.1:2"


class Leasing(RuleBasedStateMachine):
    """Whatever happens in whatever order: a slot is leased and given back once, and none is free while one waits."""

    names = st.sampled_from(["one", "two", "three"])

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.now = 0.0
        allowed = {"other": Allowance(concurrency=2)}
        self.pool = WorkerPool(
            15,
            Rules(queue_length=4),
            allowance=lambda model: allowed.get(model, Allowance()),
            clock=lambda: self.now,
            chance=lambda: 0.5,
        )
        self.asked = 0
        self.crowd = Crowd(self.pool)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        self.runner.run(work)
        self.runner.run(self.crowd.settle())
        for name, task in list(self.crowd.tasks.items()):
            if task.done():
                assert isinstance(task.exception(), NoWorker | WorkersBusy)
                del self.crowd.tasks[name]

    def do(self, what: Callable[..., object], *given: object) -> None:
        """Do something to the pool inside the loop."""

        async def work() -> None:
            with contextlib.suppress(UnknownWorker):
                what(*given)

        self.run(work())

    @rule(id=names, slots=st.integers(1, 3), models=st.sampled_from([("echo",), ("echo", "other")]))
    def register(self, id: str, slots: int, models: tuple[str, ...]) -> None:  # noqa: A002
        if id not in self.pool.seats or slots >= self.pool.seats[id].leased:
            self.do(self.pool.register, a_card(id, slots=slots, models=models), self.now)

    @rule(model=st.sampled_from(["echo", "other"]), priority=st.sampled_from(Priority))
    def ask(self, model: str, priority: Priority) -> None:
        self.asked += 1
        self.run(self.crowd.ask(str(self.asked), Demand(model, priority)))

    @precondition(lambda self: self.crowd.tasks)
    @rule(data=st.data())
    def leave_or_end(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.crowd.tasks)))
        is_held = name in self.crowd.served and data.draw(st.booleans())
        self.run(self.crowd.give_back(name) if is_held else self.crowd.cancel(name))

    @precondition(lambda self: self.crowd.tasks.keys() & self.crowd.served)
    @rule(data=st.data())
    def speak(self, data: st.DataObject) -> None:
        held = sorted(self.crowd.tasks.keys() & self.crowd.served)
        self.run(self.crowd.first_word(data.draw(st.sampled_from(held))))

    @rule(error=st.sampled_from([WorkerUnreachable(), WorkersBusy(), ProviderRateLimited(), WorkerBroke()]))
    def fail(self, error: ArenaError) -> None:
        if not self.pool.waiting() and "echo" in self.pool.models():
            with contextlib.suppress(ArenaError, TimeoutError):
                self.run(asyncio.wait_for(break_worker(self.pool, error), 0.001))

    @rule(id=names, busy=st.integers(0, 4), waiting=st.integers(0, 2), is_draining=st.booleans())
    def beat(self, id: str, busy: int, waiting: int, is_draining: bool) -> None:  # noqa: A002
        self.do(self.pool.beat, id, Heartbeat(busy=busy, waiting=waiting, is_draining=is_draining), self.now)

    @rule(id=names, is_gone=st.booleans())
    def drain_or_go(self, id: str, is_gone: bool) -> None:  # noqa: A002
        self.do(self.pool.leave if is_gone else self.pool.drain, id)

    @rule(id=names)
    def undrain(self, id: str) -> None:  # noqa: A002
        self.do(self.pool.undrain, id)

    @rule(seconds=st.floats(0, 20))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.do(self.pool.forget_silent, self.now)
        self.do(self.pool.house.serve, {"echo", "other"})  # as the timers do, by another clock

    @invariant()
    def every_slot_and_every_place_has_its_request(self) -> None:
        self.run(asyncio.sleep(0))
        held = [name for name in self.crowd.tasks if name in self.crowd.served]
        assert sum(self.pool.leases().values()) == len(held)
        assert sum(self.pool.waiting().values()) == len(self.crowd.tasks) - len(held)
        assert all(0 <= seat.leased <= seat.card.slots for seat in self.pool.seats.values())
        assert all(waiting <= 4 for waiting in self.pool.waiting().values())

    @invariant()
    def nobody_waits_while_a_slot_is_free(self) -> None:
        for model in self.pool.waiting():
            serving = [s for s in self.pool.seats.values() if model in s.card.models and not s.is_resting]
            assert serving, "with nobody to wait for, nobody waits"
            may_be_more = model != "other" or self.pool.leases().get("other", 0) < 2
            assert not may_be_more or not any(seat.candidate(model, self.now).is_free for seat in serving)

    def teardown(self) -> None:
        self.runner.run(self.crowd.go())
        self.runner.close()


TestLeasing = Leasing.TestCase
TestLeasing.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
