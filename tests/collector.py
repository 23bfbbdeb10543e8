"""A collector of OpenTelemetry traces: takes them over HTTP as the real ones do, and says what it was sent."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Sent:
    """One span, as it arrived."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Any]
    events: tuple[str, ...]
    is_error: bool


@dataclass
class Collector:
    """What arrived so far."""

    url: str = ""
    spans: list[Sent] = field(default_factory=list[Sent])
    raw: bytes = b""
    paths: set[str] = field(default_factory=set[str])
    hangs: bool = False
    """Takes what is sent, and never answers."""
    asked: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    _more: threading.Condition = field(default_factory=threading.Condition)

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        with self._more:
            self.raw += body
            for resource in request.resource_spans:
                service = _values(resource.resource.attributes)["service.name"]
                self.spans += [_sent(service, each) for scope in resource.scope_spans for each in scope.spans]
            self._more.notify_all()

    def named(self, name: str) -> list[Sent]:
        return [span for span in self.spans if span.name == name]

    def wait_for(self, *names: str, seconds: float = 30) -> None:
        """Wait until spans of all these names have come."""
        with self._more:
            all_came = self._more.wait_for(lambda: {*names} <= {span.name for span in self.spans}, seconds)
        assert all_came, sorted({span.name for span in self.spans})

    def parent(self, span: Sent) -> Sent | None:
        return next((each for each in self.spans if each.span_id == span.parent_id), None)

    def way_to(self, span: Sent) -> list[str]:
        """Return the services and names from the beginning of a trace to a span."""
        parent = self.parent(span)
        return [*(self.way_to(parent) if parent else []), f"{span.service} {span.name}"]


def _sent(service: str, span: Any) -> Sent:
    return Sent(
        service=service,
        name=span.name,
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        attributes=_values(span.attributes),
        events=tuple(event.name for event in span.events),
        is_error=span.status.code == 2,
    )


def _values(attributes: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


@contextmanager
def a_collector(*, hangs: bool = False) -> Generator[Collector]:
    """Collect while inside."""
    collector = Collector(hangs=hangs)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            collector.asked.set()
            collector.paths.add(self.path)
            if collector.hangs:
                collector.released.wait()
                return
            if self.path == "/v1/traces":
                collector.take(body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the signature is the library's)
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield collector
    finally:
        collector.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
