"""Engines whose processes are killed."""

import os
import signal
from multiprocessing import active_children

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
