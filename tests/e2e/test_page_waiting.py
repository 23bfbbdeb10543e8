"""What a visitor sees and hears while an answer waits in line."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from arena.chat import Queued
from arena.model import ModelEntry, WorkerKind
from tests.arenas import PAGE_KEY, an_arena
from tests.browser import PHONE, Visit, a_visit
from tests.e2e.visits import a_fresh_visit, a_page
from tests.fake_script import FakeController
from tests.workers import running
from web_ui import texts

pytestmark = pytest.mark.browser

COUNT_CHANGES = """line => {
    window.changes = [];
    new MutationObserver(() => changes.push(line.textContent)).observe(line, {childList: true, characterData: true});
}"""


def notice(visit: Visit, room: str, side: str = "a") -> Locator:
    """What stands below one side's answers, in the same pane."""
    return visit.page.locator(f"#{room}-{side} + .waiting")


def spoken(visit: Visit) -> Locator:
    """What screen readers say of it."""
    return visit.page.get_by_role("status").and_(visit.page.locator("#waiting-spoken"))


def test_the_place_and_the_time_are_told_until_the_first_word(browser: Browser):
    fake = FakeController(line=[Queued(position=3, wait_seconds=14), Queued(position=1)])
    with a_fresh_visit(browser, fake) as visit:
        visit.tab(texts.DIRECT)
        visit.ask("direct", "Hello?")

        expect(notice(visit, "direct")).to_have_text("You are number 3 in line, about 15 seconds.")
        expect(notice(visit, "direct")).to_have_text("You are number 3 in line, about 10 seconds.")
        expect(notice(visit, "direct")).to_have_text("You are number 3 in line, about 9 seconds.")
        fake.turnstile.release()
        expect(notice(visit, "direct")).to_have_text("You are next in line.")
        fake.turnstile.release()
        expect(visit.answer("direct")).to_contain_text("Hello from one side.")
        expect(visit.page.locator(".waiting")).to_have_count(0)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "You are number 2 in line, any moment now."),
        (62, "You are number 2 in line, about 65 seconds."),
        (200, "You are number 2 in line, about 4 minutes."),
    ],
)
def test_times_are_said_as_people_say_them(browser: Browser, seconds: float, said: str):
    fake = FakeController(line=[Queued(position=2, wait_seconds=seconds)])
    with a_fresh_visit(browser, fake) as visit:
        visit.tab(texts.DIRECT)
        visit.ask("direct", "Hello?")
        expect(notice(visit, "direct")).to_have_text(said)
        fake.turnstile.release()
        visit.until_answered("direct")


def test_screen_readers_hear_of_a_place_once_and_not_of_every_second(browser: Browser):
    fake = FakeController(line=[Queued(position=2, wait_seconds=9), Queued(position=1, wait_seconds=5)])
    with a_fresh_visit(browser, fake) as visit:
        visit.tab(texts.DIRECT)
        visit.ask("direct", "Hello?")
        expect(spoken(visit)).to_have_text("You are number 2 in line, about 9 seconds.")
        spoken(visit).evaluate(COUNT_CHANGES)
        expect(notice(visit, "direct")).to_have_attribute("aria-hidden", "true")
        expect(notice(visit, "direct")).to_have_text(re.compile("about 6 seconds"))
        fake.turnstile.release()
        expect(notice(visit, "direct")).to_have_text(re.compile("You are next in line, about [45] seconds"))
        assert visit.page.evaluate("changes") == [], "so soon nothing new is said"
        fake.turnstile.release()
        visit.until_answered("direct")

        expect(spoken(visit)).to_have_text("")


def test_in_a_battle_both_sides_say_the_same_until_each_has_its_word(browser: Browser):
    fake = FakeController(line=[Queued(position=4, wait_seconds=30)], answers={"a": "One.", "b": "Two."})
    with a_fresh_visit(browser, fake) as visit:
        visit.ask("battle", "Hello?")
        for side in ("a", "b"):
            expect(notice(visit, "battle", side)).to_have_text("You are number 4 in line, about 30 seconds.")
        a, b = (notice(visit, "battle", side).bounding_box() or {} for side in ("a", "b"))
        assert (a["y"], a["height"]) == (b["y"], b["height"])
        fake.turnstile.release()
        visit.until_answered("battle")

        expect(visit.page.locator(".waiting")).to_have_count(0)


def test_side_by_side_only_the_side_that_waits_says_so(browser: Browser):
    fake = FakeController(line=[Queued(side="b", position=2)])
    with a_fresh_visit(browser, fake) as visit:
        visit.tab(texts.SIDE_BY_SIDE)
        visit.ask("side", "Hello?")
        expect(notice(visit, "side", "b")).to_have_text("You are number 2 in line.")
        expect(notice(visit, "side", "a")).to_have_count(0)
        fake.turnstile.release()
        visit.until_answered("side")


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_the_notice_fits(browser: Browser, dark: bool):
    fake = FakeController(line=[Queued(position=1234, wait_seconds=5000)])
    with a_fresh_visit(browser, fake, viewport=PHONE, dark=dark) as visit:
        visit.ask("battle", "Hello?")
        expect(notice(visit, "battle", "b")).to_have_text("You are number 1234 in line, about 84 minutes.")
        assert visit.widest() <= PHONE["width"]
        fake.turnstile.release()
        visit.until_answered("battle")


@contextmanager
def a_narrow_arena(folder: Path) -> Generator[str]:
    """A page before a real controller whose only worker writes one answer at a time, slowly."""
    models = (ModelEntry(name="demo-echo", worker=WorkerKind.DEMO, slots=1),)
    with an_arena(folder, *models, silence_seconds=1000) as arena, running(models, words_per_second=20) as worker:
        card = worker.worker.card.model_copy(update={"url": worker.url})
        assert arena.call("POST", "/workers", content=card.model_dump_json()).status_code == 204
        with a_page(arena.url, PAGE_KEY) as url:
            yield url


def test_who_comes_second_waits_for_the_first(browser: Browser, tmp_path: Path):
    with (
        a_narrow_arena(tmp_path) as url,
        a_visit(browser, url) as first,
        a_visit(browser, url) as second,
        a_visit(browser, url) as third,
    ):
        for visit in (first, second, third):
            visit.open().accept()
            visit.tab(texts.DIRECT)
        first.ask("direct", "[repeat 2000] word")
        expect(first.answer("direct")).to_contain_text("word word")
        second.ask("direct", "[repeat 3] second")
        expect(notice(second, "direct")).to_have_text(re.compile("^You are next in line"))
        third.ask("direct", "third")
        expect(notice(third, "direct")).to_have_text(re.compile("^You are number 2 in line"))

        third.button("direct-stop").click()
        expect(notice(third, "direct")).to_have_count(0)
        third.until_answered("direct")
        first.button("direct-stop").click()
        second.until_answered("direct")
        expect(second.answer("direct")).to_contain_text("second second second")
        expect(notice(second, "direct")).to_have_count(0)
