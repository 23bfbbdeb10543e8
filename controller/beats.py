"""Workers' proofs of life, taken before the routes are searched: there are more of them than of anything else."""

import time
from collections.abc import MutableMapping
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import Headers

from arena.asgi import Receive
from arena.errors import ArenaError
from arena.settings import AsgiApp
from arena.worker import Heartbeat
from controller.access import require_key
from controller.services import Services

BEFORE, AFTER = "/workers/", "/heartbeat"
LONGEST = 10_000
"""Bytes; no proof of life is longer."""

Message = MutableMapping[str, Any]

TAKEN: tuple[Message, Message] = (
    {"type": "http.response.start", "status": 204, "headers": []},
    {"type": "http.response.body", "body": b""},
)


class Beats:
    """Takes a proof of life as the route would; with whatever is wrong, and with all else, it lets the routes deal."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Any) -> None:
        """Answer a proof of life that is right, pass everything else on."""
        worker_id = _worker_of(scope)
        if worker_id is None:
            await self._app(scope, receive, send)
            return
        first = await receive()
        if _is_taken(scope, worker_id, first):
            for message in TAKEN:
                await send(dict(message))
            return
        again: list[Message] = [first]

        async def replayed() -> Message:
            return again.pop() if again else await receive()

        await self._app(scope, replayed, send)


def _worker_of(scope: Message) -> str | None:
    """Return the id of the worker that may be beating here; None for every other request."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    path: str = scope["path"]
    if not (path.startswith(BEFORE) and path.endswith(AFTER)):
        return None
    worker_id = path[len(BEFORE) : -len(AFTER)]
    return None if not worker_id or "/" in worker_id else worker_id


def _is_taken(scope: Message, worker_id: str, message: Message) -> bool:
    services: Services | None = scope.get("state", {}).get("services")
    body: bytes = message.get("body", b"")
    if services is None or message["type"] != "http.request" or message.get("more_body") or len(body) > LONGEST:
        return False
    try:
        require_key(Headers(scope=scope), services.settings.worker_key)
        services.pool.beat(worker_id, Heartbeat.model_validate_json(body), time.monotonic())
    except (ArenaError, ValidationError):
        return False
    return True
