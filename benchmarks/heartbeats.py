"""What workers' heartbeats cost the controller: 10,000 of them a minute, over connections that are kept.

Registers workers at the real `arena controller` and beats for each of them as a worker does, at the pace at which so
many workers beat, so that what the process does between them is counted too. Peer, in the same rounds: the same
requests at the controller's `/health/live`, which keeps, checks and reads nothing.
"""

import asyncio
import json
import statistics
import time

import aiohttp

from arena.worker import Heartbeat, WorkerCard
from benchmarks._controller import Controller, controller, register

WORKERS = 100
"""Each beats as often as a hundred would; each has a connection of its own."""
A_MINUTE = 10_000
SECONDS = 10.0
ROUNDS = 3
GOAL = 0.05
"""Of a core."""
BODY = Heartbeat(busy=3, waiting=1, cache=0.5).model_dump_json()


async def beat(http: aiohttp.ClientSession, where: Controller, number: int, address: str, body: str | None) -> None:
    """Call at a steady pace, as one of `WORKERS` that start one after the other."""
    pause = 60 * WORKERS / A_MINUTE
    method = "GET" if body is None else "POST"
    at = time.monotonic() + pause * number / WORKERS
    for _ in range(round(SECONDS / pause)):
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        async with http.request(method, where.url + address, data=body, headers=where.as_worker) as response:
            response.raise_for_status()
            await response.read()
        at += pause


async def share(where: Controller, addresses: list[str], body: str | None) -> float:
    """Return the share of a core that the calls cost the controller."""
    clients = [aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) for _ in addresses]
    try:
        we_at, began = where.cpu_milliseconds(), time.monotonic()
        await asyncio.gather(
            *(beat(http, where, *each, body) for http, each in zip(clients, enumerate(addresses), strict=True))
        )
        return (where.cpu_milliseconds() - we_at) / 1000 / (time.monotonic() - began)
    finally:
        for each in clients:
            await each.close()


async def measure() -> dict[str, object]:
    """Measure everything once."""
    names = [f"worker-{number}" for number in range(WORKERS)]
    async with aiohttp.ClientSession() as http, controller(http) as where:
        for name in names:
            await register(http, where, WorkerCard(id=name, url="http://127.0.0.1:9", models=("mock-a",), slots=8))
        idle_at, began = where.cpu_milliseconds(), time.monotonic()
        await asyncio.sleep(SECONDS / 2)
        idle = (where.cpu_milliseconds() - idle_at) / 1000 / (time.monotonic() - began)
        ours, peers = list[float](), list[float]()
        for _ in range(ROUNDS):
            ours.append(await share(where, [f"/workers/{name}/heartbeat" for name in names], BODY))
            peers.append(await share(where, ["/health/live"] * WORKERS, None))
    cost, peer = statistics.median(ours), statistics.median(peers)
    return {
        "name": "heartbeats",
        "ours": {
            "share_of_a_core": round(cost, 4),
            "cpu_ms_per_beat": round(1000 * 60 * cost / A_MINUTE, 3),
            "share_when_idle": round(idle, 4),
            "each_round": [round(each, 4) for each in ours],
        },
        "peers": {"live_share_of_a_core": round(peer, 4)},
        "ratio": round(cost / peer, 2),
        "goal": GOAL,
        "met": cost <= GOAL,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure())))
