"""`arena up` with engines: one that it starts, one that it finds."""

import signal
from pathlib import Path

import httpx

from tests.e2e.arena_up import arena_up, left
from tests.engines import a_server, fake_vllm, free_port

CONFIG = """
[[models]]
name = "of-our-own"
worker = "vllm"
upstream = "some/model"
slots = 4
flags = "--fake-word-seconds 0"

[[models]]
name = "somebodys"
worker = "attach"
upstream = "their-name"
base_url = "http://127.0.0.1:PORT/v1"
api_key_env = "THEIR_KEY"
"""


async def test_models_of_both_kinds_are_served_and_nothing_is_left(tmp_path: Path):
    port = free_port()
    (tmp_path / "arena.toml").write_text(CONFIG.replace("PORT", str(port)))
    env = {"ARENA_VLLM": str(fake_vllm(tmp_path)), "THEIR_KEY": "their key"}
    async with a_server(port):
        with arena_up(tmp_path, env=env) as arena:
            arena.url()
            family = arena.process.children(recursive=True)
            served = httpx.get(f"{arena.controller()}/health/ready").json()
            assert arena.end(signal.SIGTERM) == 0
            assert left(family, 10) == []

    assert served["models"] == served["battle_models"] == 2
    names = [line for line in arena.lines if line.startswith("worker ") and line.endswith(": starting")]
    assert names == [
        f"worker attach:THEIR_KEY@http://127.0.0.1:{port}/v1: starting",
        "worker vllm:of-our-own: starting",
    ]


def test_a_missing_vllm_ends_the_start_in_one_line(tmp_path: Path):
    (tmp_path / "arena.toml").write_text('[[models]]\nname = "m"\nworker = "vllm"\n')
    with arena_up(tmp_path, env={"ARENA_VLLM": "nowhere/vllm"}) as arena:
        arena.wait_for("arena: worker vllm:m cannot start: ARENA_VLLM: nowhere/vllm is not a program")
        assert arena.process.wait(20) == 2
