"""With small real processes in place of workers."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from arena.command import crew as rules
from arena.command.crew import Crew
from arena.command.plan import Post
from arena.command.supervisor import Child, Supervisor
from arena.model import ModelEntry, WorkerKind
from tests.unit.arena.command.test_supervisor import Heard, children

REGISTER = """
import os, pathlib, signal, sys, time
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
card, stream = pathlib.Path(sys.argv[1]) / f"{sys.argv[2]} {os.getpid()}", pathlib.Path(sys.argv[1]) / "stream"
card.touch()
print("up", flush=True)
signal.sigwait({signal.SIGTERM})
card.unlink()
while stream.exists():
    time.sleep(0.01)
"""
"""Registers by a file named after its models; told to end, it leaves, and ends when there is no stream any more."""
CANNOT_START = "import sys; print('arena: no such thing', flush=True); sys.exit(2)"


class Stage:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heard = Heard()
        self.supervisor = Supervisor(self.heard)
        self.crew = Crew(self.supervisor, self.heard, self.known)

    async def known(self, models: frozenset[str]) -> int:
        return sum(card.name.startswith(f"{','.join(sorted(models))} ") for card in self.folder.iterdir())

    def post(
        self, account: str, *models: str, kind: WorkerKind = WorkerKind.DEMO, slots: int = 1, script: str = REGISTER
    ) -> Post:
        served = tuple(ModelEntry(name=name, worker=kind, slots=slots) for name in models)
        command = (sys.executable, "-c", script, str(self.folder), ",".join(sorted(models)))
        return Post(account, served, Child(f"worker {account}", command, 2))

    async def registered(self, models: str) -> str:
        """Wait until just one worker of these models is registered; return its process id."""
        async with asyncio.timeout(30):
            while len(found := list(self.folder.glob(f"{models} *"))) != 1:
                await asyncio.sleep(0.02)
        return found[0].name.split()[1]

    def hold_streams(self) -> Path:
        stream = self.folder / "stream"
        stream.touch()
        return stream


@asynccontextmanager
async def a_stage(folder: Path) -> AsyncGenerator[Stage]:
    rules.LOOK_SECONDS = 0.02
    stage = Stage(folder)
    try:
        yield stage
    finally:
        await stage.crew.close()
        stage.supervisor.kill()
        await stage.supervisor.stop()
    assert children() == []


async def test_an_account_that_is_new_is_started_and_one_that_is_gone_ends_with_its_streams(tmp_path: Path):
    async with a_stage(tmp_path) as stage:
        stage.crew.begin([stage.post("one", "a")])
        await stage.registered("a")
        stream = stage.hold_streams()

        stage.crew.become([stage.post("two", "b")])
        await stage.registered("b")
        assert len(children()) == 2
        stream.unlink()
        await stage.heard.line("worker one: gone")

        assert len(children()) == 1


async def test_a_changed_account_has_its_new_worker_before_the_old_one_goes(tmp_path: Path):
    async with a_stage(tmp_path) as stage:
        stage.crew.begin([stage.post("one", "a")])
        old = await stage.registered("a")

        stage.crew.become([stage.post("one", "a", slots=2)])
        await stage.heard.line("worker one: gone")

        assert await stage.registered("a") != old
        said = [line for line in stage.heard.lines if "|" not in line]
        assert said[:3] == ["worker one: starting"] * 2 + ["worker one: ends when its streams have"]


async def test_an_engine_goes_before_the_next_one_comes(tmp_path: Path):
    async with a_stage(tmp_path) as stage:
        stage.crew.begin([stage.post("gpu", "a", kind=WorkerKind.VLLM)])
        await stage.registered("a")
        stream = stage.hold_streams()

        stage.crew.become([stage.post("other gpu", "b", kind=WorkerKind.VLLM)])
        await stage.heard.line("worker gpu: ends when its streams have")
        assert "worker other gpu: starting" not in stage.heard.lines
        stream.unlink()
        await stage.registered("b")

        said = [line for line in stage.heard.lines if line in {"worker gpu: gone", "worker other gpu: starting"}]
        assert said == ["worker gpu: gone", "worker other gpu: starting"]


async def test_one_that_cannot_start_leaves_the_one_before_at_its_place(tmp_path: Path):
    async with a_stage(tmp_path) as stage:
        stage.crew.begin([stage.post("one", "a")])
        old = await stage.registered("a")

        stage.crew.become([stage.post("one", "a", "b", script=CANNOT_START)])
        await stage.heard.line("worker one cannot start: no such thing; the one before goes on")

        assert await stage.registered("a") == old
        stage.crew.become([stage.post("one", "a", "b")])
        await stage.registered("a,b")


async def test_who_changes_their_mind_meanwhile_has_the_last_crew(tmp_path: Path):
    async with a_stage(tmp_path) as stage:
        stage.crew.begin([stage.post("one", "a")])
        await stage.registered("a")
        for slots in (2, 3, 4):
            stage.crew.become([stage.post("one", "a", slots=slots)])
        await stage.heard.line("worker one: gone", times=3)

        assert len(children()) == 1
        await stage.registered("a")


async def test_a_mind_that_is_changed_just_when_a_worker_has_come_leaves_the_one_before_until_the_last(tmp_path: Path):
    async with a_stage(tmp_path) as stage:
        fewest: list[int] = []

        async def known(models: frozenset[str]) -> int:
            number = await stage.known(models)
            if number == 2 and not fewest:
                stage.crew.become([stage.post("one", "a", slots=3)])
            if number == 2 or fewest:
                fewest.append(number)
            return number

        stage.crew = Crew(stage.supervisor, stage.heard, known)
        stage.crew.begin([stage.post("one", "a")])
        await stage.registered("a")
        stage.crew.become([stage.post("one", "a", slots=2)])
        await stage.heard.line("worker one: gone", times=2)

        assert min(fewest) >= 1
        await stage.registered("a")


async def test_an_engine_that_is_no_longer_wanted_when_its_place_is_free_is_not_started(tmp_path: Path):
    async with a_stage(tmp_path) as stage:
        stage.crew.begin([stage.post("gpu", "a", kind=WorkerKind.VLLM)])
        await stage.registered("a")
        stream = stage.hold_streams()
        stage.crew.become([stage.post("gpu", "a", kind=WorkerKind.VLLM, slots=2)])
        stage.crew.become([])
        stream.unlink()
        await stage.heard.line("worker gpu: gone", times=2)

        assert children() == []


async def test_nothing_is_done_for_the_same_crew(tmp_path: Path):
    async with a_stage(tmp_path) as stage:
        stage.crew.begin([stage.post("one", "a")])
        pid = await stage.registered("a")

        decided = stage.crew.become([stage.post("one", "a")])

        assert decided == rules.Steps()
        assert [child.pid for child in children()] == [int(pid)]
