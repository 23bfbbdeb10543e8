import contextlib
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from arena.errors import NoWorker, UnknownWorker, WorkersBusy
from arena.worker import Heartbeat, WorkerCard
from controller.worker_pool import WorkerPool


def a_card(id: str = "one", **given: Any) -> WorkerCard:  # noqa: A002
    default: dict[str, Any] = {"id": id, "url": "http://127.0.0.1:1", "models": ("echo",), "slots": 2}
    return WorkerCard(**default | given)


def a_pool(*cards: WorkerCard) -> WorkerPool:
    pool = WorkerPool(silence_seconds=15)
    for card in cards or (a_card(),):
        pool.register(card, 0.0)
    return pool


def leases(pool: WorkerPool) -> int:
    return sum(seat.leased for seat in pool.seats.values())


def test_the_worker_with_the_least_share_is_leased():
    pool = a_pool(a_card("small", slots=2), a_card("large", slots=8))
    with contextlib.ExitStack() as held:
        order = [held.enter_context(pool.lease("echo")).id for _ in range(10)]

        assert order.count("small") == 2
        assert order[:2] == ["small", "large"]
        assert order[2:5] == ["large"] * 3
        with pytest.raises(WorkersBusy) as refused, pool.lease("echo"):
            pass
    assert refused.value.retry_after == 2
    assert leases(pool) == 0


def test_a_lease_is_given_back_when_its_work_breaks():
    pool = a_pool()
    with pytest.raises(ZeroDivisionError), pool.lease("echo"):
        _ = 1 / 0

    assert leases(pool) == 0


def test_a_model_that_nobody_serves_has_no_worker():
    with pytest.raises(NoWorker), a_pool().lease("other"):
        pass


def test_workers_that_were_tried_are_left_out():
    pool = a_pool(a_card("one"), a_card("two"))
    with pool.lease("echo", {"one"}) as card:
        assert card.id == "two"
    with pytest.raises(NoWorker), pool.lease("echo", {"one", "two"}):
        pass


def test_what_a_worker_reports_counts_where_it_is_more_than_we_know():
    pool = a_pool(a_card("one", slots=10), a_card("two", slots=10))
    pool.beat("one", Heartbeat(busy=3), 1.0)
    with pool.lease("echo") as card:
        assert card.id == "two"


@pytest.mark.parametrize(
    ("beat", "is_full"),
    [
        (Heartbeat(busy=2), False),
        (Heartbeat(busy=9), False),
        (Heartbeat(busy=1, waiting=0), False),
        (Heartbeat(busy=2, waiting=1), True),
        (Heartbeat(busy=0, waiting=2), True),
        (Heartbeat(busy=0, waiting=1), False),
    ],
)
def test_a_worker_that_queues_beyond_its_slots_is_full_until_it_says_otherwise(beat: Heartbeat, is_full: bool):
    pool = a_pool(a_card(slots=2))
    pool.beat("one", beat, 1.0)

    assert pool.seats["one"].is_full == is_full
    pool.beat("one", Heartbeat(), 2.0)
    assert not pool.seats["one"].is_full


def test_a_silent_worker_leaves_and_one_that_beats_stays():
    pool = a_pool(a_card("silent"), a_card("alive"))
    pool.beat("alive", Heartbeat(), 10.0)

    assert pool.forget_silent(15.0) == []
    assert pool.forget_silent(15.5) == ["silent"]
    assert set(pool.seats) == {"alive"}
    with pytest.raises(UnknownWorker):
        pool.beat("silent", Heartbeat(), 16.0)


def test_a_worker_that_registers_again_keeps_its_leases_under_its_new_card():
    pool = a_pool()
    with pool.lease("echo"):
        pool.register(a_card(slots=5), 3.0)
        assert (leases(pool), pool.seats["one"].card.slots) == (1, 5)
    assert leases(pool) == 0


def test_a_worker_that_failed_is_taken_out_unless_it_has_registered_anew_since():
    pool = a_pool()
    with pool.lease("echo") as card:
        pool.register(a_card(), 3.0)
        assert not pool.expel(card)
    with pool.lease("echo") as card:
        assert pool.expel(card)
        assert not pool.expel(card)
    assert pool.seats == {}


def test_the_models_are_those_of_the_workers_that_are_there():
    pool = a_pool(a_card("one", models=("a", "b")), a_card("two", models=("b", "c")))
    pool.leave("one")
    pool.leave("nobody")

    assert pool.models() == {"b", "c"}


class Leasing(RuleBasedStateMachine):
    """Whatever happens in whatever order: a slot is leased at most once and given back exactly once."""

    def __init__(self) -> None:
        super().__init__()
        self.pool = WorkerPool(silence_seconds=15)
        self.held: list[tuple[WorkerCard, contextlib.ExitStack]] = []
        self.now = 0.0

    @rule(id=st.sampled_from(["one", "two", "three"]), slots=st.integers(1, 3))
    def register(self, id: str, slots: int) -> None:  # noqa: A002
        if id not in self.pool.seats or slots >= self.pool.seats[id].leased:
            self.pool.register(a_card(id, slots=slots), self.now)

    @rule()
    def lease(self) -> None:
        held = contextlib.ExitStack()
        with contextlib.suppress(NoWorker, WorkersBusy):
            self.held.append((held.enter_context(self.pool.lease("echo")), held))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        _, held = self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))
        held.close()

    @rule(id=st.sampled_from(["one", "two", "three"]))
    def leave(self, id: str) -> None:  # noqa: A002
        self.pool.leave(id)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        self.pool.expel(self.held[data.draw(st.integers(0, len(self.held) - 1))][0])

    @rule(seconds=st.floats(0, 20))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.pool.forget_silent(self.now)

    @invariant()
    def no_worker_has_more_leases_than_slots_or_fewer_than_none(self) -> None:
        for seat in self.pool.seats.values():
            assert 0 <= seat.leased <= seat.card.slots

    def teardown(self) -> None:
        for _, held in self.held:
            held.close()
        assert leases(self.pool) == 0


TestLeasing = Leasing.TestCase
TestLeasing.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
