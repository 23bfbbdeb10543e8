"""Workers register, beat and leave."""

import time

from fastapi import APIRouter, Depends

from arena.worker import Heartbeat, WorkerCard
from controller.allowed_addresses import check_address
from controller.routes.needs import Wired, worker_key

router = APIRouter(dependencies=[Depends(worker_key)])


@router.post("/workers", status_code=204)
async def register(wired: Wired, card: WorkerCard) -> None:
    """Take a worker into the pool."""
    check_address(card.url, wired.settings.allowed_networks)
    wired.pool.register(card, time.monotonic())


@router.post("/workers/{key}/heartbeat", status_code=204)
async def beat(wired: Wired, key: str, heartbeat: Heartbeat) -> None:
    """Take a proof of life; 404 asks the worker to register again."""
    wired.pool.beat(key, heartbeat, time.monotonic())


@router.delete("/workers/{key}", status_code=204)
async def leave(wired: Wired, key: str) -> None:
    """Take a worker out of the pool. Its streams go on to their end."""
    wired.pool.leave(key)
