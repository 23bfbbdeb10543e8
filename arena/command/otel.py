"""Spans by OpenTelemetry's SDK. Imported only where traces are sent."""

import asyncio
import logging
import threading
from collections.abc import Sequence

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span as SdkSpan
from opentelemetry.trace import SpanKind, StatusCode, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from arena.errors import ArenaError
from arena.telemetry import TRACE_HEADER, Attributes, Kind, Span

log = logging.getLogger(__name__)

SEND_SECONDS = 3.0
"""A collector gets so long for one batch, however often it is tried."""
GOODBYE_SECONDS = 1.5
"""For so long the end waits for what is still to be sent: a supervisor waits three seconds for everything."""
_KINDS: dict[Kind, SpanKind] = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
}


class OtelTracing:
    """Satisfies `arena.command.tracing.Tracing`. Sends from a thread of its own; what a slow collector misses is lost.

    Samplers, limits, headers and batch sizes are OpenTelemetry's own variables.
    """

    def __init__(self, address: str, process: str) -> None:
        # The SDK would tell of each failed batch, and quote the collector: we say once that it is gone.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        resource = Resource.create({"service.name": f"arena-{process}", "service.namespace": "arena"})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        sender = OTLPSpanExporter(endpoint=address, timeout=SEND_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(_TellingOnce(sender)))
        self._tracer = self._provider.get_tracer("arena")
        self._propagator = TraceContextTextMapPropagator()

    def begin(self, name: str, attributes: Attributes, traceparent: str | None = None) -> "OtelSpan":
        """Begin a request's span: within its caller's, if that stated one in W3C's form, else the first of a trace."""
        stated = {TRACE_HEADER: traceparent} if traceparent else {}
        within = self._propagator.extract(stated, Context())
        return OtelSpan(self._tracer, self._tracer.start_span(name, within, SpanKind.SERVER, attributes))

    def close(self) -> None:
        """Send what is left. A collector that does not answer is not waited for."""
        goodbye = threading.Thread(target=self._provider.shutdown, daemon=True)
        goodbye.start()
        goodbye.join(GOODBYE_SECONDS)


class OtelSpan:
    """Satisfies `arena.command.tracing.ServerSpan`."""

    def __init__(self, tracer: Tracer, span: SdkSpan) -> None:
        self._tracer = tracer
        self._span = span

    @property
    def trace_id(self) -> str:
        """32 hex digits."""
        return f"{self._span.get_span_context().trace_id:032x}"

    @property
    def span_id(self) -> str:
        """16 hex digits."""
        return f"{self._span.get_span_context().span_id:016x}"

    @property
    def traceparent(self) -> str:
        """In W3C's form, version 00."""
        return f"00-{self.trace_id}-{self.span_id}-{self._span.get_span_context().trace_flags:02x}"

    def child(self, name: str, kind: Kind, attributes: Attributes) -> Span:
        """Begin a piece of work within this one."""
        within = set_span_in_context(self._span, Context())
        return OtelSpan(self._tracer, self._tracer.start_span(name, within, _KINDS[kind], attributes))

    def rename(self, name: str) -> None:
        """Give it another name."""
        self._span.update_name(name)

    def note(self, attributes: Attributes) -> None:
        """Say more about this work. With an `error.type` it has failed."""
        self._span.set_attributes(dict(attributes))
        if "error.type" in attributes:
            self._span.set_status(StatusCode.ERROR)

    def event(self, name: str) -> None:
        """Say that something has happened now."""
        self._span.add_event(name)

    def end(self, error: BaseException | None = None) -> None:
        """End this work; an error is told by its code or class alone."""
        if isinstance(error, asyncio.CancelledError | GeneratorExit):
            self._span.set_attribute("arena.cancelled", value=True)
        elif error is not None:
            self.note({"error.type": error.code if isinstance(error, ArenaError) else type(error).__name__})
        self._span.end()


class _TellingOnce(SpanExporter):
    """Says when the collector stops taking spans, and when it takes them again."""

    def __init__(self, sender: SpanExporter) -> None:
        self._sender = sender
        self._is_lost = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch."""
        result = self._sender.export(spans)
        is_lost = result is not SpanExportResult.SUCCESS
        if is_lost != self._is_lost:
            log.warning("The collector does not take our traces" if is_lost else "The collector takes our traces again")
        self._is_lost = is_lost
        return result

    def shutdown(self) -> None:
        """Let go of the collector."""
        self._sender.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Return at once: nothing is kept here."""
        return self._sender.force_flush(timeout_millis)
