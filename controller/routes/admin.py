"""What the operator may see and do: workers, models, reading the configuration again."""

import time

from fastapi import APIRouter, Depends, Request

from arena.admin import ModelStates, Reloaded, WorkerStates
from controller.overview import model_states, worker_states
from controller.routes.needs import Wired, peer


async def operator(request: Request, wired: Wired) -> None:
    """Let nobody in without the operator's key or one with the scope `admin`, from wherever they call."""
    await wired.callers.admin(request.headers, peer(request))


router = APIRouter(prefix="/admin", dependencies=[Depends(operator)])


@router.get("/workers")
async def workers(wired: Wired) -> WorkerStates:
    """List the workers."""
    return worker_states(wired.pool, time.monotonic())


@router.post("/workers/{key}/drain", status_code=204)
async def drain(wired: Wired, key: str) -> None:
    """Send nothing new to a worker. Its streams go on, and it stays registered."""
    wired.pool.drain(key)


@router.post("/workers/{key}/undrain", status_code=204)
async def undrain(wired: Wired, key: str) -> None:
    """Send to a worker again."""
    wired.pool.undrain(key)


@router.get("/models")
async def models(wired: Wired) -> ModelStates:
    """List the models, secret ones too."""
    return model_states(wired.catalogue, wired.configured.revision)


@router.post("/reload")
async def reload(wired: Wired) -> Reloaded:
    """Read the configuration again; a broken one changes nothing."""
    return await wired.reloading.reload(wired.configured)
