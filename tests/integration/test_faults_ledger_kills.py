"""A controller is killed while turns wait on disk, and while they are on their way to the ledger."""

import asyncio
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from arena.chat import Ending
from logging_store.chain import Event
from logging_store.facts import TurnFact
from logging_store.ledger import Ledger, open_ledger
from logging_store.spool import open_spool
from logging_store.spool_file import Waiting, spool_of
from logging_store.tables import links, turns
from tests.arenas import PLAIN, WORKER_KEY
from tests.controller_process import ROOT, ControllerProcess, a_free_port, controller_process
from tests.facts import a_kept_conversation, a_turn, a_visitor, an_end
from tests.ledger_faults import another_process_locks, file_of, server_refuses
from tests.ledger_load import Load, an_answer_of_its_own, check_all_is_kept
from tests.scripted_worker import ScriptedWorker, a_worker

REPLAY = """
import asyncio, sys
from pathlib import Path
from logging_store.ledger import open_ledger
from logging_store.replaying import Replayed, replay
from logging_store.spool import open_spool

async def main(url, folder):
    async with open_ledger(url) as ledger, open_spool(Path(folder), 0) as spool:
        print("begins", flush=True)
        await replay(ledger, spool, Replayed())

asyncio.run(main(*sys.argv[1:]))
"""
KILLS = 3
TURNS = 1200


def take_in(controller: ControllerProcess, worker: ScriptedWorker) -> None:
    headers = {"authorization": f"Bearer {WORKER_KEY}", "content-type": "application/json"}
    card = worker.card().model_dump_json()
    taken = httpx.post(f"{controller.url}/workers", content=card, headers=headers, verify=PLAIN)
    assert taken.status_code == 204


@pytest.mark.parametrize("when", ["pause", "go_on"])
def test_killed_while_turns_wait_on_disk(ledger_url: str, tmp_path: Path, when: str):
    port = a_free_port()
    given = {"store_url": ledger_url, "when_ledger_fails": when, "ledger_seconds": 2.0, "silence_seconds": 600.0}
    hindered = another_process_locks(file_of(ledger_url)) if "sqlite" in ledger_url else server_refuses(ledger_url)
    load = Load(f"http://127.0.0.1:{port}")
    with a_worker("worker-1", "model-one", "model-two", slots=64) as worker:
        worker.plays(an_answer_of_its_own())
        with controller_process(tmp_path, port, **given) as first:
            take_in(first, worker)
            with load.running():
                with hindered:
                    load.until_more(refusals=20, turns=20 if when == "go_on" else 0)
                    first.kill()
                    load.until_more(refusals=5)
                with controller_process(tmp_path, port, **given) as second:
                    take_in(second, worker)
                    load.until_more(turns=20, votes=10)
                    load.stop()
                    _end_in_order(second)

    asyncio.run(check_all_is_kept(load, ledger_url))


def _end_in_order(controller: ControllerProcess) -> None:
    controller.process.terminate()
    assert controller.process.wait(30) is not None


async def test_killed_again_and_again_while_turns_are_written(ledger_url: str, tmp_path: Path):
    folder = spool_of(tmp_path, "controller")
    async with open_ledger(ledger_url) as ledger:
        waiting = await a_full_spool(ledger, folder)

    chance = random.Random(4)
    for _ in range(KILLS):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", REPLAY, ledger_url, str(folder), cwd=ROOT, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        assert await process.stdout.readline() == b"begins\n"
        try:
            await asyncio.wait_for(process.wait(), chance.uniform(0.02, 0.5))
        except TimeoutError:
            with suppress(ProcessLookupError):  # it may just have come to its end
                process.kill()
        await process.communicate()
    last = await asyncio.create_subprocess_exec(sys.executable, "-c", REPLAY, ledger_url, str(folder), cwd=ROOT)
    assert await last.wait() == 0

    await check_each_is_there_once(ledger_url, waiting)
    assert not list(folder.glob("*.jsonl"))


async def a_full_spool(ledger: Ledger, folder: Path) -> list[TurnFact]:
    """Fill a spool: of half of the turns the opening waits too, of the others only the end."""
    said: list[TurnFact] = []
    async with open_spool(folder, 100_000_000) as spool:
        for _ in range(20):
            consent = await a_visitor(ledger)
            home = await a_kept_conversation(ledger, consent)
            there = [a_turn(home.id, consent.id, position=position) for position in range(TURNS // 40)]
            new = [a_turn(home.id, consent.id, position=TURNS // 40 + position) for position in range(TURNS // 40)]
            await ledger.open_turns(*there)
            await spool.append(*(Waiting(turn.id, opened=turn) for turn in new))
            await spool.append(*(Waiting(turn.id, end=an_end(turn.id, answer=turn.id)) for turn in there + new))
            said += there + new
    return said


async def check_each_is_there_once(url: str, waiting: list[TurnFact]) -> None:
    async with open_ledger(url) as ledger, ledger.database.reader.connect() as connection:
        kept = list(await connection.execute(select(turns.c.id, turns.c.ending, turns.c.answer)))
        often = select(links.c.event, func.count(), func.count(links.c.record_id.distinct())).group_by(links.c.event)
        told = {row[0]: (row[1], row[2]) for row in await connection.execute(often)}
    assert sorted(row.id for row in kept) == sorted(turn.id for turn in waiting)
    assert {row.ending for row in kept} == {Ending.COMPLETED}
    assert all(row.answer == row.id for row in kept)
    assert told[Event.TURN_OPENED] == told[Event.TURN_ENDED] == (len(waiting), len(waiting))
