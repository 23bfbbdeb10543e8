"""The controller's metrics over HTTP: fixed in number whatever is asked, and silent about whoever asked."""

import secrets
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.arenas import GATEWAY_KEY, PAGE_KEY, WORKER_KEY, Stage, a_stage
from tests.worker_scripts import an_answer, respond

SAID = "zq-sentinel"


def told(stage: Stage) -> str:
    return httpx.get(f"{stage.arena.url}/metrics").raise_for_status().text


def series(stage: Stage) -> set[str]:
    """Return the names and labels of all series."""
    families = text_string_to_metric_families(told(stage))
    return {f"{each.name}{sorted(each.labels.items())}" for family in families for each in family.samples}


def value(stage: Stage, name: str, **labels: str) -> float:
    """Return the sum of a metric over the series with these labels."""
    samples = [each for family in text_string_to_metric_families(told(stage)) for each in family.samples]
    wanted = labels.items()
    return sum(each.value for each in samples if each.name == name and wanted <= each.labels.items())


def ask(http: httpx.Client, model: str, key: str = GATEWAY_KEY, **given: Any) -> httpx.Response:
    body = {"model": model, "messages": [{"role": "user", "content": f"{SAID} text"}], "user": SAID, **given}
    headers = {"authorization": f"Bearer {key}", "x-request-id": SAID}
    return http.post("/v1/chat/completions", json=body, headers=headers)


def test_a_battle_is_counted_and_timed(tmp_path: Path):
    with a_stage(tmp_path) as stage:
        battle = stage.visitor.new("/battles")
        stage.visitor.say(battle, f"{SAID} text")
        stage.visitor.vote(battle)

        assert value(stage, "arena_requests_total", surface="visitor", status="2xx") == 2
        assert value(stage, "arena_turns_total", ending="completed") == 2
        assert value(stage, "arena_first_word_seconds_count", surface="visitor") == 2
        assert value(stage, "arena_word_seconds_count") == 2
        assert value(stage, "arena_ledger_write_seconds_count") == 2
        assert value(stage, "arena_votes_total", mode="battle", outcome="model_a") == 1
        assert value(stage, "arena_breakers", state="closed") == 1
        assert value(stage, "arena_model_slots", model="model-one") > 0
        assert value(stage, "arena_model_leases") == 0
        assert 0 <= value(stage, "arena_oldest_heartbeat_seconds") < 60


def test_the_gateways_requests_are_counted_by_status_and_streams_timed(tmp_path: Path):
    with a_stage(tmp_path) as stage, httpx.Client(base_url=stage.arena.url) as http:
        stage.worker.plays([respond(200, {"model": "model-one", "choices": []})], an_answer("Yes", " indeed"))
        assert ask(http, "model-one").status_code == 200
        assert ask(http, "model-one", stream=True).status_code == 200

        assert value(stage, "arena_requests_total", surface="gateway", model="model-one", status="2xx") == 2
        assert value(stage, "arena_first_word_seconds_count", surface="gateway", model="model-one") == 1
        assert value(stage, "arena_word_seconds_count", model="model-one") == 1


def test_whatever_is_asked_the_number_of_series_stays_fixed(tmp_path: Path):
    with a_stage(tmp_path) as stage, httpx.Client(base_url=stage.arena.url) as http:
        for model in ("model-one", "nobody's"):
            ask(http, model)
        before = series(stage)
        for number in range(50):
            name = f"{SAID}-{number}"
            ask(http, name)
            ask(http, "model-one", key=secrets.token_urlsafe(32))
            http.request(["GET", "POST", "BREW", "DELETE"][number % 4], f"/{name}?{name}", headers={name: name})
            http.get(f"/v1/models/{name}")
            http.post(f"/workers/{name}/heartbeat", json={}, headers={"authorization": f"Bearer {WORKER_KEY}"})

        assert series(stage) == before


def test_nothing_of_whoever_asked_is_told_and_no_key_or_address_of_a_worker(tmp_path: Path):
    with a_stage(tmp_path) as stage, httpx.Client(base_url=stage.arena.url) as http:
        ask(http, "model-one")
        ask(http, SAID)
        conversation = stage.visitor.new("/conversations", model="model-one")
        stage.visitor.say(conversation, f"{SAID} text")

        metrics = told(stage)
        card = stage.worker.card()
        secret = {GATEWAY_KEY, PAGE_KEY, WORKER_KEY, card.key.get_secret_value(), card.url, card.id}
        secret |= {stage.visitor.headers["x-arena-session"], conversation.rpartition("/")[2], "192.0.2.1", SAID}
        assert not [each for each in secret if each and each in metrics]
