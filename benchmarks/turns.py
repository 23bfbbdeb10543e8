"""A turn's whole way: what it costs, and how much later its first word comes.

Drives 20 side-by-side turns at once (2 x 100 words in 2 s, demo echo) through page, controller and worker, and accounts
each process's CPU time. Peer for the page: the same two panes streamed through Gradio's own queue, in the same run. The
added time to the first word is that of the whole path (page, controller, proxy worker) over the same backend asked
directly, unloaded.
"""

import asyncio
import json
import socket
import statistics
import time
from collections.abc import Awaitable, Callable

import aiohttp
import psutil

from arena.terms import TERMS_VERSION
from benchmarks._stack import Arena, arena, child, wait_for

VISITORS = 20
ROUNDS = 3
WORDS = 100
WORDS_PER_SECOND = 50.0
SINGLES = 15
GOAL = 0.5
TEXT = f"[repeat {WORDS}] word"
BODY = {"model": "mock", "stream": True, "messages": [{"role": "user", "content": "hello"}]}


class Visitor:
    """Talks through the page, as a browser does; opens what it talks in at the controller."""

    def __init__(self, http: aiohttp.ClientSession, where: Arena) -> None:
        self._http = http
        self._where = where
        self._headers: dict[str, str] = {}

    async def accept(self) -> None:
        """Accept the terms, and keep the cookie."""
        consent = {"terms_version": TERMS_VERSION, "scopes": ["serve", "log"]}
        async with self._http.post(self._where.page + "/visitor/session", json=consent) as response:
            response.raise_for_status()
            token = response.cookies["arena_session"].value
        self._headers = {"cookie": f"arena_session={token}", "x-arena-session": token}

    async def open(self, kind: str, **body: str) -> str:
        """Open a battle or a conversation; return its address at the page."""
        async with self._http.post(f"{self._where.controller}/{kind}", json=body, headers=self._headers) as response:
            response.raise_for_status()
            return f"{self._where.page}/visitor/{kind}/{(await response.json())['id']}/turns"

    async def ask(self, address: str, text: str) -> float:
        """Ask, read the answer to its end, and return the seconds to its first word."""
        began = time.perf_counter()
        async with self._http.post(address, json={"text": text}, headers=self._headers) as response:
            return await first_word(response, b'"kind":"delta"', b'"kind":"done"', began)


async def first_word(response: aiohttp.ClientResponse, word: bytes, end: bytes, began: float) -> float:
    """Read a stream to its end; return the seconds from the request to the first line with a word."""
    first, seen_end = 0.0, False
    response.raise_for_status()
    async for line in response.content:
        if not first and word in line:
            first = time.perf_counter() - began
        seen_end = seen_end or end in line
    assert first, "no word came"
    assert seen_end, "the stream broke off"
    return first


async def visitors(http: aiohttp.ClientSession, where: Arena, number: int) -> list[Visitor]:
    """Return visitors who have accepted the terms."""
    all_of_them = [Visitor(http, where) for _ in range(number)]
    for each in all_of_them:
        await each.accept()
    return all_of_them


async def load(http: aiohttp.ClientSession, where: Arena) -> dict[str, float]:
    """Run the battles; return CPU milliseconds a battle by process."""
    people = await visitors(http, where, VISITORS)

    async def battle(visitor: Visitor) -> None:
        address = await visitor.open("battles", mode="side_by_side", model_a="demo-echo", model_b="demo-echo")
        await visitor.ask(address, TEXT)

    await battle(people[0])
    before = {name: where.cpu_seconds(name) for name in ("web", "controller", "worker")}
    for _ in range(ROUNDS):
        await asyncio.gather(*map(battle, people))
    battles = VISITORS * ROUNDS
    return {name: 1000 * (where.cpu_seconds(name) - start) / battles for name, start in before.items()}


async def added_seconds(http: aiohttp.ClientSession, where: Arena, backend: str) -> tuple[float, float]:
    """Return the median seconds to the first word: through the whole path, and asked directly. In turn, unloaded."""
    (visitor,) = await visitors(http, where, 1)
    through: list[float] = []
    direct: list[float] = []
    for _ in range(SINGLES):
        address = await visitor.open("conversations", model="mock")
        through.append(await visitor.ask(address, "hello"))
        began = time.perf_counter()
        async with http.post(backend + "/v1/chat/completions", json=BODY) as response:
            direct.append(await first_word(response, b'" word"', b"[DONE]", began))
    return statistics.median(through), statistics.median(direct)


async def gradio_milliseconds(http: aiohttp.ClientSession) -> float:
    """Return the CPU milliseconds that a battle of the same size costs a page that streams through Gradio's queue."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with child("-m", "benchmarks._gradio_page", str(port)) as page:
        wait_for(page, "listening")
        process = psutil.Process(page.pid)

        async def battle(number: int) -> None:
            base, session = f"http://127.0.0.1:{port}/gradio_api", f"visitor{number}"
            join = {"data": [TEXT], "fn_index": 0, "session_hash": session}
            async with http.post(base + "/queue/join", json=join) as response:
                response.raise_for_status()
            async with http.get(base + "/queue/data", params={"session_hash": session}) as response:
                async for line in response.content:
                    if b"process_completed" in line:
                        assert b'"success":true' in line, line[:300]
                        return
            raise AssertionError("the stream broke off")

        await battle(0)
        return await _cpu_milliseconds(process, battle)


async def _cpu_milliseconds(process: psutil.Process, battle: Callable[[int], Awaitable[None]]) -> float:
    before = sum(process.cpu_times()[:2])
    for _ in range(ROUNDS):
        await asyncio.gather(*map(battle, range(VISITORS)))
    return 1000 * (sum(process.cpu_times()[:2]) - before) / (VISITORS * ROUNDS)


async def measure() -> dict[str, object]:
    """Measure everything once."""
    no_limit = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=no_limit, cookie_jar=aiohttp.DummyCookieJar()) as http:
        with child("-m", "benchmarks._backend") as mock:
            backend = wait_for(mock, "listening: ")
            with arena(backend, WORDS_PER_SECOND) as where:
                cost = await load(http, where)
                through, direct = await added_seconds(http, where, backend)
        peer = await gradio_milliseconds(http)
    words = 2 * WORDS
    for name, milliseconds in cost.items():
        print(f"{name:<10} {milliseconds:7.1f} CPU ms a battle {1000 * milliseconds / words:7.1f} CPU us a word")
    print(f"{'peer page':<10} {peer:7.1f} CPU ms a battle {1000 * peer / words:7.1f} CPU us a word")
    print(f"first word: {1000 * through:.1f} ms through everything, {1000 * direct:.1f} ms directly")
    ratio = cost["web"] / peer
    return {
        "name": "turns",
        "ours": {
            "page_ms_per_battle": round(cost["web"], 1),
            "controller_ms_per_battle": round(cost["controller"], 1),
            "page_us_per_word": round(1000 * cost["web"] / words, 1),
            "controller_us_per_word": round(1000 * cost["controller"] / words, 1),
            "added_first_word_ms": round(1000 * (through - direct), 1),
        },
        "peers": {"gradio_queue_ms_per_battle": round(peer, 1)},
        "ratio": round(ratio, 2),
        "goal": GOAL,
        "met": ratio <= GOAL,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure())))
