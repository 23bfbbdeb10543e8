"""A run of `arena export moderate` that is killed again and again, and then taken to its end."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import pytest

from export.moderation.store import FILE_NAME, VerdictStore, choose
from logging_store.config import FILE_NAME as LEDGER
from logging_store.ledger import open_ledger
from tests.facts import a_said_conversation, a_visitor
from tests.moderation_api import ModerationApi, a_moderation_api, the_verdict

ROOT = Path(__file__).parents[2]
SAID = [(f"question {number}", f"answer {number}") for number in range(300)]
TEXTS = [text for pair in SAID for text in pair]

COMMAND = """
import typer
from arena.command.launch import Launcher
from export.moderation.cli import moderate_command

app = typer.Typer()
app.command()(moderate_command)
app(obj=Launcher())
"""

Moment = Callable[[ModerationApi], bool]


@pytest.fixture
def api() -> Generator[ModerationApi]:
    with a_moderation_api(looks=4) as each:
        yield each


@pytest.fixture
def data(tmp_path: Path) -> Path:
    async def fill() -> None:
        async with open_ledger(f"sqlite:///{tmp_path / LEDGER}") as ledger:
            consent = await a_visitor(ledger)
            for at in range(0, len(SAID), 50):
                await a_said_conversation(ledger, consent, *SAID[at : at + 50])

    asyncio.run(fill())
    return tmp_path


def _command(data: Path, api: ModerationApi, *options: str) -> list[str]:
    fixed = ["--data", str(data), "--base-url", api.url, "--at-once", "2", "--poll-seconds", "0.01"]
    return [sys.executable, "-c", COMMAND, *fixed, *options]


def _kill_at(moments: Sequence[Moment], data: Path, api: ModerationApi, *options: str) -> None:
    for moment in moments:
        with subprocess.Popen(_command(data, api, *options), cwd=ROOT, stderr=subprocess.DEVNULL) as process:
            api.until(moment)
            process.kill()


def _finish(data: Path, api: ModerationApi, *options: str) -> None:
    done = subprocess.run(
        _command(data, api, *options), cwd=ROOT, check=False, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    choice = choose(data / FILE_NAME)
    assert choice is not None
    with VerdictStore(choice) as store:
        assert store.find(TEXTS) == [the_verdict(text) for text in TEXTS]


def _asked(number: int) -> Moment:
    return lambda api: len(api.requests) >= number


def test_what_was_fetched_before_a_kill_is_kept(data: Path, api: ModerationApi):
    _kill_at([_asked(4), _asked(9)], data, api)
    _finish(data, api)

    in_the_air = 2 * 2 * 32
    assert api.texts.total() <= len(TEXTS) + in_the_air
    assert set(api.texts) == set(TEXTS)


def test_a_batch_is_sent_once_however_often_its_sender_is_killed(data: Path, api: ModerationApi):
    moments: list[Moment] = [
        lambda api: bool(api.texts),
        lambda api: bool(api.batches),
        lambda api: any(batch["looks"] > 1 for batch in api.batches.values()),
    ]
    _kill_at(moments, data, api, "--batch")
    _finish(data, api, "--batch")

    assert len(api.batches) == 1
