"""What battles cost the controller: 25 at once, each two streams of 100 words, 20 ms apart.

Drives the real `arena controller` with two workers that do nothing but write, and accounts its CPU time for the whole
of a battle: opening it, its turn to the end of both streams, and both ends in the ledger; what the vote adds is told
apart. Peer, in the same rounds: the workers themselves, a bare ASGI server that writes the same words and routes, keeps
and checks nothing. Each word is the time at which it was written, so that the longest hold is seen, not guessed; when
nothing else is going on, too, for 25 visitors who begin at one moment keep each other waiting.
"""

import asyncio
import contextlib
import json
import statistics
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import aiohttp
import psutil

from arena.sse import BlockSplitter
from arena.worker import BEAT_SECONDS, WorkerCard
from benchmarks._controller import MODELS, Controller, controller, cpu_milliseconds, register, session
from benchmarks._stack import child, wait_for

BATTLES = 25
ROUNDS = 5
SINGLES = 5
WORDS = 100
GOAL = 15.0
"""CPU milliseconds of the controller for a battle."""


@dataclass
class Seen:
    """What the visitors saw. Seconds."""

    first_words: list[float] = field(default_factory=list[float])
    """From the worker's saying it to the visitor's reading it; `under_way` is the same for every later word."""
    under_way: list[float] = field(default_factory=list[float])
    gaps: list[float] = field(default_factory=list[float])
    """Between two arrivals in one battle."""


async def battle(http: aiohttp.ClientSession, where: Controller, visitor: dict[str, str], seen: Seen) -> str:
    """Open a battle, say something, read both answers to their end; return the battle's id."""
    async with http.post(where.url + "/battles", json={"mode": "battle"}, headers=visitor) as response:
        response.raise_for_status()
        key = str((await response.json())["id"])
    splitter, said, last, is_done = BlockSplitter(), {"a": 0, "b": 0}, 0.0, False
    address = f"{where.url}/battles/{key}/turns"
    async with http.post(address, json={"text": "Tell me a story about a router."}, headers=visitor) as response:
        response.raise_for_status()
        async for arrived in response.content.iter_any():
            now = time.monotonic()
            if last:
                seen.gaps.append(now - last)
            last = now
            for event in map(json.loads, splitter.feed(arrived)):
                if event["kind"] == "delta":
                    words = [now - float(word) for word in event["text"].split()]
                    (seen.under_way if said[event["side"]] else seen.first_words).extend(words)
                    said[event["side"]] += len(words)
                is_done = is_done or (event["kind"] == "done" and event["can_vote"])
    assert is_done, "the battle has not ended well"
    assert said == {"a": WORDS, "b": WORDS}, "words are missing"
    return key


async def vote(http: aiohttp.ClientSession, where: Controller, visitor: dict[str, str], key: str) -> None:
    """Vote."""
    address = f"{where.url}/battles/{key}/vote"
    async with http.post(address, json={"outcome": "tie"}, headers=visitor) as response:
        response.raise_for_status()
        assert "model_a" in await response.json()


@contextmanager
def workers() -> Generator[list[tuple[str, psutil.Process]]]:
    """Run two workers while inside: their addresses and their processes."""
    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(child("-m", "benchmarks._clocked_backend")) for _ in MODELS]
        yield [(wait_for(each, "listening: "), psutil.Process(each.pid)) for each in started]


async def beat(http: aiohttp.ClientSession, where: Controller) -> None:
    """Beat for both workers, as they would themselves."""
    while True:
        for model in MODELS:
            address = f"{where.url}/workers/{model}/heartbeat"
            async with http.post(
                address, data=b'{"busy":0,"waiting":0,"cache":0.0}', headers=where.as_worker
            ) as response:
                response.raise_for_status()
        await asyncio.sleep(BEAT_SECONDS)


async def rounds(http: aiohttp.ClientSession, where: Controller, mocks: list[psutil.Process]) -> dict[str, object]:
    """Fight; return the medians over the rounds."""
    visitors = [await session(http, where) for _ in range(BATTLES)]
    await asyncio.gather(*(battle(http, where, each, Seen()) for each in visitors))
    before = where.megabytes()
    alone, seen = Seen(), Seen()
    for _ in range(SINGLES):
        await battle(http, where, visitors[0], alone)
    ours, peers, votes, memory = list[float](), list[float](), list[float](), list[float]()
    for _ in range(ROUNDS):
        mocks_at, we_at = cpu_milliseconds(mocks), where.cpu_milliseconds()
        keys = await asyncio.gather(*(battle(http, where, each, seen) for each in visitors))
        ours.append((where.cpu_milliseconds() - we_at) / BATTLES)
        peers.append((cpu_milliseconds(mocks) - mocks_at) / BATTLES)
        we_at = where.cpu_milliseconds()
        await asyncio.gather(*(vote(http, where, *each) for each in zip(visitors, keys, strict=True)))
        votes.append((where.cpu_milliseconds() - we_at) / BATTLES)
        memory.append(where.megabytes())
    cost, peer = statistics.median(ours), statistics.median(peers)
    return {
        "name": "battles",
        "ours": {
            "cpu_ms_per_battle": round(cost, 1),
            "cpu_ms_per_vote": round(statistics.median(votes), 2),
            "cpu_us_per_word": round(1000 * cost / (2 * WORDS), 1),
            "alone_first_word_ms_p50": _ms(alone.first_words, 0.5),
            "alone_word_under_way_ms_max": _ms(alone.under_way, 1),
            "first_word_ms_p50": _ms(seen.first_words, 0.5),
            "word_under_way_ms_p50": _ms(seen.under_way, 0.5),
            "word_under_way_ms_p99": _ms(seen.under_way, 0.99),
            "gap_ms_p99": _ms(seen.gaps, 0.99),
            "megabytes": round(max(memory), 1),
            "megabytes_grown": round(max(memory) - before, 1),
            "each_round": [round(each, 1) for each in ours],
        },
        "peers": {"bare_workers_ms_per_battle": round(peer, 1)},
        "ratio": round(cost / peer, 2),
        "goal": GOAL,
        "met": cost <= GOAL,
    }


def _ms(seconds: list[float], share: float) -> float:
    return round(1000 * sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))], 1)


async def measure() -> dict[str, object]:
    """Measure everything once."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
        with workers() as started:
            async with controller(http) as where:
                for model, (url, _) in zip(MODELS, started, strict=True):
                    await register(http, where, WorkerCard(id=model, url=url, models=(model,), slots=1000))
                beating = asyncio.create_task(beat(http, where))
                try:
                    return await rounds(http, where, [process for _, process in started])
                finally:
                    beating.cancel()
                    await asyncio.gather(beating, return_exceptions=True)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure())))
