"""A process that writes is killed at random moments, again and again: what it acknowledged is there, whole and once."""

import asyncio
import random
import sys
import time
from asyncio.subprocess import PIPE
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.chat import Ending
from logging_store.checking import faults
from logging_store.ledger import open_ledger
from logging_store.tables import turns, votes
from tests.databases import PostgresServer
from tests.writing_process import KEY, text_of

ROOT = Path(__file__).parents[2]
KILLS = 5
MANY_KILLS = 100
SECONDS_ALIVE = 0.5
"""At most, after the first acknowledgement."""

Said = dict[str, set[str]]


async def _killed(url: str, chance: random.Random) -> Said:
    """Let a process write, kill it, and return what it had said, by kind."""
    command = [sys.executable, "-m", "tests.writing_process", url]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE, stderr=PIPE)
    assert process.stdout is not None
    first = await process.stdout.readline()
    asyncio.get_running_loop().call_later(chance.uniform(0, SECONDS_ALIVE), process.kill)
    rest, errors = await process.communicate()
    assert process.returncode == -9, errors.decode()
    said: Said = defaultdict(set)
    *lines, _ = (first + rest).decode().split("\n")
    for line in lines:
        what, record_id = line.split()
        said[what].add(record_id)
    return said


async def _missing(url: str, said: Said) -> list[str]:
    """Return what was acknowledged and is not there as it was written, and what is wrong with the ledger."""

    async def read(connection: AsyncConnection) -> tuple[dict[str, tuple[str, str, Ending | None]], list[str]]:
        columns = turns.c.id, turns.c.text, turns.c.answer, turns.c.ending
        kept = {row.id: (row.text, row.answer, row.ending) for row in await connection.execute(select(*columns))}
        return kept, list((await connection.execute(select(votes.c.id))).scalars())

    async with open_ledger(url) as ledger:
        kept, voted = await ledger.database.read(read)
    unopened = [each for each in said["opened"] if each not in kept or kept[each][0] != text_of(each)]
    unended = [each for each in said["ended"] if kept.get(each, ())[1:] != (text_of(each), Ending.COMPLETED)]
    unvoted = [each for each, often in Counter(voted).items() if often > 1] + list(said["voted"] - set(voted))
    async with aclosing(faults(url, time.time(), KEY)) as found:
        return [*unopened, *unended, *unvoted, *[str(each) async for each in found]]


async def _outlives(kills: int, fresh: Callable[[int], str], seed: int) -> Said:
    """Kill so many processes; `fresh` names the ledger of each. Return all that was said and found again."""
    chance = random.Random(seed)
    of_ledger: dict[str, Said] = {}
    for number in range(kills):
        url = fresh(number)
        said = of_ledger.setdefault(url, defaultdict(set))
        for what, ids in (await _killed(url, chance)).items():
            said[what] |= ids

        assert await _missing(url, said) == []
    total: Said = defaultdict(set)
    for said in of_ledger.values():
        for what, ids in said.items():
            total[what] |= ids
    return total


@pytest.mark.timeout(180)
async def test_what_was_acknowledged_outlives_every_kill(ledger_url: str):
    said = await _outlives(KILLS, lambda _: ledger_url, seed=4)

    assert said["opened"]
    assert said["ended"]


@pytest.mark.torture
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_what_was_acknowledged_outlives_a_hundred_kills(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
):
    urls = [f"sqlite:///{tmp_path}/ledger-{number}.sqlite3" for number in range(MANY_KILLS // 10)]
    if kind == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        urls = [server.fresh_database() for _ in urls]

    said = await _outlives(MANY_KILLS, lambda number: urls[number // 10], seed=100)

    with capsys.disabled():
        counts = ", ".join(f"{len(ids)} {what}" for what, ids in sorted(said.items()))
        print(f"\n{kind}: {MANY_KILLS} kills; acknowledged and found again, whole and once: {counts}")
