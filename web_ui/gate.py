"""What stands before Gradio: only what the page itself asks for passes."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from arena.errors import AccessError, ArenaError, MethodNotAllowed, NotFound
from web_ui.problems import problem_response

OURS = ("/visitor/", "/health/")
READ = ("/assets/", "/static/")
"""Folders that a browser may read from Gradio."""
READ_EXACTLY = frozenset({"/", "/theme.css", "/manifest.json", "/favicon.ico", "/robots.txt"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Gate:
    """Lets Gradio be read and nothing of it be called: its queue, uploads, files and proxies are not there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a problem."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "http":
            try:
                check_origin(scope)
                check_address(scope)
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
    if path not in READ_EXACTLY and not path.startswith(READ):
        raise NotFound
    if scope["method"] not in _SAFE:
        raise MethodNotAllowed
