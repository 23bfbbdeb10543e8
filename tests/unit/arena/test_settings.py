from ipaddress import ip_network

import pytest
from pydantic import ValidationError

from arena.model import DEMO_MODELS
from arena.settings import ArenaFile, ControllerSection, Limits, WebSection


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARENA_LIMITS_TURNS_PER_MINUTE", "7")

    file = ArenaFile.model_validate({"limits": {"turns_per_minute": 3}, "models": DEMO_MODELS})

    assert file.limits.turns_per_minute == 7


def test_networks_are_a_list_in_the_file_and_separated_by_commas_in_a_variable(monkeypatch: pytest.MonkeyPatch):
    wanted = (ip_network("10.0.0.0/8"), ip_network("::1/128"))

    assert ControllerSection(allowed_networks=wanted).allowed_networks == wanted
    monkeypatch.setenv("ARENA_CONTROLLER_ALLOWED_NETWORKS", "10.0.0.0/8, ::1/128")
    assert ControllerSection().allowed_networks == wanted


def test_services_stay_on_loopback_unless_configured():
    assert ControllerSection().host == WebSection().host == "127.0.0.1"
    assert all(network.is_loopback for network in ControllerSection().allowed_networks)


def test_settings_cannot_be_changed_after_they_were_read():
    with pytest.raises(ValidationError, match="frozen"):
        Limits().turns_per_minute = 3  # pyright: ignore[reportAttributeAccessIssue]


def test_two_models_of_one_name_are_refused():
    with pytest.raises(ValidationError, match="'demo-echo' is given twice"):
        ArenaFile(models=(*DEMO_MODELS, DEMO_MODELS[-1]))


def test_an_arena_without_models_is_refused():
    with pytest.raises(ValidationError, match=r"at least one \[\[models\]\] entry"):
        ArenaFile(models=())
