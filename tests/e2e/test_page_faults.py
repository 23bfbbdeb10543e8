"""What a visitor sees, and what the ledger holds, when a process is killed in the middle of a battle."""

import sqlite3
from collections import Counter
from collections.abc import Generator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import Visit, a_visit
from tests.e2e.arena_up import ArenaUp, arena_up, until_mended

pytestmark = pytest.mark.browser

LONG = "[repeat 400] word"
MODELS = """
[[models]]
name = "one"
worker = "demo"
upstream = "demo-echo"

[[models]]
name = "other"
worker = "demo"
upstream = "demo-echo"
"""


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Generator[ArenaUp]:
    """An arena of two models that speak slowly and for as long as they are asked to. It mends itself between tests."""
    folder = tmp_path_factory.mktemp("faults")
    (folder / "arena.toml").write_text(MODELS)
    with arena_up(folder, env={"ARENA_WORKER_WORDS_PER_SECOND": "20"}) as arena:
        arena.url()
        yield arena


class Written:
    """What a test's own battles have left in the ledger."""

    def __init__(self, arena: ArenaUp) -> None:
        self._file = arena.folder / "data" / "ledger.sqlite3"
        self._before = len(self._read("select id from turns"))

    def _read(self, query: str) -> list[str]:
        with closing(sqlite3.connect(self._file)) as ledger:
            return [value for (value,) in ledger.execute(query)]

    def endings(self) -> Counter[str | None]:
        return Counter(self._read("select ending from turns order by rowid")[self._before :])

    def votes(self) -> list[str]:
        return self._read("select outcome from votes order by rowid")


@pytest.fixture
def written(arena: ArenaUp) -> Written:
    return Written(arena)


def begin_a_long_answer(visit: Visit) -> None:
    visit.ask("battle", LONG)
    for side in ("a", "b"):
        expect(visit.answer("battle", side)).to_contain_text("word word word")


def answer_again(visit: Visit) -> None:
    """Ask again on both sides, and stop when both have begun."""
    visit.button("battle-regenerate").click()
    for side in ("a", "b"):
        expect(visit.answer("battle", side)).to_contain_text("word word word")
    visit.button("battle-stop").click()
    visit.until_answered("battle")


def test_a_worker_killed_in_the_middle_of_an_answer_fails_that_turn_and_the_battle_goes_on(
    browser: Browser, arena: ArenaUp, written: Written
):
    with a_visit(browser, arena.url()) as visit:
        visit.open().accept()
        begin_a_long_answer(visit)
        arena.kill("worker")

        expect(visit.page.locator("#battle-a")).to_contain_text("could not answer")
        expect(visit.page.locator("#battle-b")).to_contain_text("could not answer")
        expect(visit.button("battle-vote-tie")).to_be_disabled()
        assert written.endings() == {"failed": 2}

        until_mended(arena, "worker")
        answer_again(visit)

        expect(visit.button("battle-vote-tie")).to_be_enabled()
        assert written.endings() == {"failed": 2, "cancelled": 2}


def test_a_controller_killed_in_a_battle_loses_only_what_was_being_written(
    browser: Browser, arena: ArenaUp, written: Written
):
    with a_visit(browser, arena.url()) as visit:
        visit.open().accept()
        visit.chat("battle", "one short word")
        visit.button("battle-vote-model_a").click()
        expect(visit.button("battle-new")).to_be_visible()
        visit.button("battle-new").click()
        expect(visit.messages("battle")).to_have_count(0)
        visit.chat("battle", "another short word")
        begin_a_long_answer(visit)
        arena.kill("controller")

        expect(visit.page.locator("#battle-a")).to_contain_text("cannot be reached")
        expect(visit.button("battle-vote-tie")).to_be_disabled()

        until_mended(arena, "controller")
        assert written.endings() == {"completed": 4, "lost": 2}
        assert written.votes() == ["model_a"]

        answer_again(visit)
        visit.button("battle-vote-tie").click()

        expect(visit.button("battle-new")).to_be_visible()
        assert written.votes() == ["model_a", "tie"]
        assert written.endings() == {"completed": 4, "lost": 2, "cancelled": 2}
