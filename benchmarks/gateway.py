"""What a streamed chunk costs the gateway, against the Rust routers of the field: 50 streams, 100 chunks, 20 ms apart.

Two bare backends; the same work for the backends asked directly, for vllm-router and sglang-router from PyPI, and for
the real `arena controller` with keys, limits and metrics on. In each round all in turn; figures are medians over
the rounds, the ratio that of each round to its better peer. The backends write the time into each word, so that it is
seen how long any of them was under way.
"""

import asyncio
import contextlib
import json
import statistics
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import psutil
from pydantic import SecretStr

from arena.worker import BEAT_SECONDS, WorkerCard
from benchmarks import _routers
from benchmarks._controller import Controller, controller, register
from benchmarks._stack import child, wait_for
from benchmarks._streams import Seen, at_once, cpu_seconds, percentile, stream

STREAMS = 50
ROUNDS = 6
SINGLES = 40
GOAL = 0.7
FIRST_WORD_GOAL = 0.005
GAP_GOAL = 0.050
HOLD_GOAL = 0.040
WORK = ("100", "0.02")
KEY = "sk-the-gateway-key-of-a-benchmark-0123456789"
HEADERS = {"authorization": f"Bearer {KEY}"}


@dataclass
class Target:
    """Something that streams, and what it took."""

    name: str
    url: str
    cpu: Callable[[], float]
    seen: list[Seen] = field(default_factory=list[Seen])
    """One a round."""
    rounds: list[float] = field(default_factory=list[float])
    """CPU microseconds a chunk."""
    singles: Seen = field(default_factory=Seen)

    @property
    def failed(self) -> int:
        """How many streams broke off."""
        return sum(seen.failed for seen in self.seen)

    def gap(self) -> float:
        """Return the 99th percentile of the gaps between words, the median over the rounds."""
        return statistics.median(percentile(seen.gaps, 0.99) for seen in self.seen)

    def under_way(self, share: float) -> float:
        """Return a percentile of how long words were under way, the median over the rounds."""
        return statistics.median(percentile(seen.under_way, share) for seen in self.seen)


@asynccontextmanager
async def gateway(http: aiohttp.ClientSession, backends: list[str], slots: int) -> AsyncGenerator[Controller]:
    """Run a controller with workers at these addresses, which beat as workers do."""
    async with controller(http, ARENA_GATEWAY_KEY=KEY) as where:
        cards = [
            WorkerCard(id=f"bench-{at}", url=url, models=("mock-a",), slots=slots, key=SecretStr("none"))
            for at, url in enumerate(backends)
        ]
        for card in cards:
            await register(http, where, card)
        beating = asyncio.create_task(_beat(http, where, cards))
        try:
            yield where
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)


async def _beat(http: aiohttp.ClientSession, where: Controller, cards: list[WorkerCard]) -> None:
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        for card in cards:
            url = f"{where.url}/workers/{card.id}/heartbeat"
            async with http.post(url, json={}, headers=where.as_worker) as response:
                response.raise_for_status()


async def ready(http: aiohttp.ClientSession, target: Target) -> None:
    """Wait until something streams."""
    async with asyncio.timeout(60):
        while True:
            seen = Seen()
            await stream(http, target.url, HEADERS, seen, max_tokens=1)
            if not seen.failed:
                return
            await asyncio.sleep(0.2)


async def measure(http: aiohttp.ClientSession, targets: list[Target]) -> None:
    """Let all of them do the same, in turn."""
    for target in targets:
        await ready(http, target)
        await at_once(http, target.url, HEADERS, STREAMS, Seen())
    for _ in range(SINGLES):
        for target in targets:
            await stream(http, target.url, HEADERS, target.singles, max_tokens=2)
    for _ in range(ROUNDS):
        for target in targets:
            before, seen = target.cpu(), Seen()
            await at_once(http, target.url, HEADERS, STREAMS, seen)
            target.rounds.append(1e6 * (target.cpu() - before) / max(1, seen.words))
            target.seen.append(seen)


def table(targets: list[Target]) -> None:
    """Print what each of them took."""
    for each in targets:
        print(
            f"{each.name:<14} {statistics.median(each.rounds):6.1f} CPU us a chunk   "
            f"first word {1000 * statistics.median(each.singles.first_words):6.1f} ms   "
            f"gap p99 {1000 * each.gap():6.1f} ms   "
            f"under way p50 {1000 * each.under_way(0.5):5.1f}, "
            f"p99 {1000 * each.under_way(0.99):5.1f} ms   failed {each.failed}"
        )


def result(direct: Target, peers: list[Target], ours: Target) -> dict[str, object]:
    """Return the figures."""
    ratio = statistics.median(
        mine / min(theirs) for mine, *theirs in zip(ours.rounds, *(peer.rounds for peer in peers), strict=True)
    )
    added = statistics.median(ours.singles.first_words) - statistics.median(direct.singles.first_words)
    gap = ours.gap() - direct.gap()
    held = ours.under_way(0.99) - direct.under_way(0.99)
    is_met = ratio <= GOAL and added <= FIRST_WORD_GOAL and gap <= GAP_GOAL and held <= HOLD_GOAL
    return {
        "name": "gateway",
        "ours": {
            "cpu_us_per_chunk": round(statistics.median(ours.rounds), 1),
            "added_first_word_ms": round(1000 * added, 2),
            "added_gap_p99_ms": round(1000 * gap, 1),
            "added_under_way_p99_ms": round(1000 * held, 1),
            "failed": ours.failed,
        },
        "peers": {
            f"{peer.name}_cpu_us_per_chunk": round(statistics.median(peer.rounds), 1) for peer in [*peers, direct]
        },
        "ratio": round(ratio, 2),
        "goal": GOAL,
        "met": is_met and not ours.failed,
    }


def of_process(name: str, url: str, process: psutil.Process) -> Target:
    """Return a target whose cost is that of a process and its children."""
    return Target(name, url, lambda: cpu_seconds(process))


async def main() -> dict[str, object]:
    """Measure everything once."""
    _routers.install()
    no_limit = aiohttp.TCPConnector(limit=0)
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=no_limit))
        mocks = [stack.enter_context(child("-m", "benchmarks._openai_backend", *WORK)) for _ in range(2)]
        backends = [wait_for(mock, "listening: ") for mock in mocks]
        where = await stack.enter_async_context(gateway(http, backends, slots=STREAMS * 2))
        peers = [of_process(name, *stack.enter_context(_routers.router(name, backends))) for name in _routers.COMMANDS]
        direct = of_process("direct", backends[0], psutil.Process(mocks[0].pid))
        ours = of_process("ours", where.url, where.process)
        await measure(http, [direct, *peers, ours])
        table([direct, *peers, ours])
        return result(direct, peers, ours)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main())))
