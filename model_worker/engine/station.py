"""An engine's place in the arena: it is registered while it is well, and let go gently."""

import asyncio
import logging
from dataclasses import dataclass

import aiohttp
from pydantic import SecretStr

from arena.errors import WorkerError
from arena.worker import Heartbeat, WorkerCard
from model_worker.engine.config import EngineSettings
from model_worker.engine.endpoint import Endpoint, Health
from model_worker.engine.load import Load
from model_worker.registration import Registration

log = logging.getLogger(__name__)

QUICK_LOOK_SECONDS = 0.1
NEWS_SECONDS = 1.0
"""The news of a process's end comes within this."""


class EngineFailed(WorkerError):
    """The engine failed."""

    code = "engine_failed"


@dataclass(frozen=True)
class Engine:
    """A server that runs, or is about to."""

    card: WorkerCard
    endpoint: Endpoint
    ended: asyncio.Future[str]
    """Will hold how its process ended; never done for a server that is not ours."""


class Station:
    """Keeps engines registered, one after the other, until it is told to stop."""

    def __init__(self, http: aiohttp.ClientSession, settings: EngineSettings) -> None:
        self.http = http
        self.settings = settings
        self.stopping: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._load = Load()
        self._is_draining = False

    def stop(self) -> None:
        """Begin to stop."""
        if not self.stopping.done():
            self.stopping.set_result(None)

    @property
    def is_stopping(self) -> bool:
        """Whether the end has begun."""
        return self.stopping.done()

    def endpoint(self, url: str, key: SecretStr) -> Endpoint:
        """Return the edge towards an engine."""
        return Endpoint(self.http, url, key, self.settings.answer_seconds)

    async def pause(self, seconds: float, engine: Engine | None = None) -> None:
        """Wait, but not beyond the beginning of the end. Raises EngineFailed when the engine ends meanwhile."""
        waited = [self.stopping, *([engine.ended] if engine else [])]
        await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if engine and engine.ended.done():
            raise EngineFailed(engine.ended.result())

    async def until_well(self, engine: Engine) -> None:
        """Wait until the engine is well, or the end begins."""
        while not self.is_stopping and await engine.endpoint.health() is not Health.WELL:
            await self.pause(min(self.settings.look_seconds, QUICK_LOOK_SECONDS * 5), engine)

    async def serve(self, engine: Engine, *, drains: bool = False) -> None:
        """Keep the engine registered until the end begins, and, if it drains, until nobody waits for an answer.

        Raises EngineFailed, no longer registered, when it fails.
        """
        self._load = await engine.endpoint.load() or Load()
        told = self.settings
        registration = Registration(
            engine.card, told.controllers, told.key, pulse=self._pulse, beat_seconds=told.beat_seconds
        )
        try:
            async with registration.kept(self.http):
                log.info("%s is well and serves %s", engine.card.id, ", ".join(engine.card.models))
                missed = 0
                while not self.is_stopping:
                    await self.pause(self.settings.look_seconds, engine)
                    missed = await self._look(engine, missed)
                if drains:
                    self._is_draining = True
                    await registration.tell()
                    await self._drain(engine)
        except EngineFailed:
            # A process that ends stops answering first: how it ended is the better reason.
            await self.pause(NEWS_SECONDS, engine)
            raise

    def _pulse(self) -> Heartbeat:
        return self._load.heartbeat(is_draining=self._is_draining)

    async def _look(self, engine: Engine, missed: int) -> int:
        """Ask how the engine is; return how many questions in a row it has not answered now."""
        match await engine.endpoint.health():
            case Health.WELL:
                self._load = await engine.endpoint.load() or self._load
                return 0
            case Health.SILENT if missed + 1 < self.settings.misses:
                return missed + 1
            case Health.SILENT:
                raise EngineFailed("does not answer any more")
            case Health.ILL:
                raise EngineFailed("is not well")

    async def _drain(self, engine: Engine) -> None:
        """Wait until nobody waits for an answer, or for as long as answers may take to end."""
        clock = asyncio.get_running_loop()
        until = clock.time() + self.settings.drain_seconds
        idle = 0
        # A request may have been under way when the controllers let go: one quiet look is not enough.
        while idle < 3 and clock.time() < until:
            load = await engine.endpoint.load()
            self._load = load or self._load
            idle = idle + 1 if load is None or load.is_idle else 0
            await asyncio.wait([engine.ended], timeout=QUICK_LOOK_SECONDS)
            if engine.ended.done():
                return
