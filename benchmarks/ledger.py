"""The ledger's write path: turns a second from 200 writers in one process, and how long a vote waits meanwhile.

A turn is opened and ended, 1 KB of text each, in two calls that are acknowledged one after the other. Everything is as
in operation: every rule is checked, every record linked, SQLite with `synchronous=FULL`, PostgreSQL (a server that this
starts) with `fsync` and `synchronous_commit` on. Peers in the same run: the plain way, one SQLAlchemy transaction for
each fact, without rules and links; and FastChat's, a JSON line per turn, which waits for no disk.
"""

import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from benchmarks._writers import Visitor, a_judge, a_visitor, an_end, judge_for, somebody, write_for
from logging_store.engine import open_database, parse_url
from logging_store.facts import TurnEnd, TurnFact
from logging_store.ledger import Ledger, open_ledger
from logging_store.queries import row_of
from logging_store.tables import turns
from tests.databases import postgres_server

WRITERS = 200
VOTES_PER_SECOND = 25
SECONDS = 6.0
ROUNDS = 3
GOALS = {"sqlite": 3000, "postgresql": 1500}
"""Turns a second."""
VOTE_MS = 50.0
"""Milliseconds, for 99 of 100 votes."""

_END = turns.update().where(turns.c.id == bindparam("turn_id"))


async def ours(url: str) -> tuple[list[float], list[float]]:
    """Return the turns per second of each round, and how many seconds each vote waited."""
    rates, waits = list[float](), list[float]()
    async with open_ledger(url, key=os.urandom(32), writer="bench") as ledger:

        async def write(turn: TurnFact, end: TurnEnd) -> None:
            await ledger.open_turns(turn)
            if not await ledger.finish_turn(end):
                raise RuntimeError("somebody else has ended this turn")

        for _ in range(ROUNDS):
            writers = await _visitors(ledger)
            judges = await asyncio.gather(*(a_judge(ledger) for _ in range(round(SECONDS * VOTES_PER_SECOND))))
            rate, waited = await asyncio.gather(write_for(SECONDS, writers, write), judge_for(SECONDS, ledger, judges))
            rates.append(rate)
            waits += waited
    return rates, waits


async def _visitors(ledger: Ledger) -> list[Visitor]:
    return list(await asyncio.gather(*(a_visitor(ledger) for _ in range(WRITERS))))


async def plainly(url: str) -> float:
    """Return the turns per second with one transaction for each fact, on the same tables and as durable."""
    async with open_ledger(url) as ledger:
        writers = await _visitors(ledger)
    async with _engine(url) as engine:

        async def write(turn: TurnFact, end: TurnEnd) -> None:
            async with engine.begin() as connection:
                await connection.execute(turns.insert(), row_of(turn))
            async with engine.begin() as connection:
                await connection.execute(_END, row_of(end))

        return await write_for(SECONDS, writers, write)


@asynccontextmanager
async def _engine(url: str) -> AsyncGenerator[AsyncEngine]:
    """SQLite's is the ledger's own, with one connection: more would poll a lock."""
    if url.startswith("sqlite"):
        async with open_database(parse_url(url)) as database:
            yield database.writer
        return
    engine = create_async_engine(parse_url(url), pool_size=20, max_overflow=0)
    yield engine
    await engine.dispose()


def json_lines(file: Path) -> float:
    """Return the turns per second of a file that is opened, added to and closed for each of them."""
    _, writer = somebody()
    began, count = time.perf_counter(), 0
    while time.perf_counter() < began + SECONDS / 3:
        turn = writer.turn(0, count)
        messages = [["USER", turn.text], ["ASSISTANT", an_end(turn).answer]]
        said = {"tstamp": turn.opened_at, "type": "chat", "model": turn.model, "state": {"messages": messages}}
        with file.open("a", encoding="utf-8") as log:
            log.write(json.dumps(said) + "\n")
        count += 1
    return count / (time.perf_counter() - began)


async def measure(sqlite: Path, postgresql: tuple[str, str]) -> dict[str, object]:
    """Measure everything once."""
    urls = {"sqlite": (f"sqlite:///{sqlite}/ours", f"sqlite:///{sqlite}/plain"), "postgresql": postgresql}
    found: dict[str, object] = {"load_before": round(os.getloadavg()[0], 1)}
    peers: dict[str, object] = {"json_lines_without_fsync_turns_per_second": round(json_lines(sqlite / "log.json"))}
    ratios, met = list[float](), True
    for kind, (first, second) in urls.items():
        rates, waits = await ours(first)
        rate, plain = statistics.median(rates), await plainly(second)
        p99 = 1000 * statistics.quantiles(waits, n=100)[-1]
        found |= {
            f"{kind}_turns_per_second": round(rate),
            f"{kind}_each_round": [round(each) for each in rates],
            f"{kind}_vote_p50_ms": round(1000 * statistics.median(waits), 1),
            f"{kind}_vote_p99_ms": round(p99, 1),
        }
        peers[f"{kind}_transaction_per_fact_turns_per_second"] = round(plain)
        ratios.append(rate / plain)
        met = met and rate >= GOALS[kind] and p99 <= VOTE_MS
    return {
        "name": "ledger",
        "ours": found,
        "peers": peers,
        "ratio": round(min(ratios), 1),
        "goal": {**{f"{kind}_turns_per_second": goal for kind, goal in GOALS.items()}, "vote_p99_ms": VOTE_MS},
        "met": met,
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, postgres_server(durable=True) as server:
        databases = server.fresh_database(), server.fresh_database()
        print(json.dumps(asyncio.run(measure(Path(folder), databases))))
