import asyncio

import pytest

from arena.chat import Queued, Side
from controller.pool.queue_news import QueueNews


def news(*, is_blind: bool) -> tuple[QueueNews, list[Queued]]:
    told: list[Queued] = []
    return QueueNews(told.append, is_blind), told


def test_each_side_is_told_its_own_place():
    queue, told = news(is_blind=False)
    queue.waits("a", 3, 4.04)
    queue.waits("b", 1, None)

    assert told == [Queued(side="a", position=3, wait_seconds=4.0), Queued(side="b", position=1)]


@pytest.mark.parametrize("sides", [("a", "b"), ("b", "a")])
async def test_in_a_blind_battle_the_later_place_and_the_longer_wait_are_told_once_for_both(sides: tuple[Side, Side]):
    queue, told = news(is_blind=True)
    queue.waits(sides[0], 3, 4.0)
    queue.waits(sides[1], 1, 9.0)
    assert told == []
    await asyncio.sleep(0)

    assert told == [Queued(position=3, wait_seconds=9.0)]


async def test_what_would_be_said_again_is_not():
    queue, told = news(is_blind=True)
    for place in (3, 1, 2):
        queue.waits("a" if place == 3 else "b", place, None)
        await asyncio.sleep(0)

    assert told == [Queued(position=3)]


async def test_a_side_that_is_being_answered_counts_no_more():
    queue, told = news(is_blind=True)
    queue.waits("a", 9, None)
    queue.asked("a")
    queue.asked("b")
    await asyncio.sleep(0)
    assert told == []
    queue.waits("b", 1, None)
    await asyncio.sleep(0)

    assert told == [Queued(position=1)]
