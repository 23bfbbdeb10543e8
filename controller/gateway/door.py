"""Where `/v1` is entered: in front of the routes, because every step there costs as much as many words of a stream."""

from collections.abc import MutableMapping
from typing import Any, NamedTuple

from starlette.datastructures import Headers

from arena.asgi import BodyLimit, Receive
from arena.errors import ArenaError, BodyTooLarge, MethodNotAllowed, NotFound, ShuttingDown
from arena.model import ModelKind
from arena.settings import AsgiApp
from arena.telemetry import REQUEST_HEADER, request_id
from controller.event_stream import Scope, Send
from controller.gateway.cards import ADDRESSES
from controller.gateway.relay import relay
from controller.problems import respond_as_openai
from controller.services import Services

PREFIX = "/v1/"
MODELS = "/v1/models"
NAME = REQUEST_HEADER.encode()


class Place(NamedTuple):
    """What log lines and traces call a route."""

    path: str


KINDS: dict[str, tuple[ModelKind, Place]] = {path: (kind, Place(path)) for kind, path in ADDRESSES.items()}


class Door:
    """Asks models for whoever may; leaves the model list to the routes. Every answer names its request."""

    def __init__(self, app: AsgiApp, body_limit: int) -> None:
        self._app = app
        self._limited = BodyLimit(_ask, body_limit, _refuse)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        chosen = request_id(headers.get(REQUEST_HEADER)).encode()
        has_begun = False

        async def named(message: MutableMapping[str, Any]) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                message = {**message, "headers": [*message.get("headers", ()), (NAME, chosen)]}
            await send(message)

        try:
            await self._app_of(scope)(scope, receive, named)
        except ArenaError as error:
            if has_begun:
                raise
            await respond_as_openai(error)(scope, receive, named)
        except Exception:
            if not has_begun:
                await respond_as_openai(ArenaError())(scope, receive, named)
            raise

    def _app_of(self, scope: Scope) -> AsgiApp:
        """Return what answers at this address. Raises `NotFound`, `MethodNotAllowed`."""
        path, method = scope["path"], scope["method"]
        if path in KINDS:
            if method != "POST":
                raise MethodNotAllowed
            return self._limited
        if path != MODELS and not path.startswith(MODELS + "/"):
            raise NotFound
        if method not in {"GET", "HEAD"}:
            raise MethodNotAllowed
        return self._app


async def _ask(scope: Scope, receive: Receive, send: Send) -> None:
    """Let a model answer."""
    services: Services | None = scope.get("state", {}).get("services")
    if services is None:
        raise ShuttingDown
    kind, scope["route"] = KINDS[scope["path"]]
    caller = await services.callers.identify(Headers(scope=scope), (scope.get("client") or ("",))[0])
    body = await _body(receive)
    if body is not None:
        await relay(services, caller, body, kind)(scope, receive, send)


async def _body(receive: Receive) -> bytes | None:
    """Read the request's body; None if the client has left in the middle of it."""
    message = await receive()
    pieces: list[bytes] = [message.get("body", b"")]
    while message.get("more_body", False):
        message = await receive()
        pieces.append(message.get("body", b""))
    return None if message["type"] == "http.disconnect" else b"".join(pieces)


async def _refuse(send: Send) -> None:
    response = respond_as_openai(BodyTooLarge())
    headers = [*response.raw_headers, (b"connection", b"close")]  # what is left of the body is not read
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
