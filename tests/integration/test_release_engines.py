"""Engines whose processes are killed, or interrupted while they start."""

import os
import signal
import socket
import threading
from concurrent.futures import Future, process
from multiprocessing import active_children
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import pytest

from arena.errors import ArenaError, SetupError
from export.release.engines import dask_engine
from export.release.engines.local import local_engine
from tests.releasing import release


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


@pytest.mark.parametrize("engine", ["dask", "ray"])
def test_a_scheduler_that_does_not_answer_is_told_before_anything_is_read(
    tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(f"export.release.engines.{engine}_engine.PATIENCE", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        scheduler = f"{'tcp://' if engine == 'dask' else ''}127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(SetupError, match=f"--scheduler {scheduler}: no .* answers there"):
            release(f"sqlite:///{tmp_path}/none", tmp_path / "out", engine=engine, scheduler=scheduler)

    assert list(tmp_path.iterdir()) == []


class _Lost:
    """A scheduler that goes away."""

    def map(self, work: Any, pieces: list[int], pure: bool) -> list[Future[int]]:
        futures = [Future[int]() for _ in pieces]
        for each in futures:
            each.cancel()
        return futures


def test_a_scheduler_that_is_lost_on_the_way_is_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(dask_engine, "as_completed", list)

    with pytest.raises(ArenaError, match="scheduler or a worker of it was lost: go on with --resume"):
        list(dask_engine.Dask(_Lost()).run(_die, [0, 1]))
