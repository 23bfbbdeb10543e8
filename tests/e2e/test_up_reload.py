"""`arena up` while `arena.toml` changes, with the real processes: what is new comes, what is gone ends in peace."""

import os
import pty
import re
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from arena.terms import TERMS_VERSION
from tests.e2e.arena_up import ARENA, ArenaUp, arena_up, can_battle
from tests.engines import fake_vllm
from tests.processes import family_of, kill_all
from tests.wire_servers import openai_app, wire_server

DEMO = """
[[models]]
name = "demo-doctor"
worker = "demo"

[[models]]
name = "demo-poet"
worker = "demo"
"""
ECHO = """
[[models]]
name = "demo-echo"
worker = "demo"
battle_weight = 0
"""
PATIENCE = 60.0


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Generator[ArenaUp]:
    folder = tmp_path_factory.mktemp("reload")
    (folder / "arena.toml").write_text(DEMO + ECHO)
    env = {"ARENA_WORKER_WORDS_PER_SECOND": "15", "ARENA_VLLM": str(fake_vllm(folder))}
    with arena_up(folder, env=env) as arena:
        arena.url()
        yield arena


def write(arena: ArenaUp, text: str) -> int:
    """Write the configuration; return how many lines were said so far."""
    (arena.folder / "arena.toml").write_text(text)
    return len(arena.lines)


def hang_up(arena: ArenaUp, text: str, said: str) -> int:
    """Write the configuration, ask for a reload by SIGHUP, and wait for what is said."""
    before = write(arena, text)
    arena.process.send_signal(signal.SIGHUP)
    arena.wait_for(said, after=before)
    return before


def command(arena: ArenaUp, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ARENA, "models", *words, "--controller", arena.controller()],
        cwd=arena.folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@contextmanager
def a_visitor(arena: ArenaUp) -> Generator[httpx.Client]:
    """A visitor who has agreed, as the page speaks for one."""
    key = (arena.folder / "data" / "keys" / "page.key").read_text()
    headers = {"authorization": f"Bearer {key}", "x-arena-visitor": "127.0.0.1"}
    with httpx.Client(base_url=arena.controller(), headers=headers, timeout=30) as client:
        client.headers["x-arena-session"] = client.post("/sessions").json()["token"]
        client.put("/sessions/me/consent", json={"terms_version": TERMS_VERSION, "scopes": ["serve", "log"]})
        yield client


def open_chat(visitor: httpx.Client, model: str) -> str:
    response = visitor.post("/conversations", json={"model": model})
    assert response.status_code == 201, response.text
    return f"/conversations/{response.json()['id']}/turns"


def until(is_so: Callable[[], bool]) -> None:
    """Ask until it is so: there is no event for what other processes do."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "this never happened"
        time.sleep(0.1)


def listed(arena: ArenaUp) -> set[str]:
    return {each["name"] for each in httpx.get(f"{arena.controller()}/models").json()["models"]}


def pids(arena: ArenaUp) -> dict[str, int]:
    """Return the processes by what they are, once no worker comes or goes: then there is one of each."""
    until(lambda: len(arena.process.children()) == 4)
    return {each.cmdline()[3]: each.pid for each in arena.process.children()}


def test_a_new_model_appears_and_can_be_chatted_with(arena: ArenaUp):
    with wire_server(openai_app) as vendor:
        url = f"{vendor.url}/v1"
        entry = f'[[models]]\nname = "from-afar"\nworker = "openai"\nbase_url = "{url}"\n'
        before = hang_up(arena, DEMO + ECHO + entry, "reload: added from-afar")
        arena.wait_for(f"worker openai:-@{url}: starting", after=before)
        until(lambda: "from-afar" in listed(arena))

        with a_visitor(arena) as visitor:
            told = visitor.post(open_chat(visitor, "from-afar"), json={"text": "Hi"}).text

        assert "Hello world" in "".join(re.findall(r'"text":"([^"]*)"', told))
        before = hang_up(arena, DEMO + ECHO, "reload: removed from-afar")
        arena.wait_for(f"worker openai:-@{url}: gone", after=before)
        assert "from-afar" not in listed(arena)


def test_the_stream_of_a_removed_model_goes_on_to_its_end_and_nothing_new_is_begun(arena: ArenaUp):
    with a_visitor(arena) as visitor:
        turns = open_chat(visitor, "demo-echo")
        with visitor.stream("POST", turns, json={"text": "[repeat 60] word"}) as stream:
            events = stream.iter_lines()
            assert any('"delta"' in line for line in events)
            before = hang_up(arena, DEMO, "reload: removed demo-echo")
            arena.wait_for("worker demo: ends when its streams have", after=before)
            rest = [line for line in events if line]

        refused = visitor.post(turns, json={"text": "More?"})

    assert "".join(rest).count("word") >= 40
    assert '"finished"' in rest[-2]
    assert '"done"' in rest[-1]
    assert (refused.status_code, refused.json()["code"]) == (404, "model_gone")
    arena.wait_for("worker demo: gone", after=before)
    assert listed(arena) == {"demo-doctor", "demo-poet"}


def test_a_changed_weight_is_taken_up_and_nobody_is_restarted(arena: ArenaUp):
    hang_up(arena, DEMO + ECHO, "reload: ")
    until(lambda: listed(arena) == {"demo-doctor", "demo-poet", "demo-echo"})
    processes = pids(arena)
    before = write(arena, DEMO.replace('"demo-poet"', '"demo-poet"\nbattle_weight = 7') + ECHO)

    done = command(arena, "reload")

    assert (done.returncode, done.stdout) == (0, "changed demo-poet\n")
    arena.wait_for("reload: changed demo-poet", after=before)
    rows = {line.split()[0]: line.split() for line in command(arena, "list").stdout.splitlines()}
    assert rows["demo-poet"][3] == "7"
    assert pids(arena) == processes


def test_what_the_controller_was_asked_for_reaches_the_workers(arena: ArenaUp):
    hang_up(arena, DEMO + ECHO, "reload: ")
    before = write(arena, DEMO + ECHO + DEMO.replace("demo-doctor", "demo-helper").split("\n\n")[0])
    controller = arena.child("controller")
    assert controller is not None

    controller.send_signal(signal.SIGHUP)

    arena.wait_for("reload: added demo-helper", after=before)
    arena.wait_for("worker demo: gone", after=before)
    assert "demo-helper" in listed(arena)


def test_a_controller_that_dies_comes_back_with_the_new_file_and_the_workers_follow(arena: ArenaUp):
    hang_up(arena, DEMO + ECHO, "reload: ")
    until(lambda: listed(arena) == {"demo-doctor", "demo-poet", "demo-echo"})
    before = write(arena, DEMO)

    arena.kill("controller")

    arena.wait_for("reload: removed demo-echo", after=before)
    arena.wait_for("worker demo: gone", after=before)
    until(lambda: can_battle(arena) and listed(arena) == {"demo-doctor", "demo-poet"})
    assert len(pids(arena)) == 4


def test_a_broken_file_is_one_line_and_changes_nothing(arena: ArenaUp):
    hang_up(arena, DEMO + ECHO, "reload: ")
    until(lambda: listed(arena) == {"demo-doctor", "demo-poet", "demo-echo"})
    processes = pids(arena)
    wrong = DEMO.replace('"demo-poet"', '"demo-poet"\nbattle_weight = -1')
    problem = "arena.toml: models.demo-poet.battle_weight: Input should be greater than or equal to 0"

    hang_up(arena, wrong, f"reload: nothing changed: {problem}")
    done = command(arena, "reload")

    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"arena: {problem}\n")
    assert pids(arena) == processes
    assert listed(arena) == {"demo-doctor", "demo-poet", "demo-echo"}


def test_a_missing_key_is_found_before_anything_changes_whoever_is_asked(arena: ArenaUp):
    hang_up(arena, DEMO + ECHO, "reload: ")
    far = '[[models]]\nname = "far"\nworker = "openai"\napi_key_env = "NO_SUCH_VARIABLE"\n'

    hang_up(arena, DEMO + far, "reload: nothing changed: model far: the environment variable NO_SUCH_VARIABLE")
    done = command(arena, "reload")

    assert done.returncode == 2
    assert "NO_SUCH_VARIABLE" in done.stderr
    assert "demo-echo" in listed(arena)


def test_what_needs_a_restart_is_said(arena: ArenaUp):
    hang_up(arena, DEMO + ECHO, "reload: ")

    hang_up(arena, f'[web]\ntitle = "Other"\n{DEMO}{ECHO}', "reload: only after a restart: web.title")


def test_a_worker_that_cannot_start_is_said_and_the_rest_goes_on(arena: ArenaUp):
    hang_up(arena, DEMO + ECHO, "reload: ")
    wrong = '[[models]]\nname = "odd"\nworker = "vllm"\nflags = "\'"\n'

    before = hang_up(arena, DEMO + ECHO + wrong, "reload: added odd")

    arena.wait_for("worker vllm:odd cannot start: ", after=before)
    assert "demo-echo" in listed(arena)
    hang_up(arena, DEMO + ECHO, "reload: removed odd")


def test_an_engine_that_changes_ends_its_streams_first_and_comes_back(arena: ArenaUp):
    hang_up(arena, DEMO + ECHO, "reload: ")
    engine = '[[models]]\nname = "of-our-own"\nworker = "vllm"\nupstream = "some/model"\n'
    engine += 'flags = "--fake-word-seconds 0.2"\nslots = SLOTS\n'
    hang_up(arena, DEMO + ECHO + engine.replace("SLOTS", "4"), "reload: added of-our-own")
    until(lambda: "of-our-own" in listed(arena))

    with a_visitor(arena) as visitor:
        turns = open_chat(visitor, "of-our-own")
        with visitor.stream("POST", turns, json={"text": "word " * 20}) as stream:
            events = stream.iter_lines()
            assert any('"delta"' in line for line in events)
            before = hang_up(arena, DEMO + ECHO + engine.replace("SLOTS", "5"), "reload: changed of-our-own")
            arena.wait_for("worker vllm:of-our-own: ends when its streams have", after=before)
            assert '"done"' in [line for line in events if line][-1]

        arena.wait_for("worker vllm:of-our-own: gone", after=before)
        arena.wait_for("worker vllm:of-our-own: starting", after=before)
        until(lambda: "of-our-own" in listed(arena))
        assert '"finished"' in visitor.post(turns, json={"text": "Again?"}).text

    before = hang_up(arena, DEMO + ECHO, "reload: removed of-our-own")
    arena.wait_for("worker vllm:of-our-own: gone", after=before)


class Terminal:
    """`arena up` in a terminal of its own, which can hang up."""

    def __init__(self, folder: Path) -> None:
        pid, self.master = pty.fork()
        if pid == 0:
            os.chdir(folder)
            os.execv(ARENA[0], [*ARENA, "up", "--port", "0", "--controller-port", "0"])
        self.process = psutil.Process(pid)
        self.text = ""
        self.more = threading.Condition()
        self._enough, self._say_enough = os.pipe()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for chunk in self._chunks():
            with self.more:
                self.text += chunk
                self.more.notify_all()

    def _chunks(self) -> Iterator[str]:
        try:
            while self._enough not in select.select([self.master, self._enough], [], [])[0]:
                yield os.read(self.master, 65536).decode(errors="replace")
        except OSError:
            return

    def hang_up(self) -> None:
        """Close our end; nobody may be reading there, as it would stay open until something comes."""
        os.close(self._say_enough)
        self._reader.join(PATIENCE)
        os.close(self._enough)
        os.close(self.master)

    def until(self, said: str) -> None:
        with self.more:
            assert self.more.wait_for(lambda: said in self.text, 90), self.text


def test_in_a_terminal_sighup_asks_for_a_reload_until_the_terminal_hangs_up(tmp_path: Path):
    (tmp_path / "arena.toml").write_text(DEMO)
    terminal = Terminal(tmp_path)
    try:
        terminal.until("ready: ")
        (tmp_path / "arena.toml").write_text(DEMO + ECHO)
        terminal.process.send_signal(signal.SIGHUP)
        terminal.until("reload: added demo-echo")
        family = [terminal.process, *terminal.process.children(recursive=True)]

        terminal.hang_up()

        _, alive = psutil.wait_procs(family, timeout=20)
        assert alive == []
    finally:
        kill_all(family_of(terminal.process))
