"""Is it alive, can it serve, how much does it do."""

import time

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from arena.exposition import CONTENT_TYPE
from controller.measuring import measured
from controller.routes.needs import Wired, observer

router = APIRouter()

PROBES = ["GET", "HEAD"]
"""Load balancers ask in either way."""


@router.api_route("/health/live", methods=PROBES)
async def live() -> dict[str, str]:
    """Answer while the process runs."""
    return {"status": "alive"}


@router.api_route("/health/ready", methods=PROBES)
async def ready(wired: Wired) -> Response:
    """Say 200 when at least one worker serves, else 503; with how many models can be reached and can be drawn.

    A ledger that is away is told beside it: pages still have somebody to explain it to their visitors.
    """
    counts = {"models": len(wired.catalogue.reachable()), "battle_models": len(wired.catalogue.battle_weights())}
    outage = wired.outage
    away = {"ledger": "away", "spooled_turns": outage.ledger.spool.waiting} if outage.watch.is_away else {}
    return JSONResponse(counts | away, status_code=200 if counts["models"] else 503)


@router.get("/metrics", dependencies=[Depends(observer)])
async def metrics(wired: Wired) -> Response:
    """Return the metrics in Prometheus's text format."""
    return Response(measured(wired, time.monotonic()), media_type=CONTENT_TYPE)
