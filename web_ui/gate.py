"""What stands before Gradio: only what the page itself asks for passes."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from arena.errors import AccessError, ArenaError, BodyTooLarge, MalformedJson, MethodNotAllowed, NotFound, RequestError
from web_ui.problems import problem_response

OURS = ("/visitor/", "/health/")
READ = ("/assets/", "/static/", "/gradio_api/heartbeat/")
"""Folders that a browser may read from Gradio."""
READ_EXACTLY = frozenset({"/", "/theme.css", "/manifest.json", "/favicon.ico", "/robots.txt", "/gradio_api/app_id"})
CALL = "/gradio_api/run/predict"
"""The one address through which the page calls its handlers. Gradio's queue is not used."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Gate:
    """Lets through what the page itself sends. Gradio's uploads, files, proxies and queue are not there."""

    def __init__(self, app: ASGIApp, handlers: Mapping[int, int]) -> None:
        self._app = app
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a problem."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            check_origin(scope)
            check_address(scope)
            if scope["path"] == CALL:
                body = await _whole(receive)
                check_call(body, self._handlers)
                receive = _again(body, receive)
        except BodyTooLarge:
            raise
        except ArenaError as error:
            await problem_response(error)(scope, receive, send)
            return
        if scope["path"] == "/":
            # The page takes no parameters; Gradio would read `deep_link` and `page` from here.
            scope = {**scope, "query_string": b""}
        await self._app(scope, receive, send)


def check_origin(scope: Scope) -> None:
    """Refuse what another site makes a visitor's browser send. Browsers name the origin of every such request."""
    if scope["method"] in _SAFE:
        return
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        raise AccessError
    origin = headers.get("origin")
    if site is None and origin is not None and urlsplit(origin).netloc != headers.get("host"):
        raise AccessError


def check_address(scope: Scope) -> None:
    """Refuse what the page never asks for."""
    path: str = scope["path"]
    if path.startswith(OURS):
        return
    is_call = path == CALL
    if not (is_call or path in READ_EXACTLY or path.startswith(READ)):
        raise NotFound
    if scope["method"] not in ({"POST"} if is_call else _SAFE):
        raise MethodNotAllowed


def check_call(body: bytes, handlers: Mapping[int, int]) -> None:
    """Refuse a call that fits none of the handlers; `handlers` has the number of inputs of each, by its index."""
    try:
        call: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedJson from error
    index = call.get("fn_index") if isinstance(call, dict) else None
    data = call.get("data") if isinstance(call, dict) else None
    if not isinstance(index, int) or isinstance(index, bool) or index not in handlers:
        raise NotFound
    if not isinstance(data, list) or len(data) != handlers[index]:
        raise RequestError


async def _whole(receive: Receive) -> bytes:
    """Read a body; how long it may be has been decided before."""
    parts: list[bytes] = []
    is_more = True
    while is_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestError
        parts.append(message.get("body", b""))
        is_more = message.get("more_body", False)
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body that was read once more, then goes on."""
    waiting: list[Any] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
