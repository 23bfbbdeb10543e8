import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from arena.errors import LedgerError
from controller.finishing import Finishing
from controller.running import RunningTurns
from logging_store.facts import TurnEnd
from logging_store.ledger import Ledger, open_ledger
from tests.facts import a_kept_conversation, a_turn, a_visitor, an_end


class FailingLedger(Ledger):
    """A real ledger that does not take the end of a turn for so many times."""

    failures = 0
    written = 0

    async def finish_turn(self, end: TurnEnd) -> bool:
        if self.failures > 0:
            self.failures -= 1
            raise LedgerError
        was_us = await super().finish_turn(end)
        self.written += was_us
        return was_us


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncGenerator[FailingLedger]:
    async with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite3") as ledger:
        yield FailingLedger(ledger.database)


async def an_open_turn(ledger: Ledger) -> TurnEnd:
    consent = await a_visitor(ledger)
    turn = a_turn((await a_kept_conversation(ledger, consent)).id, consent.id)
    await ledger.open_turns(turn)
    return an_end(turn.id)


def a_finishing(ledger: Ledger) -> Finishing:
    return Finishing(ledger, RunningTurns(), attempts=3, pause_seconds=0, later_seconds=0.005)


@pytest.mark.parametrize("failures", [0, 1, 2])
async def test_a_ledger_that_fails_is_asked_again(kept: FailingLedger, failures: int):
    end = await an_open_turn(kept)
    kept.failures = failures

    await a_finishing(kept).finish(end)

    assert (kept.failures, kept.written) == (0, 1)


@pytest.mark.parametrize("failures", [3, 4, 9])
async def test_after_some_attempts_the_failure_is_told_and_it_is_tried_on(kept: FailingLedger, failures: int):
    end, finishing = await an_open_turn(kept), a_finishing(kept)
    kept.failures = failures

    with pytest.raises(LedgerError):
        await finishing.finish(end)

    async with asyncio.timeout(5):
        await finishing.running.settle()
    assert (kept.failures, kept.written) == (0, 1)


async def test_going_down_is_the_last_attempt(kept: FailingLedger):
    end, finishing = await an_open_turn(kept), a_finishing(kept)
    finishing.later_seconds = 3600
    kept.failures = 10
    with pytest.raises(LedgerError):
        await finishing.finish(end)

    finishing.running.shut_down()
    async with asyncio.timeout(5):
        await finishing.running.settle()

    assert (kept.failures, kept.written) == (6, 0)
    assert await kept.lose_open_turns("first", 9.5) == 1


async def test_an_end_that_somebody_else_wrote_is_no_mistake(kept: FailingLedger):
    end = await an_open_turn(kept)
    await kept.lose_open_turns("first", 9.5)

    await a_finishing(kept).finish(end)

    assert kept.written == 0
