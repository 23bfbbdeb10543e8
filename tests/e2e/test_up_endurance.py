"""Many deaths in a row: the arena always mends itself, and leaves nothing behind."""

import random
import signal
from pathlib import Path

import pytest

from tests.e2e.arena_up import arena_up, left
from tests.e2e.test_up import until_battles_can_be_fought

DEATHS = 12


@pytest.mark.torture
@pytest.mark.timeout(900)
def test_an_arena_survives_one_death_after_another(tmp_path: Path):
    chance = random.Random(1966)
    with arena_up(tmp_path) as arena:
        arena.url()
        for _ in range(DEATHS):
            chance.choice(arena.process.children()).kill()
            until_battles_can_be_fought(arena, seconds=90)
        family = arena.process.children(recursive=True)

        assert arena.end(signal.SIGTERM) == 0

    assert left(family, timeout=0) == []
