import pytest

from arena.errors import ShuttingDown, WorkersBusy
from model_worker.slots import Slots


def test_a_slot_is_given_back_also_after_an_error():
    slots = Slots({"a": 1})
    with pytest.raises(KeyError), slots.lease("a"):
        raise KeyError

    assert slots.busy == 0


def test_above_its_slots_a_model_is_busy_and_says_when_to_come_back():
    slots = Slots({"a": 1, "b": 1})
    with slots.lease("a"), pytest.raises(WorkersBusy) as busy, slots.lease("a"):
        pass

    assert busy.value.retry_after == 1


def test_each_model_has_its_own_slots():
    slots = Slots({"a": 1, "b": 2})
    with slots.lease("a"), slots.lease("b"), slots.lease("b"):
        assert slots.busy == slots.total == 3


def test_a_draining_worker_begins_nothing_and_lets_what_runs_go_on():
    slots = Slots({"a": 2})
    with slots.lease("a"):
        slots.drain()
        with pytest.raises(ShuttingDown), slots.lease("a"):
            pass

        assert slots.busy == 1
