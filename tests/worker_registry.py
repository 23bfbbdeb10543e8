"""What workers see of a controller: it knows them, counts their beats, and forgets them when it is restarted."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from arena.error_wire import to_problem
from arena.errors import ArenaError, UnknownWorker, WrongKey
from arena.worker import Heartbeat, WorkerCard

WORKER_KEY = "a key of the workers, for tests only"


class WorkerRegistry:
    """Keeps cards until it is stopped; says what it hears."""

    def __init__(self) -> None:
        self.port = 0
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.cards: dict[str, WorkerCard] = {}
        self.busy: list[int] = []
        self._beats: asyncio.Queue[Heartbeat] = asyncio.Queue()
        self.key = WORKER_KEY
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/workers", self._answering(self._register))
        app.router.add_post("/workers/{id}/heartbeat", self._answering(self._beat))
        app.router.add_delete("/workers/{id}", self._answering(self._forget))
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        self.cards.clear()
        if self._runner is not None:
            await self._runner.cleanup()

    async def hears(self, wanted: str) -> None:
        """Wait until something is said; what else is said before is passed over."""
        async with asyncio.timeout(20):
            while await self.said.get() != wanted:
                pass

    async def beat(self) -> Heartbeat:
        """Wait for the next heartbeat."""
        return await asyncio.wait_for(self._beats.get(), 20)

    def _answering(
        self, work: Callable[[web.Request], Awaitable[None]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            try:
                if request.headers.get("authorization") != f"Bearer {self.key}":
                    raise WrongKey
                await work(request)
            except ArenaError as error:
                self.said.put_nowait(error.code)
                return web.json_response(to_problem(error), status=error.status)
            return web.Response(status=204)

        return answer

    async def _register(self, request: web.Request) -> None:
        card = WorkerCard.model_validate_json(await request.read())
        self.cards[card.id] = card
        self.said.put_nowait("registered")

    async def _beat(self, request: web.Request) -> None:
        if request.match_info["id"] not in self.cards:
            raise UnknownWorker
        heartbeat = Heartbeat.model_validate_json(await request.read())
        self.busy.append(heartbeat.busy)
        self._beats.put_nowait(heartbeat)
        self.said.put_nowait("beat")

    async def _forget(self, request: web.Request) -> None:
        self.cards.pop(request.match_info["id"], None)
        self.said.put_nowait("gone")
