"""Whether this process traces, and where its traces are sent. The SDK is loaded only if so."""

import os
from typing import Protocol
from urllib.parse import urlsplit

from arena.errors import SetupError
from arena.settings import TelemetrySection
from arena.telemetry import Attributes, Span

TRACES_PATH = "/v1/traces"
OF_LIBRARIES = {
    "FASTAPI_OTEL_AUTO_CONFIGURE": "false",
    "ANTHROPIC_OPEN_TELEMETRY": "false",
    "ANTHROPIC_OPEN_TELEMETRY_PROPAGATION": "false",
}
"""Libraries trace by themselves where these variables say so, with the texts of errors and what people said, and tell
vendors of our traces: ours are told not to."""


class ServerSpan(Span, Protocol):
    """The span of a request that this process answers."""

    def rename(self, name: str) -> None:
        """Give it the name that is known once the route is."""
        ...


class Tracing(Protocol):
    """Begins the spans of this process, and sends them."""

    def begin(self, name: str, attributes: Attributes, traceparent: str | None = None) -> ServerSpan:
        """Begin a request's span: within its caller's, if that stated one in W3C's form, else the first of a trace."""
        ...

    def close(self) -> None:
        """Send what is left. A collector that does not answer is not waited for."""
        ...


def start_tracing(telemetry: TelemetrySection, process: str) -> Tracing | None:
    """Return what traces this process; None where no collector is configured."""
    address = _address(telemetry)
    if not address:
        return None
    try:
        from arena.command.otel import OtelTracing  # noqa: PLC0415 (needs the extra)
    except ModuleNotFoundError as error:
        raise SetupError(
            f"telemetry.otlp_endpoint: traces need more packages: pip install 'chat-arena[telemetry]' ({error})"
        ) from error
    return OtelTracing(address, process)


def _address(telemetry: TelemetrySection) -> str:
    """Return where traces go, empty for nowhere. OpenTelemetry's own variables count where ours says nothing."""
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return ""
    ours = telemetry.otlp_endpoint.strip()
    exact = "" if ours else os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "").strip()
    base = ours or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").strip()
    address = exact or (base and base.rstrip("/").removesuffix(TRACES_PATH) + TRACES_PATH)
    if address and not _is_address(address):
        raise SetupError("telemetry.otlp_endpoint: is not an address such as http://127.0.0.1:4318")
    return address


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
