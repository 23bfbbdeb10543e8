"""Supervises `vllm serve`: starts it, watches it, and starts it again when it fails."""

import asyncio
import contextlib
import logging
import os
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from arena.errors import SetupError
from arena.worker import WorkerCard
from model_worker.engine.command_line import Wanted
from model_worker.engine.config import EngineSettings
from model_worker.engine.process import EngineProcess, started
from model_worker.engine.station import Engine, EngineFailed, Station

log = logging.getLogger(__name__)

WRONG_COMMAND_LINE = 2
"""The exit code by which vLLM, like most programs, says that it does not understand its flags."""


@dataclass(frozen=True)
class Seat:
    """Where the engine listens, and where it is reached."""

    host: str
    free_port: Callable[[], int]
    """Asked before each start."""
    url: str = ""
    """Where controllers reach it; worked out from host and port when empty."""

    def address(self, port: int) -> str:
        """Return the engine's address for those who call it."""
        return self.url or self.near(port)

    def near(self, port: int) -> str:
        """Return the address under which this machine reaches it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 (recognised, not bound)
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def restart_delay(previous: float, served: float, settings: EngineSettings) -> float:
    """Return how many seconds to wait before the next start, given the last wait and how long the engine served."""
    if previous == 0 or served >= settings.well_seconds:
        return settings.restart_seconds
    return min(previous * 2, settings.longest_restart_seconds)


class Vllm:
    """One model, served by a vLLM of our own."""

    def __init__(
        self, station: Station, wanted: Wanted, seat: Seat, program: str, hear: Callable[[bytes], object]
    ) -> None:
        self._station = station
        self._settings = station.settings
        self._wanted = wanted
        self._seat = seat
        self._program = program
        self._hear = hear
        self._id = f"vllm-{secrets.token_hex(4)}"
        self._served_since: float | None = None
        self._has_served = False

    async def keep(self) -> None:
        """Keep the engine running until the station stops. Raises SetupError if it does not take its flags."""
        clock = asyncio.get_running_loop()
        delay = 0.0
        while not self._station.is_stopping:
            self._served_since = None
            try:
                await self._run_once()
            except (EngineFailed, OSError) as failure:
                if self._station.is_stopping:
                    return
                served = 0.0 if self._served_since is None else clock.time() - self._served_since
                delay = restart_delay(delay, served, self._settings)
                log.warning("vLLM for %s %s; starting it again in %g s", self._wanted.name, failure, delay)
                await self._station.pause(delay)

    async def _run_once(self) -> None:
        """Run one engine to its end: asked for (then return), or not (then EngineFailed)."""
        port = self._seat.free_port()
        key = SecretStr(secrets.token_urlsafe(32))
        command = self._wanted.command(self._program, self._seat.host, port)
        log.info("starting vLLM for %s at %s", self._wanted.name, self._seat.near(port))
        environment = self._wanted.environment(os.environ, key)
        async with started(command, environment, self._hear) as process:
            engine = self._engine(process, port, key)
            async with self._telling_why(process):
                await self._until_well(engine, process)
            if self._station.is_stopping:
                return
            self._served_since, self._has_served = asyncio.get_running_loop().time(), True
            await self._station.serve(engine, drains=True)
            process.ask_to_end()
            await asyncio.wait([process.ended], timeout=self._settings.end_seconds)

    def _engine(self, process: EngineProcess, port: int, key: SecretStr) -> Engine:
        ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        process.ended.add_done_callback(lambda _: ended.set_result(process.ending()))
        card = WorkerCard(
            id=self._id,
            url=self._seat.address(port),
            models=(self._wanted.name,),
            slots=self._wanted.total_slots,
            key=key,
        )
        return Engine(card, self._station.endpoint(self._seat.near(port), key), ended)

    async def _until_well(self, engine: Engine, process: EngineProcess) -> None:
        reporting = asyncio.create_task(self._report(process))
        try:
            async with asyncio.timeout(self._settings.start_seconds):
                await self._station.until_well(engine)
        except TimeoutError as error:
            raise EngineFailed(f"is not well {self._settings.start_seconds:g} s after its start") from error
        finally:
            reporting.cancel()

    async def _report(self, process: EngineProcess) -> None:
        """Say now and then how far the start is, in vLLM's own words. No visitor has said anything to it yet."""
        seconds = 0.0
        while True:
            await asyncio.sleep(self._settings.report_seconds)
            seconds += self._settings.report_seconds
            last = self._wanted.without_secrets(process.tail[-1]) if process.tail else "nothing yet"
            log.info("vLLM for %s is starting (%g s); it said last: %s", self._wanted.name, seconds, last)

    @asynccontextmanager
    async def _telling_why(self, process: EngineProcess) -> AsyncGenerator[None]:
        """Where a start fails, repeat what vLLM said last: nothing yet that visitors wrote."""
        try:
            yield
        except EngineFailed as failure:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await process.heard.wait()
            for line in process.tail:
                log.warning("vllm | %s", self._wanted.without_secrets(line))
            if process.ended.done() and process.ended.result() == WRONG_COMMAND_LINE and not self._has_served:
                said = process.tail[-1] if process.tail else "nothing"
                raise SetupError(f"vLLM does not take its command line: {said}") from failure
            raise
