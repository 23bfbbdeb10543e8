"""Many deaths in a row: the arena always mends itself, and leaves nothing behind."""

import random
import signal
from pathlib import Path

import pytest

from tests.e2e.arena_up import NAMES, arena_up, left, until_mended

DEATHS = 12


@pytest.mark.torture
@pytest.mark.timeout(900)
def test_an_arena_survives_one_death_after_another(tmp_path: Path):
    chance = random.Random(1966)
    with arena_up(tmp_path) as arena:
        arena.url()
        for _ in range(DEATHS):
            command = chance.choice(sorted(NAMES))
            arena.kill(command)
            until_mended(arena, command)
        family = arena.process.children(recursive=True)

        assert arena.end(signal.SIGTERM) == 0

    assert left(family, timeout=0) == []
