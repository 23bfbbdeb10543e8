"""Visitors leave at any moment: what they asked for is cancelled anywhere, and the ledger goes on."""

import asyncio
import time

import anyio
import pytest

from logging_store.ledger import Ledger
from tests.facts import a_kept_conversation, a_session, a_turn, a_visitor, an_end


@pytest.mark.parametrize("level", ["once", "until it ends"])
async def test_a_write_that_is_cancelled_anywhere_blocks_nobody(ledger: Ledger, level: str):
    consent = await a_visitor(ledger)
    conversation = await a_kept_conversation(ledger, consent)
    moments = [number * 0.0001 for number in range(80)]

    async def write(position: int) -> None:
        turn = a_turn(conversation.id, consent.id, position=position)
        await ledger.open_turns(turn)
        await ledger.finish_turn(an_end(turn.id))

    for position, moment in enumerate(moments):
        if level == "once":
            task = asyncio.create_task(write(position))
            await asyncio.wait([task], timeout=moment)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        else:
            with anyio.move_on_after(moment):
                await write(position)

    began = time.monotonic()
    await ledger.add_session(a_session())
    assert time.monotonic() - began < 5


async def test_a_read_that_is_cancelled_anywhere_gives_its_connection_back(ledger: Ledger):
    consent = await a_visitor(ledger)
    for number in range(60):
        with anyio.move_on_after(number * 0.0001):
            await ledger.consent_of(consent.session_id)

    readings = [ledger.consent_of(consent.session_id) for _ in range(20)]

    assert await asyncio.wait_for(asyncio.gather(*readings), timeout=5) == [consent] * 20
