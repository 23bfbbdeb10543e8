"""What the visitor's page says when something behind it dies, and how it goes on."""

import re
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import Visit, a_visit
from tests.e2e.arena_up import ArenaUp, arena_up, until_mended
from tests.e2e.conftest import PATIENT
from web_ui import texts

pytestmark = pytest.mark.browser

TALKATIVE = "\n".join(f'[[models]]\nname = "{name}"\nworker = "demo"' for name in ("demo-poet", "demo-helper"))
"""The two demo models that never answer in one sentence."""


@pytest.fixture(scope="module")
def fragile_arena(tmp_path_factory: pytest.TempPathFactory) -> Generator[ArenaUp]:
    """A whole arena, slow enough that something can die while it writes."""
    folder = tmp_path_factory.mktemp("fragile")
    (folder / "arena.toml").write_text(TALKATIVE)
    with arena_up(folder, env=PATIENT) as arena:
        arena.url()
        yield arena


@pytest.fixture
def visit(browser: Browser, fragile_arena: ArenaUp) -> Generator[Visit]:
    with a_visit(browser, fragile_arena.url()) as visit:
        yield visit.open().accept()
        visit.complaints.clear()  # the browser writes every broken connection into its console


def begin(visit: Visit) -> None:
    """Send a message, and wait for the first word of both answers."""
    visit.ask("battle", "Hello.")
    for side in "ab":
        expect(visit.answer("battle", side)).to_have_text(re.compile(r"\w"))


def test_when_a_worker_dies_both_sides_say_so_and_can_be_asked_again(visit: Visit, fragile_arena: ArenaUp):
    begin(visit)
    said = len(fragile_arena.lines)
    fragile_arena.kill("worker")
    visit.until_answered("battle")
    for side in "ab":
        expect(visit.answer("battle", side)).to_contain_text("could not answer")
    expect(visit.button("battle-vote-tie")).to_be_disabled()
    fragile_arena.wait_for("worker demo | INFO model_worker.registration: controller", after=said)  # knows the new one
    visit.button("battle-regenerate").click()
    expect(visit.button("battle-stop")).to_be_visible()
    visit.until_answered("battle")

    expect(visit.button("battle-vote-tie")).to_be_enabled()


def test_when_the_controller_dies_the_page_says_so_and_the_round_goes_on(visit: Visit, fragile_arena: ArenaUp):
    begin(visit)
    fragile_arena.kill("controller")
    visit.until_answered("battle")
    expect(visit.page.get_by_text("cannot be reached right now").first).to_be_visible()
    until_mended(fragile_arena, "controller")
    visit.button("battle-regenerate").click()
    expect(visit.button("battle-stop")).to_be_visible()
    visit.until_answered("battle")
    visit.button("battle-vote-tie").click()

    expect(visit.button("battle-new")).to_be_visible()


def test_when_the_page_itself_dies_the_visitor_goes_on_in_the_open_tab(visit: Visit, fragile_arena: ArenaUp):
    visit.chat("battle", "Hello.")
    fragile_arena.kill("web")
    visit.ask("battle", "Are you there?")
    expect(visit.said()).to_contain_text("cannot be reached")
    expect(visit.box("battle")).to_have_value("Are you there?")
    until_mended(fragile_arena, "web")
    visit.chat("battle", "And now?")

    expect(visit.messages("battle")).to_have_text(["Hello.", "And now?"])


def test_when_the_page_dies_while_it_shows_an_answer_the_open_tab_goes_on_once_it_is_back(
    visit: Visit, fragile_arena: ArenaUp
):
    begin(visit)
    fragile_arena.kill("web")
    expect(visit.said()).to_contain_text("cannot be reached")
    until_mended(fragile_arena, "web")
    visit.until_answered("battle")

    expect(visit.said()).to_have_count(0)
    visit.button("battle-vote-tie").click()
    expect(visit.button("battle-new")).to_be_visible()


def test_who_is_too_fast_is_told_how_long_to_wait(browser: Browser, tmp_path: Path):
    limited = PATIENT | {"ARENA_LIMITS_TURNS_PER_MINUTE": "1", "ARENA_WORKER_WORDS_PER_SECOND": "0"}
    with arena_up(tmp_path, env=limited) as arena, a_visit(browser, arena.url()) as visit:
        visit.open().accept().chat("battle", "Hello.")
        visit.ask("battle", "Too fast.")

        expect(visit.said()).to_contain_text(re.compile(r"Please try again in \d+ seconds\."))
        expect(visit.box("battle")).to_have_value("Too fast.")
        expect(visit.messages("battle")).to_have_text(["Hello."])
        visit.complaints.clear()


def test_without_a_second_model_a_battle_says_what_is_missing(browser: Browser, tmp_path: Path):
    (tmp_path / "arena.toml").write_text('[[models]]\nname = "demo-echo"\nworker = "demo"\n')
    with arena_up(tmp_path) as arena, a_visit(browser, arena.url()) as visit:
        visit.open().accept().ask("battle", "Anybody?")
        expect(visit.said()).to_contain_text("needs two models")
        visit.tab(texts.DIRECT)
        visit.chat("direct", "Anybody?")

        expect(visit.answer("direct")).to_contain_text("Anybody?")
