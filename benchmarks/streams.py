"""A thousand streams at once through one controller, against fifty at the same pace: 100 chunks each, 250 ms apart.

Driver, two bare backends and the real `arena controller` share this machine. None may fail, a chunk may cost at most
1.3 times as much as among fifty, and a stream at most 100 KB of the controller's memory. Peer: the fifty, same run.
"""

import asyncio
import contextlib
import json
from dataclasses import dataclass

import aiohttp

from benchmarks._controller import Controller
from benchmarks._stack import child, wait_for
from benchmarks._streams import Seen, at_once, cpu_seconds, percentile
from benchmarks.gateway import HEADERS, gateway, of_process, ready

MANY, FEW = 1000, 50
WORK = ("100", "0.25")
HALFWAY = 12.0
"""Seconds after which all streams run."""
GOAL = 1.3
KILOBYTES_GOAL = 100.0


@dataclass
class Load:
    """What so many streams took."""

    seen: Seen
    us_per_chunk: float
    megabytes: float
    """Of the controller, while all of them ran."""


async def load(http: aiohttp.ClientSession, where: Controller, number: int) -> Load:
    """Run so many streams at once."""
    seen, before = Seen(), cpu_seconds(where.process)
    running = asyncio.create_task(at_once(http, where.url, HEADERS, number, seen))
    await asyncio.wait({running}, timeout=HALFWAY)
    megabytes = where.megabytes()
    await running
    return Load(seen, 1e6 * (cpu_seconds(where.process) - before) / max(1, seen.words), megabytes)


async def main() -> dict[str, object]:
    """Measure everything once."""
    no_limit = aiohttp.TCPConnector(limit=0)
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=no_limit))
        mocks = [stack.enter_context(child("-m", "benchmarks._openai_backend", *WORK)) for _ in range(2)]
        backends = [wait_for(mock, "listening: ") for mock in mocks]
        where = await stack.enter_async_context(gateway(http, backends, slots=MANY))
        await ready(http, of_process("ours", where.url, where.process))
        few = await load(http, where, FEW)
        many = await load(http, where, MANY)
    for number, each in ((FEW, few), (MANY, many)):
        print(
            f"{number:>5} streams  {each.us_per_chunk:6.1f} CPU us a chunk   {each.megabytes:6.1f} MB   "
            f"first word p50 {1000 * percentile(each.seen.first_words, 0.5):.0f} ms   "
            f"under way p99 {1000 * percentile(each.seen.under_way, 0.99):.1f} ms   failed {each.seen.failed}"
        )
    return result(few, many)


def result(few: Load, many: Load) -> dict[str, object]:
    """Return the figures."""
    ratio = many.us_per_chunk / few.us_per_chunk
    kilobytes = 1000 * (many.megabytes - few.megabytes) / (MANY - FEW)
    return {
        "name": "streams",
        "ours": {
            "streams": MANY,
            "failed": many.seen.failed,
            "cpu_us_per_chunk": round(many.us_per_chunk, 1),
            "kilobytes_per_stream": round(kilobytes, 1),
        },
        "peers": {"fifty_streams_cpu_us_per_chunk": round(few.us_per_chunk, 1)},
        "ratio": round(ratio, 2),
        "goal": GOAL,
        "met": ratio <= GOAL and kilobytes <= KILOBYTES_GOAL and not many.seen.failed,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main())))
