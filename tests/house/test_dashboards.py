"""The alerts and the dashboard ask for what the processes really measure."""

import asyncio
import json
import re
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from arena.settings import LOOPBACK
from controller.metrics import Metrics as ControllerMetrics
from model_worker.metrics import Metrics as WorkerMetrics
from model_worker.slots import Slots
from tests.house.repository import ROOT
from web_ui.metrics import Counted

RULES = ROOT / "deploy/prometheus/rules.yml"
SCRAPE = ROOT / "deploy/prometheus/prometheus.yml"
DASHBOARD = ROOT / "deploy/grafana/chat-arena.json"
FOREIGN = {"up"}
"""What Prometheus measures itself."""
NAMES = re.compile(r"\b(?:(?:arena|process)_[a-z_]+|up)\b(?=[{\[) ]|$)")


def page_metrics() -> str:
    """Return what the page tells an observer on this machine."""
    said: list[bytes] = []

    async def receive() -> dict[str, Any]:
        raise AssertionError

    async def send(message: Any) -> None:
        said.append(message.get("body", b""))

    async def nothing(*_: Any) -> None:
        pass

    page = Counted(nothing, LOOPBACK, ())
    scope = {"type": "http", "path": "/metrics", "headers": [], "client": ("127.0.0.1", 1)}
    asyncio.run(page(scope, receive, send))
    return b"".join(said).decode()


def measured() -> set[str]:
    """Return every series' name that some process has."""
    controller = ControllerMetrics(lambda name: name == "m").text(running=0, workers=0, leases=0).decode()
    worker = WorkerMetrics(Slots({"m": 1})).text().decode()
    names: set[str] = set()
    for family in text_string_to_metric_families(controller + worker + page_metrics()):
        endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(family.type, [""])
        names |= {family.name + ending for ending in endings}
    return names


def queries() -> list[str]:
    """Return all queries of the alerts and the dashboard."""
    rules: Any = yaml.safe_load(RULES.read_text())
    panels: Any = json.loads(DASHBOARD.read_text())["panels"]
    return [
        *(rule["expr"] for group in rules["groups"] for rule in group["rules"]),
        *(target["expr"] for panel in panels for target in panel.get("targets", ())),
    ]


@pytest.mark.parametrize("query", queries())
def test_what_is_asked_for_is_measured(query: str):
    asked = set(NAMES.findall(query))

    assert asked
    assert asked - FOREIGN <= measured()


@pytest.mark.parametrize("query", queries())
def test_queries_are_whole(query: str):
    for opening, closing in ("()", "[]", "{}"):
        assert query.count(opening) == query.count(closing)
    if "histogram_quantile" in query:
        assert re.search(r"\ble\)", query)
        assert "_bucket" in query


def test_every_alert_says_what_is_wrong_and_how_bad():
    rules: Any = yaml.safe_load(RULES.read_text())
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]

    assert len({alert["alert"] for alert in alerts}) == len(alerts)
    assert all(alert["labels"]["severity"] in {"warn", "page"} for alert in alerts)
    assert all(alert["annotations"]["summary"] for alert in alerts)


def test_the_scrape_configuration_names_the_rules_and_the_default_ports():
    scrape: Any = yaml.safe_load(SCRAPE.read_text())
    targets = [
        target for job in scrape["scrape_configs"] for each in job["static_configs"] for target in each["targets"]
    ]

    assert scrape["rule_files"] == [RULES.name]
    assert targets == ["127.0.0.1:21001", "127.0.0.1:7860"]


def test_every_panel_has_a_place_of_its_own():
    panels: Any = json.loads(DASHBOARD.read_text())["panels"]
    places: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        mine = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not mine & places, panel["title"]
        places |= mine
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert max(x for x, _ in places) < 24
