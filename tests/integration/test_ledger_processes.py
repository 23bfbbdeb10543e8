"""The ledger under several processes, and under one that is killed."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from arena.chat import Ending
from logging_store.ledger import open_ledger
from tests.kept import all_kept

ROOT = Path(__file__).parents[2]

OPEN = """
import asyncio, sys
from logging_store.ledger import open_ledger
from tests.kept import all_kept
from tests.facts import a_session

async def main(url, number):
    async with open_ledger(url) as ledger:
        await ledger.add_session(a_session(id=number, token_hash=number))

asyncio.run(main(*sys.argv[1:]))
"""

WRITE_WITHOUT_END = """
import asyncio, sys
from logging_store.ledger import open_ledger
from tests.facts import a_kept_conversation, a_turn, a_visitor, an_end

async def main(url):
    async with open_ledger(url) as ledger:
        consent = await a_visitor(ledger)
        conversation = await a_kept_conversation(ledger, consent)
        position = 0
        while True:
            turn = a_turn(conversation.id, consent.id, position=position)
            await ledger.open_turns(turn)
            print("opened", turn.id, flush=True)
            await ledger.finish_turn(an_end(turn.id))
            print("finished", turn.id, flush=True)
            position += 1

asyncio.run(main(*sys.argv[1:]))
"""

WRITE_TOGETHER = """
import asyncio, itertools, sys
from logging_store.ledger import open_ledger
from tests.facts import a_session

async def main(url):
    numbers = itertools.count()

    async def write(ledger):
        while True:
            token = f"token-{next(numbers)}"
            await ledger.add_session(a_session(token_hash=token))
            print(token, flush=True)

    async with open_ledger(url) as ledger:
        await asyncio.gather(*(write(ledger) for _ in range(20)))

asyncio.run(main(*sys.argv[1:]))
"""


async def _python(code: str, *arguments: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *arguments, cwd=ROOT, stdout=PIPE, stderr=PIPE
    )


async def test_processes_that_start_at_once_on_an_empty_database_all_succeed(database_url: str):
    started = [await _python(OPEN, database_url, str(number)) for number in range(4)]

    errors = [(await each.communicate())[1].decode() for each in started]

    assert [each.returncode for each in started] == [0] * 4, "\n".join(errors)
    async with open_ledger(database_url) as ledger:
        assert (await ledger.row_counts())["sessions"] == 4


async def test_what_was_acknowledged_outlives_a_killed_process(ledger_url: str):
    writer = await _python(WRITE_WITHOUT_END, ledger_url)
    assert writer.stdout is not None
    lines = [await writer.stdout.readline() for _ in range(100)]
    writer.send_signal(signal.SIGKILL)
    lines += (await writer.communicate())[0].splitlines()
    said = [line.decode().split() for line in lines]
    whole = [words for words in said if len(words) == 2 and len(words[1]) == 32]

    async with open_ledger(ledger_url) as ledger:
        lost = await ledger.lose_open_turns("first", 99.0)
        (record,) = await all_kept(ledger)

    endings = {turn.id: turn.ending for turn in record.turns}
    assert lost <= 1
    assert len(whole) >= 100
    assert all(endings[turn_id] is Ending.COMPLETED for what, turn_id in whole if what == "finished")
    assert all(endings[turn_id] is not None for what, turn_id in whole if what == "opened")


async def test_what_was_acknowledged_together_outlives_a_killed_process(ledger_url: str):
    writer = await _python(WRITE_TOGETHER, ledger_url)
    assert writer.stdout is not None
    lines = [await writer.stdout.readline() for _ in range(500)]
    writer.send_signal(signal.SIGKILL)
    *whole, _ = (b"".join(lines) + (await writer.communicate())[0]).decode().split("\n")

    async with open_ledger(ledger_url) as ledger:
        found = await asyncio.gather(*(ledger.session_by_token(token) for token in whole))

    assert len(whole) >= 500
    assert all(found)
