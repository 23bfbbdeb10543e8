"""The gateway's model list. What models are asked is answered in `controller.gateway.door`."""

from fastapi import APIRouter, Request

from arena.api_key import KeyScope
from controller.accounts.callers import Caller
from controller.gateway.cards import model_card, model_cards
from controller.routes.needs import Wired, peer

router = APIRouter(prefix="/v1")


async def _caller(request: Request, wired: Wired) -> Caller:
    caller = await wired.callers.identify(request.headers, peer(request))
    caller.require(KeyScope.MODELS)
    return caller


@router.api_route("/models", methods=["GET", "HEAD"])
async def models(request: Request, wired: Wired) -> dict[str, object]:
    """List the models that the caller may use."""
    return model_cards(wired, await _caller(request, wired))


@router.api_route("/models/{name:path}", methods=["GET", "HEAD"])
async def model(request: Request, wired: Wired, name: str) -> dict[str, object]:
    """Return one model."""
    return model_card(wired, await _caller(request, wired), name)
