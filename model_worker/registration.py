"""Registration: the worker tells every controller that it is there, that it still is, and when it leaves."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import aiohttp
from pydantic import SecretStr

from arena.error_wire import from_problem
from arena.errors import ArenaError, UnknownWorker, WorkerUnreachable
from arena.worker import BEAT_SECONDS, Heartbeat, WorkerCard

log = logging.getLogger(__name__)

FIRST_RETRY_SECONDS = 0.2
"""A controller may be starting beside us: the first tries are quick, the later ones once a beat."""
CALL_SECONDS = 3.0
LEAVE_SECONDS = 2.0


class Registration:
    """A worker's ties to its controllers. Each is told on its own, so that one that hangs delays no other."""

    def __init__(
        self,
        card: WorkerCard,
        controllers: Sequence[str],
        key: SecretStr,
        *,
        pulse: Callable[[], Heartbeat],
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        self._card = card
        self._controllers = controllers
        self._key = key
        self._pulse = pulse
        self._beat_seconds = beat_seconds
        self._leaving = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ties: list[_Tie] = []

    def leave(self) -> None:
        """Say goodbye to every controller. Safe to call from a signal handler or another thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._leaving.set)

    @asynccontextmanager
    async def kept(self, http: aiohttp.ClientSession) -> AsyncGenerator[None]:
        """Stay registered while inside; `leave` ends it earlier."""
        self._loop = asyncio.get_running_loop()
        self._ties = [_Tie(http, url, self._key, self._card) for url in self._controllers]
        ties = [asyncio.create_task(self._keep(tie)) for tie in self._ties]
        try:
            yield
        finally:
            self._leaving.set()
            if ties:
                _, late = await asyncio.wait(ties, timeout=LEAVE_SECONDS)
                for each in late:
                    each.cancel()
                await asyncio.wait(ties)
                for each in ties:
                    if not each.cancelled():
                        each.result()

    async def tell(self) -> None:
        """Beat now; return when every controller has heard it, or could not be reached."""
        await asyncio.gather(*(tie.beat(self._pulse()) for tie in self._ties))

    async def _keep(self, tie: "_Tie") -> None:
        retry = FIRST_RETRY_SECONDS
        while not self._leaving.is_set():
            await tie.beat(self._pulse())
            pause = self._beat_seconds if tie.is_registered else min(retry, self._beat_seconds)
            retry = FIRST_RETRY_SECONDS if tie.is_registered else retry * 2
            with suppress(TimeoutError):
                await asyncio.wait_for(self._leaving.wait(), pause)
        await tie.end()


class _Tie:
    """What binds a worker to one controller. Says once when that changes."""

    def __init__(self, http: aiohttp.ClientSession, controller: str, key: SecretStr, card: WorkerCard) -> None:
        self._http = http
        self._controller = controller.rstrip("/")
        self._headers = {"authorization": f"Bearer {key.get_secret_value()}", "content-type": "application/json"}
        self._card = card
        self._said = ""
        self.is_registered = False
        self._one_at_a_time = asyncio.Lock()

    async def beat(self, heartbeat: Heartbeat) -> None:
        """Register, or prove that we are alive. A failure is told in the log and mended at a later beat.

        A controller that has forgotten us while we drain is not asked to take us again.
        """
        async with self._one_at_a_time:
            await self._beat(heartbeat)

    async def _beat(self, heartbeat: Heartbeat) -> None:
        try:
            if self.is_registered:
                await self._prove(heartbeat)
            if not self.is_registered and not heartbeat.is_draining:
                await self._call("POST", "/workers", self._card.model_dump_json())
                self.is_registered = True
        except WorkerUnreachable:
            self._say("cannot be reached", logging.WARNING)
        except ArenaError as error:
            self._say(f"does not take us ({error.code})", logging.WARNING)
        else:
            self._say("knows us", logging.INFO)

    async def end(self) -> None:
        """Say goodbye, if we are known. A controller that cannot hear it will miss our beats."""
        if not self.is_registered:
            return
        self.is_registered = False
        try:
            await self._call("DELETE", f"/workers/{self._card.id}")
        except WorkerUnreachable:  # at the end of `arena up` it is always gone before us
            self._say("is gone already", logging.INFO)
        except ArenaError as error:
            self._say(f"did not hear our goodbye ({error.code})", logging.WARNING)
        else:
            self._say("let us go", logging.INFO)

    async def _prove(self, heartbeat: Heartbeat) -> None:
        try:
            await self._call("POST", f"/workers/{self._card.id}/heartbeat", heartbeat.model_dump_json())
        except UnknownWorker:
            self.is_registered = False

    async def _call(self, method: str, path: str, body: str | None = None) -> None:
        timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
        try:
            async with self._http.request(
                method,
                self._controller + path,
                data=body,
                headers=self._headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                if response.status >= 300:
                    raise from_problem(await response.json(content_type=None))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise WorkerUnreachable from error

    def _say(self, what: str, level: int) -> None:
        if what != self._said:
            log.log(level, "controller %s %s", self._controller, what)
            self._said = what
