"""Engines whose processes are killed, or interrupted while they start."""

import os
import signal
import threading
from concurrent.futures import process
from multiprocessing import active_children
from multiprocessing.context import SpawnProcess

import pytest

from arena.errors import ArenaError
from export.release.engines.local import local_engine


def _die(piece: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _all_die() -> None:
    with local_engine(2) as engine:
        try:
            list(engine.run(_die, [0]))
        finally:
            for each in active_children():
                each.join(30)


def test_a_process_that_was_killed_is_one_line_also_when_all_are_gone():
    with pytest.raises(ArenaError, match="was killed, perhaps for its memory: go on with --resume"):
        _all_die()


def _never_done(piece: int) -> None:
    threading.Event().wait()


def _interrupted() -> None:
    with local_engine(2) as engine:
        list(engine.run(_never_done, [0, 1, 2]))


def test_ctrl_c_while_a_process_starts_leaves_none(monkeypatch: pytest.MonkeyPatch):
    def interrupted(each: SpawnProcess) -> None:
        start(each)
        raise KeyboardInterrupt

    start = SpawnProcess.start
    monkeypatch.setattr(SpawnProcess, "start", interrupted)

    with pytest.raises(KeyboardInterrupt):
        _interrupted()
    _are_gone()


def test_ctrl_c_before_anybody_watches_the_processes_leaves_none(monkeypatch: pytest.MonkeyPatch):
    def interrupted(thread: threading.Thread) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(getattr(process, "_ExecutorManagerThread"), "start", interrupted)  # noqa: B009 (not ours)

    with pytest.raises(KeyboardInterrupt):
        _interrupted()
    _are_gone()


def _are_gone() -> None:
    left = active_children()
    for each in left:
        each.join(30)
    alive = [each.pid for each in left if each.is_alive()]
    for each in left:
        each.kill()  # else whoever runs the tests waits for it at their end
    assert alive == []
