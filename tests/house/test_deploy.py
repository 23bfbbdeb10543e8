"""What lies in deploy/ is read by its programs, and says to ours what they understand."""

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from arena.command import main
from arena.settings import ArenaFile
from tests.house.repository import ROOT

DEPLOY = ROOT / "deploy"
SYSTEMD = sorted((DEPLOY / "systemd").iterdir())
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
TWO: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.two.yaml").read_text(encoding="utf-8"))
KUBERNETES: list[dict[str, Any]] = list(
    yaml.safe_load_all((DEPLOY / "kubernetes" / "arena.yaml").read_text(encoding="utf-8"))
)


def of_kind(kind: str) -> dict[str, Any]:
    (found,) = [each for each in KUBERNETES if each["kind"] == kind]
    return found


def command_lines() -> dict[str, list[str]]:
    """Return what `arena` is told, by who tells it."""
    docker = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {"Dockerfile": json.loads(re.findall(r"^CMD (.*)$", docker, re.MULTILINE)[0])}
    found["compose.yaml"] = COMPOSE["services"]["arena"]["command"]
    found |= {f"two {name}": service["command"] for name, service in TWO["services"].items() if "command" in service}
    found["arena.yaml"] = of_kind("Deployment")["spec"]["template"]["spec"]["containers"][0]["args"]
    for unit in SYSTEMD:
        (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
        program, *found[unit.name] = shlex.split(line)
        assert program == "/opt/arena/.venv/bin/arena"
    return found


@pytest.mark.parametrize("told", command_lines().values(), ids=command_lines().keys())
def test_every_command_line_is_one_of_ours(told: list[str], capsys: pytest.CaptureFixture[str]):
    ours = told[: (*told, "--").index("--")]
    path = ours[: next(at for at, word in enumerate(ours) if word.startswith("-"))]
    assert main.run([*path, "--help"]) == 0
    shown = capsys.readouterr().out.split()

    assert {word for word in ours if word.startswith("--")} <= set(shown)


def test_the_database_waits_for_a_password_and_only_this_machine_sees_the_page():
    services = COMPOSE["services"]

    assert services["db"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")
    assert all(port.startswith("127.0.0.1:") for each in services.values() for port in each.get("ports", []))
    assert services["vllm"]["profiles"] == ["vllm"]


def test_workers_may_be_where_compose_puts_them():
    (network,) = COMPOSE["networks"]["default"]["ipam"]["config"]
    allowed = COMPOSE["services"]["arena"]["environment"]["ARENA_CONTROLLER_ALLOWED_NETWORKS"].split(",")

    assert network["subnet"] in allowed


def test_two_controllers_have_names_of_their_own_and_the_page_and_the_worker_know_both():
    services = TWO["services"]
    names = [services[each]["environment"]["ARENA_CONTROLLER_NAME"] for each in ("controller-one", "controller-two")]
    (network,) = TWO["networks"]["default"]["ipam"]["config"]
    places = ("http://controller-one:21001", "http://controller-two:21001")

    assert sorted(set(names)) == ["one", "two"]
    assert tuple(services["page"]["environment"]["ARENA_WEB_CONTROLLER"].split(",")) == places
    assert set(places) <= set(services["worker"]["command"])
    assert network["subnet"] == services["controller-one"]["environment"]["ARENA_CONTROLLER_ALLOWED_NETWORKS"]
    assert all(port.startswith("127.0.0.1:") for each in services.values() for port in each.get("ports", []))


def test_the_configuration_for_kubernetes_is_one():
    file = tomllib.loads(of_kind("ConfigMap")["data"]["arena.toml"])

    assert {model.name for model in ArenaFile.model_validate(file).models} == {"llama", "demo-helper"}


def test_the_engines_image_is_the_version_that_is_locked():
    locked = Path(DEPLOY / "vllm" / "vllm-cuda.in").read_text(encoding="utf-8").strip().partition("==")[2]

    assert COMPOSE["services"]["vllm"]["image"].endswith(f":v{locked}")
