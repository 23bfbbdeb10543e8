"""With small real processes in place of controller, workers and page."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from arena.command import supervisor, up
from arena.command.plan import Place, Plan, Post
from arena.command.supervisor import Child
from arena.errors import SetupError
from arena.model import DEMO_MODELS
from arena.settings import ArenaFile
from tests.unit.arena.command.ports import free_port

ANSWER = """
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"models": %s, "battle_models": %s}')
    def log_message(self, *args): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""
WAIT = "import signal; signal.pause()"
NOBODY_LISTENS = """
import os, signal, sys
from arena.command.up import say
read_end, write_end = os.pipe()
os.dup2(write_end, 1)
os.close(write_end), os.close(read_end)
signal.signal(signal.SIGTERM, lambda *_: os.write(2, b"asked to end "))
say("one"), say("two")
"""


def a_child(name: str, script: str, *arguments: str, stage: int = 0) -> Child:
    return Child(name, (sys.executable, "-c", script, *arguments), stage)


def a_plan(*, served: int = 2, controller: str = ANSWER, page: str = ANSWER, worker: str = WAIT) -> Plan:
    page_at, controller_at = Place("127.0.0.1", free_port()), Place("127.0.0.1", free_port())
    return Plan(
        config=ArenaFile(models=DEMO_MODELS),
        key=SecretStr("the operator's key"),
        page_at=page_at,
        controller_at=controller_at,
        page=a_child("page", page.replace("%s", "0"), str(page_at.port)),
        controller=a_child("controller", controller.replace("%s", str(served)), str(controller_at.port), stage=1),
        workers=(Post("demo", (), a_child("worker demo", worker, stage=2)),),
        ratings=a_child("ratings", WAIT, stage=2),
    )


async def run(plan: Plan) -> int:
    """Run an arena whose configuration stays as it is."""
    return await up.run(plan, lambda: plan)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said; when `ready` or a complaint is said, the test asks the arena to end."""
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        if line.startswith(("ready: ", "not ready yet")):
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(up, "say", say)
    return lines


def test_it_says_ready_when_a_battle_can_be_fought(said: list[str]):
    plan = a_plan()

    assert asyncio.run(run(plan)) == 0

    assert f"ready: {plan.page_at.url}" in said
    assert said[-1] == "stopped"


@pytest.mark.parametrize(
    ("plan", "name"),
    [
        (lambda: a_plan(served=1, worker="print('no battle', flush=True); " + WAIT), "worker demo"),
        (lambda: a_plan(controller=WAIT), "controller"),
        (lambda: a_plan(page=WAIT), "page"),
    ],
)
def test_what_never_becomes_ready_is_named(
    plan: Callable[[], Plan], name: str, said: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(up, "REMIND_SECONDS", 1.0)

    assert asyncio.run(run(plan())) == 0

    assert any(line.startswith(f"not ready yet: waiting for {name}, which said last: ") for line in said)
    assert not any(line.startswith("ready: ") for line in said)


def test_a_process_whose_setup_is_wrong_ends_it_all_with_its_last_words(said: list[str]):
    plan = a_plan(served=0, worker="import sys; print('arena: no such account'); print('some library'); sys.exit(2)")

    with pytest.raises(SetupError, match=r"^worker demo cannot start: no such account$"):
        asyncio.run(run(plan))
    assert said[-1] == "stopped"


def test_the_end_is_an_interruption_when_asked_for_with_ctrl_c(monkeypatch: pytest.MonkeyPatch):
    def say(line: str) -> None:
        if line.startswith("ready: "):
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(up, "say", say)

    assert asyncio.run(run(a_plan())) == 130


def test_a_process_that_does_not_end_is_killed_at_once_when_asked_twice(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervisor, "STAGE_SECONDS", 100.0)

    def say(line: str) -> None:
        if line.startswith(("ready: ", "stopping")):
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(up, "say", say)
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + ANSWER

    assert asyncio.run(run(a_plan(page=stubborn))) == 0


def test_it_asks_itself_to_end_when_nobody_listens_any_more():
    done = subprocess.run([sys.executable, "-c", NOBODY_LISTENS], check=False, stderr=-1, timeout=60)

    assert (done.returncode, done.stderr) == (0, b"asked to end ")
