"""A controller's name belongs to one living process, in both kinds of database."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest
from sqlalchemy import text

from arena.chat import Ending
from arena.errors import LedgerError, SetupError
from controller import neighbours
from controller.neighbours import SUSPECT_SECONDS, Neighbours
from logging_store import naming
from logging_store.ledger import Ledger, open_ledger
from logging_store.naming import borrowed, claim_on, held, is_certain
from tests.databases import PostgresServer
from tests.facts import a_kept_conversation, a_turn, a_visitor

ROOT = Path(__file__).parents[2]
HOLD = """
import asyncio, sys
from logging_store.ledger import open_ledger
from logging_store.naming import held

async def main(url, name):
    async with open_ledger(url) as ledger, held(ledger.database, name):
        print("held", flush=True)
        await asyncio.sleep(600)

asyncio.run(main(*sys.argv[1:]))
"""


async def a_holder(url: str, name: str) -> Process:
    """Start a process that holds a name."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD, url, name, cwd=ROOT, stdout=PIPE, stderr=PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"held\n"
    return process


async def kill(process: Process) -> None:
    process.send_signal(signal.SIGKILL)
    await process.communicate()


async def open_a_turn(ledger: Ledger, controller: str) -> str:
    """Leave a turn open; return its conversation."""
    consent = await a_visitor(ledger)
    conversation = await a_kept_conversation(ledger, consent)
    await ledger.open_turns(a_turn(conversation.id, consent.id, position=0, controller=controller))
    return conversation.id


async def is_lost(ledger: Ledger, conversation: str) -> bool:
    (turn,) = await ledger.turns_of(conversation)
    return turn.ending is Ending.LOST


async def test_a_second_process_of_the_same_name_is_refused_in_one_line(ledger_url: str):
    holder = await a_holder(ledger_url, "first")
    try:
        async with open_ledger(ledger_url) as ledger:
            with pytest.raises(SetupError, match=r"^another controller named 'first' runs on this ledger: ") as refused:
                async with held(ledger.database, "first", patience=0.2):
                    raise AssertionError
            async with held(ledger.database, "second", patience=0.2):
                pass
    finally:
        await kill(holder)

    assert "\n" not in str(refused.value)


async def test_a_name_is_free_again_after_kill_9(ledger_url: str):
    await kill(await a_holder(ledger_url, "first"))

    async with (
        open_ledger(ledger_url) as ledger,
        held(ledger.database, "first"),
        borrowed(ledger.database, "first") as is_ours,
    ):
        assert not is_ours


async def test_a_name_is_free_again_after_an_orderly_end(ledger: Ledger):
    for _ in range(2):
        async with held(ledger.database, "first", patience=0):
            pass

    async with borrowed(ledger.database, "first") as is_ours:
        assert is_ours


async def test_a_start_waits_for_who_looks_at_its_name_for_a_moment(ledger: Ledger):
    async def borrow(taken: asyncio.Event, give_back: asyncio.Event) -> None:
        async with borrowed(ledger.database, "first"):
            taken.set()
            await give_back.wait()

    taken, give_back = asyncio.Event(), asyncio.Event()
    borrowing = asyncio.create_task(borrow(taken, give_back))
    await taken.wait()
    asyncio.get_running_loop().call_later(0.3, give_back.set)

    async with held(ledger.database, "first"):
        assert give_back.is_set()
    await borrowing


@pytest.mark.parametrize("name", ["../up", "a b", "ä", "." * 60])
async def test_any_name_that_a_row_may_hold_can_be_asked_for(ledger: Ledger, name: str):
    async with borrowed(ledger.database, name) as is_ours:
        assert is_ours


async def test_a_name_that_was_lost_with_its_connection_is_taken_again(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(naming, "WATCH_SECONDS", 0.05)
    async with open_ledger(postgres.fresh_database()) as ledger, held(ledger.database, "first"):
        async with ledger.database.reader.connect() as other:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            assert (await other.execute(text(cut))).scalar_one()

        async def is_taken_again() -> bool:
            async with ledger.database.reader.connect() as other:
                count = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                return (await other.execute(text(count))).scalar_one() == 1

        async with asyncio.timeout(20):
            while not await is_taken_again():
                await asyncio.sleep(0.05)


async def test_a_claim_is_no_longer_held_once_it_is_released(ledger: Ledger):
    claim = claim_on(ledger.database, "first")
    assert not await claim.is_held()
    assert await claim.take()
    assert await claim.is_held()
    await claim.release()

    assert not await claim.is_held()


async def test_what_a_dead_controller_left_open_is_lost_once_its_name_was_free_for_a_while(ledger: Ledger):
    conversation = await open_a_turn(ledger, "dead")
    looking = Neighbours(ledger, "alive")

    if not is_certain(ledger.database):
        assert await looking.look(50.0, 10.0) == {}
        assert await looking.look(50.0, 9.9 + SUSPECT_SECONDS) == {}
        assert not await is_lost(ledger, conversation)
    assert await looking.look(60.0, 10.0 + SUSPECT_SECONDS) == {"dead": 1}
    assert await is_lost(ledger, conversation)
    assert await looking.look(70.0, 99.0) == {}


async def test_after_a_look_that_failed_nobody_is_suspected(postgres: PostgresServer):
    class Shaky(Ledger):
        is_away = False

        async def controllers_with_open_turns(self) -> set[str]:
            if self.is_away:
                raise LedgerError
            return await super().controllers_with_open_turns()

    async with open_ledger(postgres.fresh_database()) as kept:
        conversation = await open_a_turn(kept, "shaky")
        ledger = Shaky(kept.database)
        looking = Neighbours(ledger, "alive")
        await looking.look(50.0, 0.0)
        ledger.is_away = True
        with pytest.raises(LedgerError):
            await looking.look(50.0, 2.0)
        ledger.is_away = False

        assert await looking.look(50.0, 100.0) == {}
        assert not await is_lost(kept, conversation)


async def test_a_dead_one_is_written_off_within_seconds(ledger_url: str):
    holder = await a_holder(ledger_url, "dead")
    async with open_ledger(ledger_url) as ledger, Neighbours(ledger, "alive").watched():
        conversation = await open_a_turn(ledger, "dead")
        await kill(holder)
        async with asyncio.timeout(SUSPECT_SECONDS + 4):
            while not await is_lost(ledger, conversation):
                await asyncio.sleep(0.1)


async def test_the_looking_goes_on_when_a_lock_cannot_be_opened_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(neighbours, "LOOK_SECONDS", 0.01)
    in_the_way = tmp_path / "ledger.sqlite3.dead.lock"
    async with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite3") as ledger:
        conversation = await open_a_turn(ledger, "dead")
        in_the_way.mkdir()
        async with Neighbours(ledger, "alive").watched(), asyncio.timeout(20):
            while "tried again" not in caplog.text:
                await asyncio.sleep(0.01)
            in_the_way.rmdir()
            while not await is_lost(ledger, conversation):
                await asyncio.sleep(0.01)


async def test_what_a_living_controller_and_we_ourselves_have_open_stays_open(ledger: Ledger):
    theirs, ours = await open_a_turn(ledger, "living"), await open_a_turn(ledger, "alive")
    looking = Neighbours(ledger, "alive")
    async with held(ledger.database, "living"):
        looks = [await looking.look(50.0, moment) for moment in (0.0, 10.0, 20.0)]

    assert looks == [{}, {}, {}]
    assert not await is_lost(ledger, theirs)
    assert not await is_lost(ledger, ours)


async def test_one_that_comes_back_between_two_looks_keeps_its_turns(postgres: PostgresServer):
    async with open_ledger(postgres.fresh_database()) as ledger:
        await open_a_turn(ledger, "shaky")
        looking = Neighbours(ledger, "alive")

        assert await looking.look(50.0, 0.0) == {}
        async with held(ledger.database, "shaky"):
            assert await looking.look(50.0, 3.0) == {}
        assert await looking.look(50.0, 6.0) == {}
        assert await looking.look(50.0, 6.0 + SUSPECT_SECONDS) == {"shaky": 1}
