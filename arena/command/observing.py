"""Around every server of ours: each request gets an id, a span where traces are sent, and a log line where wanted."""

import logging
import time
from collections.abc import Generator, MutableMapping
from contextlib import contextmanager
from typing import Any

from arena.command.logs import ACCESS
from arena.command.tracing import ServerSpan, Tracing, start_tracing
from arena.settings import AsgiApp, TelemetrySection
from arena.telemetry import REQUEST_HEADER, TRACE_HEADER, UNTRACED, Untraced, begin_request

log = logging.getLogger(ACCESS)

UNTOLD = ("/health", "/metrics", "/workers", "/admin", "/assets/", "/static/")
"""Signs of life, measurements, the operator's questions, files: no traces or access lines of them."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LEFT = 499
"""Told as the status of a request that got no answer: nobody was there any more."""

PUBLIC = "web"
"""The process that visitors call. What a caller states of requests and traces is not believed there."""

Scope = MutableMapping[str, Any]


@contextmanager
def observed(app: AsgiApp, telemetry: TelemetrySection, process: str) -> Generator[AsgiApp]:
    """Watch a process's application while it serves; at the end, send what is left of its traces."""
    tracing = start_tracing(telemetry, process)
    try:
        yield Observed(app, tracing, has_access_log=telemetry.access_log, is_public=process == PUBLIC)
    finally:
        if tracing is not None:
            tracing.close()


class Observed:
    """Passes requests on to `app`. `is_public`: whoever calls is not believed about request ids and traces."""

    def __init__(self, app: AsgiApp, tracing: Tracing | None, *, has_access_log: bool, is_public: bool) -> None:
        self._app = app
        self._tracing = tracing
        self._has_access_log = has_access_log
        self._is_public = is_public

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given, traceparent = (None, None) if self._is_public else _stated(scope)
        is_told = not scope["path"].startswith(UNTOLD)
        if not is_told or (self._tracing is None and not self._has_access_log):
            begin_request(given, Untraced(traceparent) if traceparent else UNTRACED)
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "_OTHER"
        span = None
        if self._tracing is not None:
            span = self._tracing.begin(method, {"http.request.method": method}, traceparent)
        begin_request(given, span or Untraced(traceparent))
        await self._answer(scope, receive, send, Answer(method, span))

    async def _answer(self, scope: Scope, receive: Any, send: Any, answer: "Answer") -> None:
        async def noted(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
            await send(message)

        error: BaseException | None = None
        try:
            await self._app(scope, receive, noted)
        except BaseException as raised:
            error = raised
            raise
        finally:
            answer.end(scope, error)
            if self._has_access_log:
                log.info("%s %d %.3f s", answer.name(scope), answer.status, time.monotonic() - answer.began)


class Answer:
    """What is noted of a request while it is answered."""

    def __init__(self, method: str, span: ServerSpan | None) -> None:
        self.began = time.monotonic()
        self.status = LEFT
        self._method = method
        self._span = span

    def name(self, scope: Scope) -> str:
        """Return the method and the route's form: what is in an address itself may be a secret."""
        route = _route(scope)
        return f"{self._method} {route}" if route else self._method

    def end(self, scope: Scope, error: BaseException | None) -> None:
        """End the span, if there is one."""
        if self._span is None:
            return
        if route := _route(scope):
            self._span.rename(f"{self._method} {route}")
            self._span.note({"http.route": route})
        self._span.note({"http.response.status_code": self.status})
        self._span.end(error)


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "")


def _stated(scope: Scope) -> tuple[str | None, str | None]:
    """Return what a caller states as its request's id and its trace."""
    found = {name: value.decode("latin-1") for name, value in scope["headers"] if name in _STATED}
    return found.get(_STATED[0]), found.get(_STATED[1])


_STATED = (REQUEST_HEADER.encode(), TRACE_HEADER.encode())
