"""Who follows whom: the supervisor, its controller, and the file between them."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from arena.command import following as rules
from arena.command.crew import Crew
from arena.command.following import Following
from arena.command.plan import Place, Plan
from arena.command.supervisor import Child, Keeper, Supervisor
from arena.errors import SetupError
from arena.model import DEMO_MODELS, ModelEntry
from arena.settings import ArenaFile, WebSection

NOBODY = Child("nobody", ("true",))


def a_plan(*models: ModelEntry, title: str = "Arena") -> Plan:
    config = ArenaFile(models=models or DEMO_MODELS, web=WebSection(title=title))
    at = Place("127.0.0.1", 1)
    return Plan(config, SecretStr("key"), at, at, NOBODY, (), NOBODY, NOBODY)


class Controller(Keeper):
    """A controller that takes up what the file says when it is told to."""

    def __init__(self, stage: "Stage") -> None:
        super().__init__(NOBODY, stage.lines.append)
        self.told = 0
        self._stage = stage

    def ask_to_reload(self) -> None:
        self.told += 1
        if not self._stage.controllers_problem:
            self._stage.revision = self._stage.file.revision


class Stage:
    def __init__(self) -> None:
        self.file = a_plan()
        self.problem = ""
        self.controllers_problem = ""
        self.revision: str | None = self.file.revision
        self.looks = 0
        self.lines: list[str] = []
        self.following = Following(self.file, self._read, self.lines.append, self._look)
        self.controller = Controller(self)

    def _read(self) -> Plan:
        if self.problem:
            raise SetupError(self.problem)
        return self.file

    async def _look(self) -> str | None:
        self.looks += 1
        return self.revision

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not is_so():
                await asyncio.sleep(0.005)

    async def look_again(self, times: int = 3) -> None:
        """Let it look some times more."""
        wanted = self.looks + times
        await self.until(lambda: self.looks >= wanted)


@asynccontextmanager
async def a_stage(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Stage]:
    monkeypatch.setattr(rules, "LOOK_SECONDS", 0.01)
    stage = Stage()

    async def known(_: frozenset[str]) -> int:
        return 1

    stage.following.begin(Crew(Supervisor(stage.lines.append), stage.lines.append, known), stage.controller)
    try:
        yield stage
    finally:
        await stage.following.close()


async def test_while_nobody_asks_nothing_is_read(monkeypatch: pytest.MonkeyPatch):
    async with a_stage(monkeypatch) as stage:
        stage.file = a_plan(*DEMO_MODELS[:2])
        await stage.look_again()

        assert stage.lines == []
        assert stage.controller.told == 0


async def test_when_it_is_asked_it_tells_the_controller(monkeypatch: pytest.MonkeyPatch):
    async with a_stage(monkeypatch) as stage:
        stage.file = a_plan(*DEMO_MODELS[:2])
        stage.following.ask()
        await stage.until(lambda: stage.controller.told > 0)
        await stage.look_again()

        assert stage.lines == ["reload: removed demo-poet, demo-echo"]
        assert stage.controller.told == 1
        assert stage.following.plan is stage.file


async def test_when_the_controller_was_asked_it_follows(monkeypatch: pytest.MonkeyPatch):
    async with a_stage(monkeypatch) as stage:
        stage.file = a_plan(*DEMO_MODELS[:3])
        stage.revision = stage.file.revision
        await stage.until(lambda: stage.lines != [])
        await stage.look_again()

        assert stage.lines == ["reload: removed demo-echo"]
        assert stage.controller.told == 0


async def test_a_broken_file_is_said_once_and_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    async with a_stage(monkeypatch) as stage:
        before, stage.problem = stage.following.plan, "arena.toml: models: wrong"
        stage.revision = "another"
        await stage.until(lambda: stage.lines != [])
        await stage.look_again()

        assert stage.lines == ["reload: nothing changed: arena.toml: models: wrong"]
        assert stage.following.plan is before
        stage.problem = ""
        stage.following.ask()
        await stage.until(lambda: stage.revision == before.revision)
        assert stage.lines[1:] == ["reload: nothing changed"]


async def test_a_controller_that_is_behind_is_told_until_it_is_not(monkeypatch: pytest.MonkeyPatch):
    async with a_stage(monkeypatch) as stage:
        stage.revision = None  # it is being restarted
        stage.file = a_plan(*DEMO_MODELS[:2])
        stage.following.ask()
        await stage.until(lambda: stage.lines != [])
        assert stage.controller.told == 0
        stage.revision = a_plan().revision  # it had read the old file

        await stage.until(lambda: stage.controller.told == 1)
        await stage.look_again()

        assert stage.controller.told == 1
        assert stage.lines == ["reload: removed demo-poet, demo-echo"]


async def test_a_controller_that_finds_a_mistake_where_we_find_none_is_not_told_for_ever(
    monkeypatch: pytest.MonkeyPatch,
):
    async with a_stage(monkeypatch) as stage:
        stage.file, stage.controllers_problem = a_plan(*DEMO_MODELS[:2]), "store.url: 'mysql' is not supported"
        stage.following.ask()
        await stage.until(lambda: len(stage.lines) == 2)
        await stage.look_again(5)
        assert stage.controller.told == rules.MOST_TELLINGS
        assert stage.lines[1].startswith("reload: the controller does not take it up")

        stage.controllers_problem = ""
        stage.following.ask()
        await stage.until(lambda: stage.revision == stage.file.revision)


async def test_a_revision_that_could_not_be_followed_once_is_followed_when_it_comes_again(
    monkeypatch: pytest.MonkeyPatch,
):
    async with a_stage(monkeypatch) as stage:
        before, wanted = stage.file, a_plan(*DEMO_MODELS[:2])
        stage.problem, stage.revision = "arena.toml: models: wrong", wanted.revision
        await stage.until(lambda: len(stage.lines) == 1)
        stage.revision = before.revision
        await stage.look_again()

        stage.problem, stage.file, stage.revision = "", wanted, wanted.revision
        await stage.until(lambda: stage.following.plan is wanted)


async def test_what_needs_a_restart_is_said_as_long_as_it_does(monkeypatch: pytest.MonkeyPatch):
    async with a_stage(monkeypatch) as stage:
        stage.file = a_plan(title="Other")
        for times in (1, 2):
            stage.following.ask()
            await stage.until(lambda times=times: len(stage.lines) == times)

        assert stage.lines == ["reload: only after a restart: web.title"] * 2


async def test_what_was_asked_for_before_it_began_is_done_then(monkeypatch: pytest.MonkeyPatch):
    stage = Stage()
    stage.file = a_plan(*DEMO_MODELS[:1])
    stage.following.ask()

    async def known(_: frozenset[str]) -> int:
        return 1

    stage.following.begin(Crew(Supervisor(stage.lines.append), stage.lines.append, known), stage.controller)
    await stage.until(lambda: stage.lines != [])
    await stage.following.close()

    assert stage.lines == ["reload: removed demo-helper, demo-poet, demo-echo"]
