import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import pytest

from arena.chat import Message
from arena.errors import RequestError
from model_worker.chat_request import ChatRequest
from model_worker.demo.parameters import Chance
from model_worker.demo.served import ServedDemo, paced


class Dice:
    """Says what chance says."""

    def answer(self, messages: Sequence[Message], chance: Chance) -> Iterator[str]:
        for _ in range(5):
            yield f"{chance.choose(range(1, 7))} "


def request(**fields: Any) -> ChatRequest:
    return ChatRequest({"messages": [{"role": "user", "content": "hi there"}], **fields}, "dice", include_usage=True)


async def said(dice: ServedDemo, **fields: Any) -> str:
    return (await dice.complete(request(**fields)))["choices"][0]["message"]["content"]


async def test_a_seed_decides_and_without_one_a_fresh_seed_does():
    dice = ServedDemo(Dice(), 0, fresh_seed=iter(count()).__next__)

    assert await said(dice, seed=5) == await said(dice, seed=5)
    assert await said(dice) != await said(dice)
    assert await said(dice, temperature=0) == "1 1 1 1 1 "


async def test_tokens_are_counted_on_both_sides():
    answer = await ServedDemo(Dice(), 0).complete(request(max_tokens=3))

    assert answer["usage"] == {"prompt_tokens": 2, "completion_tokens": 3, "total_tokens": 5}
    assert answer["choices"][0]["finish_reason"] == "length"


async def test_a_wrong_parameter_is_refused_before_the_first_chunk():
    with pytest.raises(RequestError, match="temperature"):
        await anext(ServedDemo(Dice(), 0).stream(request(temperature=5)))


async def test_words_come_at_their_pace():
    began = asyncio.get_running_loop().time()
    async with contextlib.aclosing(paced(iter("abcdef"), 50)) as words:
        async for _ in words:
            pass

    assert asyncio.get_running_loop().time() - began >= 0.1


async def test_without_a_pace_others_still_have_their_turn():
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(take_turns())
    async with contextlib.aclosing(paced(iter("abcdef"), 0)) as words:
        async for _ in words:
            pass
    other.cancel()

    assert turns >= 5
