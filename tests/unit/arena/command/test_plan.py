from pathlib import Path

import pytest

from arena.command.launch import Launcher
from arena.command.listening import listen
from arena.command.plan import Place, Plan, Wishes, make_plan, plan_again
from arena.errors import SetupError

TWO_ACCOUNTS = """
[[models]]
name = "demo-echo"
worker = "demo"
battle_weight = 0

[[models]]
name = "far-away"
worker = "openai"
api_key_env = "A_VENDORS_KEY"
"""
TWO_DEMOS = """
[[models]]
name = "demo-doctor"
worker = "demo"

[[models]]
name = "demo-poet"
worker = "demo"
"""


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def a_plan(config: str | None = None, **wishes: object) -> Plan:
    file = None if config is None else Path("some.toml")
    if file is not None:
        file.write_text(config or "")
    defaults = {"config": file, "data": Path("data"), "host": None, "port": 0, "controller_port": 0}
    return make_plan(Launcher(), Wishes(**{**defaults, **wishes}))  # pyright: ignore[reportArgumentType]


def test_the_demo_needs_nothing_but_two_ports():
    plan = a_plan()

    assert [worker.child.name for worker in plan.workers] == ["worker demo"]
    assert (plan.models, plan.battle_models_needed) == (4, 2)
    assert plan.page_at.port != plan.controller_at.port


def test_every_account_has_a_worker_of_its_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("A_VENDORS_KEY", "k")

    plan = a_plan(TWO_ACCOUNTS)

    assert [worker.child.name for worker in plan.workers] == ["worker demo", "worker openai:A_VENDORS_KEY@-"]
    assert plan.battle_models_needed == 1
    assert all("some.toml" in worker.child.command for worker in plan.workers)


def test_a_missing_key_is_told_with_its_model_before_anything_is_made(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("A_VENDORS_KEY", raising=False)

    with pytest.raises(SetupError, match=r"^model far-away: the environment variable A_VENDORS_KEY is not set"):
        a_plan(TWO_ACCOUNTS)
    assert not Path("data").exists()


@pytest.mark.parametrize(("wish", "option"), [("port", "--port"), ("controller_port", "--controller-port")])
def test_a_port_in_use_is_told_with_the_option_that_changes_it(wish: str, option: str):
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(SetupError, match=f"port {port} is in use: choose another with {option}$"):
            a_plan(**{wish: port})
    assert not Path("data").exists()


def test_page_and_controller_cannot_share_a_port():
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SetupError, match=f"cannot both have port {port}"):
        a_plan(port=port, controller_port=port)


def test_the_page_stops_first_and_the_workers_last():
    plan = a_plan()

    assert plan.page.stage < plan.controller.stage < plan.workers[0].child.stage == plan.ratings.stage


def test_placeholder_keys_are_refused_when_the_page_is_shown_to_others(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARENA_WORKER_KEY", "changeme")

    assert a_plan()
    with pytest.raises(SetupError, match=r"the worker key .* is a placeholder"):
        a_plan(host="0.0.0.0")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:7"),
        ("0.0.0.0", "http://127.0.0.1:7"),
        ("::", "http://[::1]:7"),
        ("a", "http://a:7"),
    ],
)
def test_a_place_has_an_address_that_this_machine_can_reach(host: str, url: str):
    assert Place(host, 7).url == url


def test_an_arena_that_runs_stays_where_it_listens_when_it_is_planned_again():
    plan = a_plan(TWO_DEMOS)
    wishes = Wishes(Path("some.toml"), Path("data"), None, 0, 0)
    Path("some.toml").write_text(
        '[web]\ntitle = "Other"\nport = 1\n' + TWO_DEMOS.replace('"demo-poet"', '"demo-helper"')
    )
    with listen(plan.page_at.host, plan.page_at.port):  # as its page does
        later = plan_again(Launcher(), wishes, plan)

    changes = plan.changes(later, plan)
    assert (later.page_at, later.controller_at) == (plan.page_at, plan.controller_at)
    assert (changes.added, changes.removed, changes.changed) == (("demo-helper",), ("demo-poet",), ())
    assert changes.needs_restart == ("web.port", "web.title")
    assert changes.revision == later.revision != plan.revision


def test_a_missing_key_stops_a_plan_for_an_arena_that_runs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("A_VENDORS_KEY", raising=False)
    plan = a_plan(TWO_DEMOS)
    Path("some.toml").write_text(TWO_ACCOUNTS)

    with pytest.raises(SetupError, match=r"^model far-away: the environment variable A_VENDORS_KEY is not set"):
        plan_again(Launcher(), Wishes(Path("some.toml"), Path("data"), None, 0, 0), plan)


def test_a_worker_that_is_let_go_has_as_long_as_the_longest_request_to_end_its_streams():
    plan = a_plan("[controller]\ndeadline_seconds = 77\n" + TWO_DEMOS)

    assert dict(plan.workers[0].child.defaults) == {
        "ARENA_WORKER_DRAIN_SECONDS": "77",
        "ARENA_ENGINE_DRAIN_SECONDS": "77",
    }
