import logging

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from arena.command.observing import Observed
from arena.settings import AsgiApp
from arena.telemetry import Attributes, Span, current_request, current_span
from tests.unit.arena.test_telemetry import Noted

FORGED = f"00-{'a' * 32}-{'b' * 16}-01"


class NotedRequest(Noted):
    """A request's span that remembers what it was told."""

    def __init__(self, traceparent: str | None) -> None:
        super().__init__()
        self.within = traceparent

    def rename(self, name: str) -> None:
        self.name = name


class NotedTracing:
    """Satisfies `arena.command.tracing.Tracing`, and remembers the spans."""

    def __init__(self) -> None:
        self.begun: list[NotedRequest] = []

    def begin(self, name: str, attributes: Attributes, traceparent: str | None = None) -> NotedRequest:
        self.begun.append(NotedRequest(traceparent))
        return self.begun[-1]

    def close(self) -> None:
        pass


class Seen:
    """What an application finds when it answers."""

    def __init__(self) -> None:
        self.request = ""
        self.span: Span | None = None

    async def answer(self, request: Request) -> Response:
        self.request, self.span = current_request(), current_span()
        if "broken" in request.path_params["key"]:
            raise ValueError("what somebody said")
        return PlainTextResponse("ok")


def watched(seen: Seen, tracing: NotedTracing | None, *, is_public: bool = False, logged: bool = False) -> TestClient:
    app: AsgiApp = Starlette(routes=[Route("/battles/{key}", seen.answer), Route("/health/{key}", seen.answer)])
    observed = Observed(app, tracing, has_access_log=logged, is_public=is_public)
    return TestClient(observed, raise_server_exceptions=False)


def test_a_request_has_the_callers_id_and_is_part_of_its_trace():
    seen, tracing = Seen(), NotedTracing()
    watched(seen, tracing).get("/battles/k1", headers={"x-request-id": "r1", "traceparent": FORGED})

    (span,) = tracing.begun
    assert (seen.request, seen.span) == ("r1", span)
    assert (span.within, span.ends) == (FORGED, [None])
    assert span.attributes["http.response.status_code"] == 200


def test_the_public_is_not_believed_and_hears_nothing_of_either():
    seen, tracing = Seen(), NotedTracing()
    answer = watched(seen, tracing, is_public=True).get(
        "/battles/k", headers={"x-request-id": "r1", "traceparent": FORGED}
    )

    assert seen.request != "r1"
    assert tracing.begun[0].within is None
    assert seen.request not in str(answer.headers)
    assert not {"traceparent", "traceresponse", "tracestate", "server-timing", "x-request-id"} & set(answer.headers)


def test_signs_of_life_have_no_trace():
    seen, tracing = Seen(), NotedTracing()
    watched(seen, tracing).get("/health/live")

    assert tracing.begun == []
    assert seen.request


def test_where_nothing_is_traced_a_request_still_has_an_id():
    seen = Seen()
    watched(seen, None).get("/battles/k")

    assert len(seen.request) == 32


def test_and_passes_on_the_trace_that_a_caller_states():
    seen = Seen()
    watched(seen, None).get("/battles/k", headers={"traceparent": FORGED})
    assert seen.span is not None
    assert seen.span.traceparent == FORGED

    watched(seen, None, is_public=True).get("/battles/k", headers={"traceparent": FORGED})
    assert seen.span.traceparent == ""


def test_what_breaks_is_noted_with_its_status():
    seen, tracing = Seen(), NotedTracing()
    assert watched(seen, tracing).get("/battles/broken").status_code == 500

    (span,) = tracing.begun
    assert span.attributes["http.response.status_code"] == 500
    assert isinstance(span.ends[0], ValueError)


def test_the_access_log_tells_no_address(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "arena.access")
    client = watched(Seen(), None, logged=True)
    client.get("/battles/k1?text=secret")
    client.request("BREW", "/nowhere/secret")

    first, second = (record.getMessage() for record in caplog.records)
    assert first.startswith("GET /battles/{key} 200 0.0")
    assert second.startswith("_OTHER 404 0.0")
