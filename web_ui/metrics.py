"""What the page counts: requests by kind and status, streams that are open. Told to nobody but the operator."""

import asyncio

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arena.addresses import is_allowed, is_near
from arena.exposition import CONTENT_TYPE, Family, exposition
from arena.settings import Network

STREAMS = ("/visitor/battles/", "/visitor/conversations/")
ACTIONS = "/visitor/"
FILES = ("/assets/", "/static/")
LEFT = "left"
"""Told in place of a status where the visitor went before the end."""


def kind_of(path: str) -> str:
    """Return what a request is for: one of five words."""
    if path.startswith(STREAMS):
        return "stream"
    if path.startswith(ACTIONS):
        return "action"
    if path.startswith(FILES):
        return "file"
    return "page" if path == "/" else "other"


class Counted:
    """Counts what passes to the page, and tells it at `/metrics` to those who are near."""

    def __init__(self, app: ASGIApp, observers: tuple[Network, ...], proxies: tuple[Network, ...]) -> None:
        self._app = app
        self._observers = observers
        self._proxies = proxies
        self._requests = Family(
            "arena_page_requests_total", "counter", "Requests, by kind and class of their status", ("kind", "status")
        )
        self._streams = Family("arena_page_open_streams", "gauge", "Answers on their way to visitors now")
        self._streams.add(n=0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == "/metrics" and self._is_observer(scope):
            text = exposition((self._requests, self._streams))
            await Response(text, media_type=CONTENT_TYPE)(scope, receive, send)
        else:
            await self._count(scope, receive, send)

    def _is_observer(self, scope: Scope) -> bool:
        """What a trusted proxy passes on is the visitors', also where it adds no header that says so."""
        peer: str = (scope.get("client") or ("",))[0]
        return is_near(Headers(scope=scope), peer, self._observers) and not is_allowed(peer, self._proxies)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind, status = kind_of(scope["path"]), LEFT

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = f"{message['status'] // 100}xx"
            await send(message)

        streams = int(kind == "stream")
        self._streams.add(n=streams)
        try:
            await self._app(scope, receive, noted)
        except asyncio.CancelledError:
            status = LEFT
            raise
        except Exception:
            status = "5xx"
            raise
        finally:
            self._streams.add(n=-streams)
            self._requests.add(kind, status)
