"""`arena worker` as a process of its own."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from arena.worker import WorkerCard
from tests.worker_registry import WORKER_KEY, WorkerRegistry
from tests.workers import a_request


@asynccontextmanager
async def arena_worker(
    registry: WorkerRegistry, data: Path, *arguments: str, **environment: str
) -> AsyncGenerator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "arena.command",
            "worker",
            "--data",
            str(data),
            "--controller",
            registry.url,
            *arguments,
        ),
        env={"ARENA_WORKER_KEY": WORKER_KEY, "ARENA_WORKER_WORDS_PER_SECOND": "30", "PATH": ""} | environment,
        cwd=data,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@asynccontextmanager
async def a_registry() -> AsyncGenerator[WorkerRegistry]:
    registry = WorkerRegistry()
    await registry.start()
    try:
        yield registry
    finally:
        await registry.stop()


def post(http: aiohttp.ClientSession, card: WorkerCard, text: str) -> aiohttp.client._RequestContextManager:  # pyright: ignore[reportPrivateUsage]
    headers = {"authorization": f"Bearer {card.key.get_secret_value()}"}
    return http.post(f"{card.url}/v1/chat/completions", json=a_request(text=text, stream=True), headers=headers)


async def test_it_serves_and_on_sigterm_leaves_first_and_ends_its_streams(tmp_path: Path):
    async with a_registry() as registry, arena_worker(registry, tmp_path) as process, aiohttp.ClientSession() as http:
        await asyncio.wait_for(registry.hears("registered"), 20)
        (card,) = registry.cards.values()
        async with post(http, card, "[repeat 30] word") as answer:
            await answer.content.readline()
            process.send_signal(signal.SIGTERM)
            await registry.hears("gone")
            told = await answer.content.read()

        assert told.rstrip().endswith(b"data: [DONE]")
        assert await process.wait() == 0
        assert process.stdout is not None
        line = (await process.stdout.read()).decode()
        assert line.startswith(f"worker {card.id} serves demo-doctor, demo-helper, demo-poet, demo-echo at {card.url}")
        assert card.key.get_secret_value() not in line


async def test_a_choice_to_be_made_is_one_line_and_exit_code_2(tmp_path: Path):
    config = tmp_path / "arena.toml"
    config.write_text(
        '[[models]]\nname = "a"\nworker = "demo"\n[[models]]\nname = "b"\nworker = "openai"\nbase_url = "http://127.0.0.1:9/v1"\n'
    )
    async with a_registry() as registry, arena_worker(registry, tmp_path, "--config", str(config)) as process:
        _, told = await process.communicate()

    assert process.returncode == 2
    assert told.decode().count("\n") == 1
    assert "choose with --account one of demo, openai:-@http://127.0.0.1:9/v1" in told.decode()


WITHOUT_BOTO = """
import sys

class Absent:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "boto3":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent)
"""


async def test_an_extra_that_is_not_installed_is_one_line_and_exit_code_2(tmp_path: Path):
    (tmp_path / "sitecustomize.py").write_text(WITHOUT_BOTO)
    (tmp_path / "arena.toml").write_text('[[models]]\nname = "claude"\nworker = "bedrock"\nregion = "eu-west-1"\n')
    async with a_registry() as registry, arena_worker(registry, tmp_path, PYTHONPATH=str(tmp_path)) as process:
        _, told = await process.communicate()

    assert process.returncode == 2
    assert told.decode() == (
        "arena: model 'claude': worker = \"bedrock\" needs more: pip install 'chat-arena[bedrock]'\n"
    )
