import asyncio
from typing import Any

import pytest

from arena.errors import ShuttingDown, TurnRunning
from controller import running as module
from controller.running import RunningTurn, RunningTurns


async def test_a_turn_runs_once_and_is_over_after_it():
    turns, turn = RunningTurns(), RunningTurn()
    with turns.hold("key", turn):
        assert turns.is_running("key")
        assert len(turns) == 1
        with pytest.raises(TurnRunning):
            turns.check("key")
        with pytest.raises(TurnRunning), turns.hold("key", RunningTurn()):
            pass
        turns.check("another key")

    assert turn.ended.is_set()
    assert not turns.is_running("key")
    turns.check("key")


async def a_side(turn: RunningTurn, log: list[str]) -> None:
    try:
        with turn.writing():
            log.append("writes")
            await asyncio.Event().wait()
    except asyncio.CancelledError:
        log.append("cancelled")
    await asyncio.sleep(0)
    log.append("finished")


async def until(log: list[str], word: str) -> None:
    while word not in log:
        await asyncio.sleep(0)


async def test_a_cancelled_turn_interrupts_the_writing_and_nothing_after_it():
    turn, log = RunningTurn(), list[str]()
    side = asyncio.create_task(a_side(turn, log))
    await until(log, "writes")

    turn.cancel()
    await until(log, "cancelled")
    turn.cancel()
    await side

    assert log == ["writes", "cancelled", "finished"]


async def test_a_turn_cancelled_before_it_writes_does_not_begin():
    turn, log = RunningTurn(), list[str]()
    turn.cancel()

    await a_side(turn, log)

    assert log == ["cancelled", "finished"]


async def test_why_a_turn_was_cancelled_is_what_came_first():
    stopped, shut = RunningTurn(), RunningTurn()
    stopped.cancel()
    stopped.cancel(is_shut_down=True)
    shut.cancel(is_shut_down=True)
    shut.cancel()

    assert (stopped.is_shut_down, shut.is_shut_down) == (False, True)


async def test_a_stop_waits_until_the_turn_is_over():
    turns, turn, log = RunningTurns(), RunningTurn(), list[str]()

    async def play() -> None:
        with turns.hold("key", turn):
            await a_side(turn, log)

    playing = asyncio.create_task(play())
    await until(log, "writes")

    await turns.stop("key")

    assert log[-1] == "finished"
    await turns.stop("key")
    await playing


async def test_a_stop_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "STOP_PATIENCE_SECONDS", 0.01)
    turns, turn = RunningTurns(), RunningTurn()
    with turns.hold("key", turn):
        await turns.stop("key")
    assert turn.is_cancelled


async def test_going_down_ends_all_turns_and_takes_no_new_one():
    turns, log = RunningTurns(), list[str]()

    async def play(key: str, turn: RunningTurn) -> None:
        with turns.hold(key, turn):
            await a_side(turn, log)

    playing = [asyncio.create_task(play(key, RunningTurn())) for key in ("one", "two")]
    await until(log, "writes")
    await asyncio.sleep(0)

    turns.shut_down()

    with pytest.raises(ShuttingDown):
        turns.check("three")
    await asyncio.gather(*playing)
    assert log.count("cancelled") == 2


async def test_what_was_started_is_done_to_its_end_and_waited_for():
    turns, log = RunningTurns(), list[str]()

    async def work(name: str) -> None:
        await asyncio.sleep(0)
        log.append(name)
        if name == "first":
            turns.start(work("second"))

    turns.start(work("first"))
    await turns.settle()

    assert log == ["first", "second"]


def test_no_turns_are_still_turns():
    """An empty collection is falsy: whoever writes `given or RunningTurns()` loses the one that was given."""
    given: Any = RunningTurns()
    assert not given
    assert len(given) == 0
