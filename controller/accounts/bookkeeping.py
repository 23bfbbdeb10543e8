"""Tells the ledger every few seconds what was used, and learns what other controllers counted and which keys ended."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from arena.errors import LedgerError
from controller.accounts.callers import Callers
from controller.accounts.spending import Spending

logger = logging.getLogger(__name__)

ROUND_SECONDS = 3.0


@asynccontextmanager
async def books_kept(spending: Spending, callers: Callers, seconds: float = ROUND_SECONDS) -> AsyncGenerator[None]:
    """Keep the books while inside: read first what was spent before we came, and write all of it at the end."""
    await spending.tell()
    closing = asyncio.Event()
    keeping = asyncio.create_task(_keep(spending, callers, seconds, closing))
    try:
        yield
    finally:
        closing.set()  # not cancelled: what is being written would be written again
        await keeping
        try:
            await spending.tell()
        except LedgerError:
            logger.error("What was used last could not be written before going down")  # noqa: TRY400 (it says it all)


async def _keep(spending: Spending, callers: Callers, seconds: float, closing: asyncio.Event) -> None:
    was_away = False
    while not await _is_over(closing, seconds):
        try:
            await callers.refresh(time.monotonic())
            await spending.tell()
        except LedgerError:
            if not was_away:
                logger.warning("The ledger cannot be reached: what is used is counted here until it is back")
            was_away = True
        else:
            was_away = False


async def _is_over(closing: asyncio.Event, seconds: float) -> bool:
    """Wait for so long, or until it is over."""
    try:
        async with asyncio.timeout(seconds):
            return await closing.wait()
    except TimeoutError:
        return False
