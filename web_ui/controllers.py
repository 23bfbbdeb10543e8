"""Asks one of several controllers, and another one in its place: never twice what may not be done twice."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import aiohttp

from arena.errors import ArenaError, ShuttingDown
from web_ui.standing import Standing

logger = logging.getLogger(__name__)

T = TypeVar("T")

FOREIGN_ERRORS = (aiohttp.ClientError, TimeoutError, ConnectionError)
"""What the HTTP client raises when a controller is not there, breaks off or falls silent."""
_UNSENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
"""Those after which a controller surely has heard nothing."""
LOOK_SECONDS = 2.0
"""How often it is looked who is well, and how long an answer to that may take."""


class Unheard(Exception):
    """A controller may have done what it was asked for, or not: it broke off before it answered."""


class Controllers:
    """Keeps to the first controller that answers; asks the next one when it is gone, going down, or has no workers."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._standing = Standing(urls)

    async def ask(
        self,
        attempt: Callable[[str], Awaitable[T]],
        *,
        may_repeat: bool,
        goes_on: Callable[[ArenaError], bool] = lambda _: False,
    ) -> T:
        """Return what `attempt` brings from the first controller that can be asked at its URL.

        An attempt that may not be repeated raises `Unheard` once a controller may have heard it. A refusal is raised,
        but for one after which another controller is asked as well: `ShuttingDown`, and those that `goes_on` names.
        """
        refusal: ArenaError | None = None
        for url in self._standing.order():
            try:
                return await attempt(url)
            except FOREIGN_ERRORS as error:
                self._failed(url)
                if not may_repeat and not isinstance(error, _UNSENT):
                    raise Unheard from error
            except ShuttingDown:
                self._failed(url)
            except ArenaError as error:
                if not goes_on(error):
                    raise
                refusal = refusal or error
        raise refusal or ShuttingDown

    @asynccontextmanager
    async def watched(self, http: aiohttp.ClientSession) -> AsyncGenerator[None]:
        """Look now and then who is well while inside; one alone needs no looking after."""
        urls = self._standing.urls
        looking = [asyncio.create_task(self._watch(http, url)) for url in urls] if len(urls) > 1 else []
        try:
            yield
        finally:
            for task in looking:
                task.cancel()
            await asyncio.gather(*looking, return_exceptions=True)

    async def _watch(self, http: aiohttp.ClientSession, url: str) -> None:
        while True:
            if await _can_serve(http, url):
                before = self._standing.asked
                self._standing.seen_well(url, time.monotonic())
                self._say(before)
            else:
                self._failed(url)
            await asyncio.sleep(LOOK_SECONDS)

    def _failed(self, url: str) -> None:
        before = self._standing.asked
        self._standing.failed(url)
        self._say(before)

    def _say(self, before: str) -> None:
        if self._standing.asked != before:
            logger.warning("Controller %s is asked from now on, and no longer %s", self._standing.asked, before)


async def _can_serve(http: aiohttp.ClientSession, url: str) -> bool:
    """Whether a controller lives, and has workers."""
    timeout = aiohttp.ClientTimeout(total=LOOK_SECONDS)
    try:
        async with http.get(f"{url}/health/ready", timeout=timeout) as response:
            return response.status == 200
    except FOREIGN_ERRORS:
        return False
