"""The gateway: OpenAI's Chat Completions and model list."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from arena.api_key import KeyScope
from controller.callers import Caller
from controller.gateway import complete, model_card, model_cards
from controller.routes.needs import Wired, peer

router = APIRouter(prefix="/v1")


async def _caller(request: Request, wired: Wired, scope: KeyScope = KeyScope.MODELS) -> Caller:
    caller = await wired.callers.identify(request.headers, peer(request))
    caller.require(scope)
    return caller


@router.get("/models")
async def models(request: Request, wired: Wired) -> dict[str, object]:
    """List the models that the caller may use."""
    return model_cards(wired, await _caller(request, wired))


@router.get("/models/{name:path}")
async def model(request: Request, wired: Wired, name: str) -> dict[str, object]:
    """Return one model."""
    return model_card(wired, await _caller(request, wired), name)


@router.post("/chat/completions")
async def chat_completions(request: Request, wired: Wired) -> Response:
    """Answer as the model's worker does: fields that we do not know pass through untouched."""
    caller = await _caller(request, wired, KeyScope.CHAT)
    return complete(wired, caller, await request.body())
