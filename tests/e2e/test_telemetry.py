"""What a whole arena tells of itself: one trace a battle, logs for machines, and nothing that anybody said."""

import json
import signal
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.collector import Collector, Sent, a_collector
from tests.e2e.arena_up import ArenaUp, arena_up
from tests.e2e.telling import PageVisitor, a_vendor_that_repeats

FORGED = f"00-{'f' * 32}-{'e' * 16}-01"
TURNS = "POST /battles/{key}/turns"
TO_WORKER = ["arena-controller attempt", "arena-worker POST /v1/chat/completions"]
TO_TURN = ["arena-web POST /visitor/battles/{key}/turns", f"arena-controller {TURNS}", "arena-controller turn"]


def message(line: str) -> str:
    """Return what a line of JSON says; nothing of what is no JSON."""
    try:
        told: Any = json.loads(line)
    except ValueError:
        return ""
    return told["message"]


def page_of(arena: ArenaUp, *, is_json: bool) -> str:
    return arena.wait_for("ready: ", read=message if is_json else str).removeprefix("ready: ")


def controller_of(arena: ArenaUp, *, is_json: bool) -> str:
    begin = "controller: starting at "
    return arena.wait_for(begin, read=message if is_json else str).removeprefix(begin)


class Evening:
    """An arena that was watched while somebody fought at the page and a program asked the gateway."""

    def __init__(self, arena: ArenaUp, collector: Collector) -> None:
        self.page = page_of(arena, is_json=True)
        controller = controller_of(arena, is_json=True)
        with PageVisitor(base_url=self.page, timeout=60) as visitor:
            visitor.accept()
            self.fought = visitor.fight("said by a visitor", traceparent=FORGED, **{"x-request-id": "forged"})
        key = (arena.folder / "data/keys/gateway.key").read_text().strip()
        self.asked = httpx.post(
            f"{controller}/v1/chat/completions",
            json={"model": "demo-echo", "messages": [{"role": "user", "content": "said by a program"}]},
            headers={"authorization": f"Bearer {key}", "x-request-id": "program-1", "traceparent": FORGED},
        )
        assert arena.end(signal.SIGTERM) == 0
        self.collector = collector
        self.lines = arena.lines


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Generator[Evening]:
    with a_collector() as collector:
        env = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "FASTAPI_OTEL_AUTO_CONFIGURE": "true",
            "ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE": "content",
            "ARENA_TELEMETRY_LOG_FORMAT": "json",
            "ARENA_TELEMETRY_ACCESS_LOG": "true",
        }
        with arena_up(tmp_path_factory.mktemp("evening"), env=env) as arena:
            yield Evening(arena, collector)


def of_battle(evening: Evening) -> list[Sent]:
    (root,) = evening.collector.named("POST /visitor/battles/{key}/turns")
    return [span for span in evening.collector.spans if span.trace_id == root.trace_id]


def test_a_battle_is_one_trace_from_the_page_to_both_models(evening: Evening):
    ways = sorted(evening.collector.way_to(span) for span in of_battle(evening) if span.name.startswith("chat "))

    assert [way[:-1] for way in ways] == [[*TO_TURN, *TO_WORKER]] * 2
    assert all(way[-1].startswith("arena-worker chat demo-") for way in ways)


def test_the_first_words_and_what_was_used_are_noted(evening: Evening):
    attempts = [span for span in of_battle(evening) if span.name == "attempt"]

    assert [span.events for span in attempts] == [("first word",)] * 2
    assert all(span.attributes["gen_ai.usage.output_tokens"] > 0 for span in attempts)
    assert all(span.attributes["gen_ai.request.model"].startswith("demo-") for span in attempts)


def test_a_program_may_state_its_trace_and_a_browser_may_not(evening: Evening):
    (asked,) = [span for span in evening.collector.named("POST /v1/chat/completions") if "controller" in span.service]

    assert (asked.trace_id, asked.parent_id) == ("f" * 32, "e" * 16)
    assert evening.asked.status_code == 200
    assert not [span for span in of_battle(evening) if span.trace_id == "f" * 32]


def test_what_the_gateway_asks_of_a_worker_is_part_of_the_programs_trace(evening: Evening):
    (chat,) = evening.collector.named("chat demo-echo")

    assert chat.trace_id == "f" * 32
    assert evening.collector.way_to(chat)[:-1] == ["arena-controller POST /v1/chat/completions", *TO_WORKER]


def test_nothing_of_a_trace_or_an_id_reaches_the_browser(evening: Evening):
    heard = str(evening.fought.headers) + evening.fought.text
    lines = [json.loads(line) for line in evening.lines]
    ids = {line["request_id"] for line in lines if "request_id" in line} | {
        each for span in of_battle(evening) for each in (span.trace_id, span.span_id)
    }

    assert len(ids) > 10
    assert not [each for each in ids if each in heard]
    assert "forged" not in ids


def test_every_line_is_an_object_and_names_its_process(evening: Evening):
    lines = [json.loads(line) for line in evening.lines]

    assert {"up", "controller", "worker demo", "page"} <= {line["process"] for line in lines}
    assert all({"time", "level", "message", "process"} <= set(line) for line in lines)


def test_a_request_has_one_id_and_trace_in_the_logs_of_all_processes(evening: Evening):
    lines = [json.loads(line) for line in evening.lines]
    (root,) = [line for line in lines if line["message"].startswith("POST /visitor/battles/{key}/turns 200")]
    same = [line for line in lines if line.get("request_id", "").startswith(root["request_id"])]

    assert {line["process"] for line in same} >= {"page", "controller", "worker demo"}
    assert {line["trace_id"] for line in same} == {root["trace_id"]}
    assert any(line.get("request_id") == "program-1" for line in lines)


def test_no_library_tells_anything_by_itself(evening: Evening):
    services = {span.service for span in evening.collector.spans}

    assert services == {"arena-web", "arena-controller", "arena-worker"}
    assert evening.collector.paths == {"/v1/traces"}


def test_no_trace_or_line_holds_what_was_said(evening: Evening):
    told = "\n".join(evening.lines).encode() + evening.collector.raw

    assert b"said by a" not in told
    assert evening.fought.text.count("text") > 0


def test_a_collector_that_hangs_delays_neither_a_battle_nor_the_end(tmp_path: Path):
    with a_collector(hangs=True) as collector:
        env = {"ARENA_TELEMETRY_OTLP_ENDPOINT": collector.url}
        with arena_up(tmp_path, env=env) as arena, PageVisitor(base_url=arena.url(), timeout=60) as visitor:
            visitor.accept()
            fought = visitor.fight("Hello there")
            assert collector.asked.wait(30)
            assert arena.end(signal.SIGTERM) == 0

    assert fought.text.rstrip().endswith('"can_vote":true}')


CONFIG = """
[[models]]
name = "quoter"
worker = "openai"
base_url = "URL"
api_key_env = "SENTINEL_KEY"
[[models]]
name = "demo-echo"
worker = "demo"
[[models]]
name = "demo-poet"
worker = "demo"
"""
SAID = "zq-sentinel"
"""Begins every word that must not be told."""


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_line_holds_a_key_or_a_word_of_anybody(tmp_path: Path, form: str):
    with a_vendor_that_repeats() as vendor:
        (tmp_path / "arena.toml").write_text(CONFIG.replace("URL", vendor.url))
        env = {
            "ARENA_TELEMETRY_LOG_FORMAT": form,
            "ARENA_TELEMETRY_ACCESS_LOG": "true",
            "SENTINEL_KEY": f"{SAID}-vendor-key",
            "ARENA_TELEMETRY_OTLP_ENDPOINT": "http://127.0.0.1:9",
        }
        with arena_up(tmp_path, env=env) as arena:
            page, controller = page_of(arena, is_json=form == "json"), controller_of(arena, is_json=form == "json")
            keys = {path.read_text().strip() for path in (tmp_path / "data/keys").iterdir()}
            misbehave(page, controller, (tmp_path / "data/keys/gateway.key").read_text().strip())
            measured = "".join(httpx.get(f"{url}/metrics").raise_for_status().text for url in (page, controller))
            assert arena.end(signal.SIGTERM) == 0

    told = "\n".join(arena.lines)
    assert len(keys) >= 4
    assert not [key for key in keys if key in told + measured]
    assert SAID not in told
    assert SAID not in measured
    assert "500" in told
    assert "authorization" in vendor.headers
    assert not {"traceparent", "tracestate", "x-request-id"} & vendor.headers


def misbehave(page: str, controller: str, key: str) -> None:
    """Say a sentinel wherever something can be said, rightly and wrongly."""
    with PageVisitor(base_url=page, timeout=60, headers={"user-agent": f"{SAID}-agent"}) as visitor:
        visitor.accept()
        visitor.fight(f"{SAID}-text")
        visitor.get(f"/{SAID}-path?q={SAID}-query", headers={"cookie": f"arena_session={SAID}-cookie"})
        visitor.post(f"/visitor/actions/{SAID}", content=f"{SAID}-body")
    calls: list[dict[str, Any]] = [
        {"model": model, "messages": [{"role": role, "content": f"{SAID}-content"}], "stream": stream, "user": SAID}
        for model in ("quoter", "demo-echo", f"{SAID}-model")
        for role in ("user", f"{SAID}-role")
        for stream in (False, True)
    ]
    with httpx.Client(base_url=controller, timeout=60) as program:
        for call in calls:
            program.post("/v1/chat/completions", json=call, headers={"authorization": f"Bearer {key}"})
        program.post("/v1/chat/completions", content=f"{{{SAID}", headers={"authorization": f"Bearer {key}"})
        for path in (f"/v1/models/{SAID}", f"/{SAID}", f"/battles/{SAID}", f"/workers/{SAID}/heartbeat?{SAID}"):
            program.post(path, json={SAID: SAID}, headers={"authorization": f"Bearer {SAID}-key"})
            program.get(path, headers={"x-arena-session": SAID, "x-arena-visitor": SAID})
