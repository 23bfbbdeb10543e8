"""A real vLLM behind the arena: what works."""

import asyncio
import json
import time

import httpx
import pytest

from arena.chat import Ending, TextDelta
from tests.arenas import GATEWAY_KEY, end_of, text_of
from tests.scripted_worker import a_worker
from tests.vllm.real_engine import RealEngine

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(700)]
STOP_SECONDS = 0.5


def test_while_it_starts_it_says_how_far_it_is_and_is_not_in_the_pool(engine: RealEngine):
    starting = [line for line in engine.lines if "vLLM for tiny is starting (" in line]

    assert starting
    assert not engine.was_known_while_starting
    assert engine.is_known()


def test_a_battle_with_a_real_model(engine: RealEngine):
    with a_worker("worker-1", "scripted") as other, engine.arena.visitor() as visitor:
        engine.arena.take_in(other)
        battle = visitor.new("/battles")
        events = visitor.say(battle, "Say something.")
        reveal = visitor.vote(battle).json()
        record = engine.arena.record(battle)

    sides = {reveal["model_a"]["name"]: "a", reveal["model_b"]["name"]: "b"}
    turns = {turn.model: turn for turn in (*record.turns_a, *record.turns_b)}
    assert [end_of(events, side).kind for side in "ab"] == ["finished"] * 2
    # A random model also writes the one character that no ledger keeps.
    assert turns["tiny"].answer == text_of(events, sides["tiny"]).replace("\0", "\ufffd")
    assert turns["tiny"].completion_tokens == 3_500


@pytest.mark.parametrize("how", ["stop", "leave"])
def test_whoever_stops_or_leaves_frees_vllm_within_half_a_second(engine: RealEngine, how: str):
    with engine.arena.visitor() as visitor:
        chat = visitor.new("/conversations", model="tiny")
        with visitor.answering(chat) as stream:
            stream.until(TextDelta)
            assert engine.requests() == 1
            stopped_at = time.monotonic()
            if how == "stop":
                assert visitor.post(f"{chat}/stop").status_code == 204
        engine.until(lambda: engine.requests() == 0)
        took = time.monotonic() - stopped_at
        engine.until(lambda: engine.arena.turns(chat)[0].ending is not None)
        (turn,) = engine.arena.turns(chat)

    assert took < STOP_SECONDS
    assert turn.ending is Ending.CANCELLED
    assert turn.answer


async def test_sixteen_streams_at_once(engine: RealEngine):
    most = 0
    answers: list[int] = []

    async def one(http: httpx.AsyncClient) -> None:
        body = {
            "model": "tiny",
            "messages": [{"role": "user", "content": "Go on."}],
            "max_tokens": 500,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        async with http.stream("POST", "/v1/chat/completions", json=body) as response:
            lines = [line async for line in response.aiter_lines() if line.startswith("data: ")]
        assert lines[-1] == "data: [DONE]"
        answers.append(json.loads(lines[-2].removeprefix("data: "))["usage"]["completion_tokens"])

    headers = {"authorization": f"Bearer {GATEWAY_KEY}"}
    async with httpx.AsyncClient(base_url=engine.arena.url, headers=headers, timeout=120) as http:
        streams = [asyncio.create_task(one(http)) for _ in range(16)]
        while not all(stream.done() for stream in streams):
            most = max(most, await asyncio.to_thread(engine.requests))
        await asyncio.gather(*streams)

    assert answers == [500] * 16
    assert most == 16
    assert engine.requests() == engine.requests("waiting") == 0


def test_the_controller_hears_what_vllm_says_of_itself(engine: RealEngine):
    with engine.arena.visitor() as visitor, visitor.answering(visitor.new("/conversations", model="tiny")) as stream:
        stream.until(TextDelta)
        engine.until(lambda: (engine.state() or {})["busy"] == 1, 15)
    engine.until(lambda: (engine.state() or {})["busy"] == 0, 15)
