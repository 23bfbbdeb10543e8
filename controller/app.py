"""Builds the controller."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI

from arena.asgi import AT_ONCE, BodyLimit
from arena.settings import AsgiApp
from controller import problems
from controller.accounts.bookkeeping import books_kept
from controller.beats import Beats
from controller.config import ControllerSettings
from controller.gateway.door import Door
from controller.outage_recovery import Recovery, prepared
from controller.pool.answering import Ask
from controller.reloading import Reloading
from controller.routes import admin, health, openai, visitors, workers
from controller.running import RunningTurns
from controller.services import Services, wire
from controller.upstream.client import open_upstream
from logging_store.ledger import Ledger, open_ledger
from logging_store.naming import held

logger = logging.getLogger(__name__)

BODY_LIMIT = 20_000_000
"""Bytes: images travel inside Chat Completions."""
SWEEP_SECONDS = 1.0


def create_app(
    settings: ControllerSettings,
    *,
    running: RunningTurns | None = None,
    ask: Ask | None = None,
    opening: Callable[..., AbstractAsyncContextManager[Ledger]] = open_ledger,
    reloading: Reloading | None = None,
) -> AsgiApp:
    """Return the controller.

    `running` lets the caller stop all turns; `ask` takes the place of the workers, `opening` that of the ledger's own;
    `reloading` reads the configuration again, without it there is nothing else to read.
    """
    again = reloading or Reloading(lambda: settings)
    turns = RunningTurns() if running is None else running  # an empty one is falsy

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[dict[str, Any]]:
        async with (
            opening(
                settings.store_url, key=settings.chain_key.get_secret_value().encode(), writer=settings.name
            ) as ledger,
            held(ledger.database, settings.name),
            prepared(settings, ledger) as outage,
            open_upstream(settings.allowed_networks, settings.connect_seconds) as upstream,
        ):
            lost = await ledger.lose_open_turns(settings.name, time.time())
            if lost:
                logger.warning("Turns that were cut off when this controller ended last are marked lost: %d", lost)
            services = wire(settings, outage, upstream, turns, ask, again)
            async with books_kept(services.spending, services.callers):
                async with (
                    _sweeping(services),
                    again.heeded(services.configured),
                    services.stopping.neighbours.watched(),
                    services.stopping.heeded(),
                    Recovery(outage, services.metrics).watched(),
                ):
                    yield {"services": services, AT_ONCE: Beats(services)}
                turns.shut_down()
                await turns.settle()

    app = FastAPI(title="Chat arena controller", lifespan=lifespan, docs_url=None, redoc_url=None)
    problems.install(app)
    for module in (visitors, workers, health, openai, admin):
        app.include_router(module.router)
    app.add_middleware(BodyLimit, limit=BODY_LIMIT)
    return Door(app, BODY_LIMIT)


@contextlib.asynccontextmanager
async def _sweeping(services: Services) -> AsyncGenerator[None]:
    async def sweep() -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            services.chats.unlogged.sweep()
            for worker_id in services.pool.forget_silent(time.monotonic()):
                services.metrics.fell_silent(1)
                logger.warning("Worker %s has fallen silent and left the pool", worker_id)

    task = asyncio.create_task(sweep())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
