"""Finds out when the ledger is back, and hands it all that waited on disk before anything new is written."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from arena.errors import LedgerError, SetupError
from controller.config import ControllerSettings
from controller.metrics import Metrics
from controller.outage import LedgerWatch, PatientDatabase
from controller.outage_going_on import GoingOnLedger
from controller.outage_ledger import SteadyLedger
from controller.outage_memory import Memory
from logging_store.ledger import Ledger
from logging_store.replaying import Replayed, check_it_writes, replay, replay_once
from logging_store.spool import open_spool
from logging_store.spool_file import SUFFIX

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
LOOK_SECONDS = 15.0
"""How often is looked for what other controllers, dead ones, have left beside our own spool."""
MEGABYTE = 1_000_000
PASSES = 3
"""In each is written what came during the one before: then little is left, for which everybody waits."""


@dataclass(frozen=True)
class Outage:
    """What stands ready for a ledger that fails."""

    watch: LedgerWatch
    ledger: SteadyLedger
    """For all that visitors do."""
    insisting: Ledger
    """Is asked also while it is taken to be away."""


@asynccontextmanager
async def prepared(settings: ControllerSettings, ledger: Ledger) -> AsyncGenerator[Outage]:
    """Hand the ledger what this controller left on disk when it ended last; from then on wait no longer than is set.

    Whoever holds `ledger` is patient from then on. Raises `LedgerError` when it does not answer, `SetupError` when
    nothing can be kept on disk.
    """
    most = settings.spool_megabytes * MEGABYTE
    async with open_spool(settings.spool, most) as spool:
        done = Replayed()
        await replay(ledger, spool, done)
        _say(done)
        watch = LedgerWatch(settings.ledger_seconds)
        database = ledger.database
        insisting = Ledger(PatientDatabase(database, watch, insists=True))
        ledger.database = PatientDatabase(database, watch)
        if settings.when_ledger_fails == "go_on":
            steady = GoingOnLedger(ledger, watch, spool, Memory())
        else:
            steady = SteadyLedger(ledger, watch, spool)
        yield Outage(watch, steady, insisting)


class Recovery:
    """Looks after the spools: our own while the ledger is away, those of dead controllers while it is here."""

    def __init__(self, outage: Outage, metrics: Metrics) -> None:
        self._watch = outage.watch
        self._ledger = outage.insisting
        self._spool = outage.ledger.spool
        self._metrics = metrics

    @asynccontextmanager
    async def watched(self) -> AsyncGenerator[None]:
        """Do so while inside."""
        task = asyncio.create_task(self._look_after())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _look_after(self) -> None:
        while True:
            if self._watch.is_away:
                await self._recover()
            else:
                await self._look_on()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._watch.fell.wait()

    async def _recover(self) -> None:
        """Try until the ledger is back and has everything."""
        done, pause = Replayed(), FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._watch.settle()
                await check_it_writes(self._ledger)
                await self._hand_over(done)
            except LedgerError as error:
                logger.debug("The ledger is still away: %s", type(error.__cause__ or error).__name__)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            else:
                break
        logger.warning("The ledger answers again")
        self._note(done)

    async def _hand_over(self, done: Replayed) -> None:
        """Write all that waits, the last of it while nobody adds to it; from then on the ledger is well."""
        for _ in range(PASSES):
            if not await replay_once(self._ledger, self._spool, done):
                break
        with self._watch.closed():
            while not self._spool.is_empty:  # also of what is on its way to the disk
                await replay(self._ledger, self._spool, done)
            self._watch.recovers()

    async def _look_on(self) -> None:
        try:
            await self.look()
        except LedgerError:
            return  # it is away, which is seen to next
        except OSError as error:
            logger.error("The spools of other controllers can't be looked after: %s", error.strerror)  # noqa: TRY400

    async def look(self) -> None:
        """Hand the ledger what dead controllers have left. Raises `LedgerError` when it fails."""
        for folder in await asyncio.to_thread(_others, self._spool.folder):
            done = Replayed()
            try:
                async with open_spool(folder, 0, patience=0) as spool:
                    logger.warning("The controller of the spool %s is dead: what it left is written", folder.name)
                    await replay(self._ledger, spool, done)
            except SetupError:
                continue  # it is alive
            self._note(done)

    def _note(self, done: Replayed) -> None:
        _say(done)
        for reason, number in done.dropped.items():
            self._metrics.dropped(reason, number)


def _others(own: Path) -> list[Path]:
    """Return the spools beside our own in which something waits."""
    return sorted({path.parent for path in own.parent.glob(f"*/[0-9]*{SUFFIX}")} - {own})


def _say(done: Replayed) -> None:
    if done.turns or done.dropped or done.broken:
        logger.warning(
            "Of the turns that waited on disk %d are in the ledger, %d were dropped (%s); broken lines: %d",
            done.turns,
            done.dropped.total(),
            ", ".join(sorted(done.dropped)) or "none",
            done.broken,
        )
