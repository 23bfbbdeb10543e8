import asyncio
import logging
import subprocess
import sys
import time
from pathlib import Path
from queue import SimpleQueue

import pytest

from arena.command.launch import Launcher
from arena.command.otel import OtelTracing
from arena.command.tracing import start_tracing
from arena.errors import SetupError, WorkerBroke
from arena.settings import TelemetrySection
from tests.collector import a_collector

THEIRS = f"00-{'a' * 32}-{'b' * 16}-01"


def to(endpoint: str) -> TelemetrySection:
    return TelemetrySection.model_construct(otlp_endpoint=endpoint)


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_SDK_DISABLED"):
        monkeypatch.delenv(name, raising=False)


def test_without_an_address_nothing_is_traced_and_no_sdk_loaded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "arena.command.otel", None)

    assert start_tracing(to(""), "controller") is None


def test_a_missing_extra_is_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "arena.command.otel", None)

    with pytest.raises(SetupError, match=r"pip install 'chat-arena\[telemetry\]'"):
        start_tracing(to("http://127.0.0.1:4318"), "controller")


@pytest.mark.parametrize("endpoint", ["localhost:4318", "http://", "grpc://x:1", "http://[::1"])
def test_what_is_no_address_is_one_line(endpoint: str):
    with pytest.raises(SetupError, match=r"telemetry\.otlp_endpoint"):
        start_tracing(to(endpoint), "controller")


@pytest.mark.parametrize(
    ("variable", "path"), [("OTEL_EXPORTER_OTLP_ENDPOINT", "/"), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "/v1/traces")]
)
def test_opentelemetrys_own_variables_count(monkeypatch: pytest.MonkeyPatch, variable: str, path: str):
    with a_collector() as collector:
        monkeypatch.setenv(variable, collector.url + path)
        tracing = start_tracing(to(""), "web")
        assert tracing is not None
        tracing.begin("GET /", {}).end()
        tracing.close()

        assert [span.service for span in collector.spans] == ["arena-web"]


def test_they_can_switch_it_off(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")

    assert start_tracing(to("http://127.0.0.1:4318"), "web") is None


def test_spans_arrive_with_their_parents_and_no_errors_text():
    with a_collector() as collector:
        tracing = OtelTracing(f"{collector.url}/v1/traces", "controller")
        request = tracing.begin("POST", {"http.request.method": "POST"}, THEIRS)
        attempt = request.child("attempt", "client", {"arena.worker": "w1"})
        attempt.event("first word")
        attempt.end(WorkerBroke("what somebody said"))
        left = request.child("turn", "internal", {})
        left.end(asyncio.CancelledError())
        request.rename("POST /battles/{key}/turns")
        request.end()
        tracing.close()

        (attempt_sent,) = collector.named("attempt")
        (request_sent,) = collector.named("POST /battles/{key}/turns")
        (left_sent,) = collector.named("turn")
        assert (request_sent.trace_id, request_sent.parent_id) == ("a" * 32, "b" * 16)
        assert collector.parent(attempt_sent) == request_sent
        assert attempt_sent.is_error
        assert attempt_sent.attributes == {"arena.worker": "w1", "error.type": "worker_broke"}
        assert attempt_sent.events == ("first word",)
        assert (left_sent.is_error, left_sent.attributes) == (False, {"arena.cancelled": True})
        assert b"somebody" not in collector.raw
        assert attempt.traceparent == f"00-{'a' * 32}-{attempt.span_id}-01"


@pytest.mark.parametrize("forged", ["", "x", f"00-{'0' * 32}-{'b' * 16}-01", f"ff-{'a' * 32}-{'b' * 16}-01"])
def test_what_is_no_trace_begins_a_new_one(forged: str):
    with a_collector() as collector:
        tracing = OtelTracing(f"{collector.url}/v1/traces", "controller")
        tracing.begin("POST", {}, forged).end()
        tracing.close()

        (span,) = collector.spans
        assert span.parent_id == ""
        assert span.trace_id not in {"a" * 32, "0" * 32}


class _Heard(logging.Handler):
    """Passes on what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.messages = SimpleQueue[str]()

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.put(record.getMessage())


def test_a_collector_that_hangs_delays_nothing(monkeypatch: pytest.MonkeyPatch):
    heard = _Heard()
    monkeypatch.setattr(logging.getLogger("arena.command.otel"), "handlers", [heard])
    with a_collector(hangs=True) as collector:
        tracing = OtelTracing(f"{collector.url}/v1/traces", "controller")
        began = time.monotonic()
        for _ in range(5000):
            tracing.begin("POST", {}).end()
        assert time.monotonic() - began < 10
        collector.asked.wait(10)

        began = time.monotonic()
        tracing.close()
        assert time.monotonic() - began < 3

    # What was under way fails only now, after the end: it must not be heard in another test.
    assert heard.messages.get(timeout=60) == "The collector does not take our traces"


def test_a_collector_that_is_gone_is_told_of_once(monkeypatch: pytest.MonkeyPatch):
    with a_collector() as collector:
        address = f"{collector.url}/v1/traces"
    heard = _Heard()
    monkeypatch.setattr(logging.getLogger("arena.command.otel"), "handlers", [heard])
    tracing = OtelTracing(address, "controller")
    tracing.begin("POST", {}).end()
    tracing.close()

    # The last batch may be under way still: the end does not wait for long.
    assert heard.messages.get(timeout=60) == "The collector does not take our traces"
    assert heard.messages.empty()


def test_an_address_that_is_none_ends_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("ARENA_TELEMETRY_OTLP_ENDPOINT", "nonsense")
    monkeypatch.chdir(tmp_path)
    launch = Launcher("controller")
    launch.read_config(None)

    async def never(*_: object) -> None:
        raise AssertionError

    with launch.listen("127.0.0.1", 0) as listener, pytest.raises(SetupError, match=r"telemetry\.otlp_endpoint"):
        launch.serve(never, listener)


def test_where_nothing_is_traced_nothing_of_the_sdk_is_loaded():
    commands = "arena.command.main, arena.command.launch, controller.cli, model_worker.cli, web_ui.cli"
    code = f"import sys, {commands}; sys.exit(any(name.startswith('opentelemetry.sdk') for name in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
