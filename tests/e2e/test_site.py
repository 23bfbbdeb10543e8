"""The leaderboard's site in a real browser, opened as a file: no server, no complaint, nobody else asked."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect

from export.ratings.analysis import analyse
from export.ratings.counts import Battles
from export.ratings.recipe import Recipe
from export.ratings.site import words
from export.ratings.site.making import write_site
from export.ratings.site.models import ModelFacts
from export.ratings.site.sources import of_report
from export.ratings.vote_table import VoteTable
from tests.browser import DESK, PHONE, Visit, a_visit
from tests.unit.export.ratings.site.made_sites import HOSTILE, a_board

pytestmark = pytest.mark.browser


@contextmanager
def _a_reader(browser: Browser, folder: Path, *, phone: bool = False, dark: bool = False) -> Generator[Visit]:
    with a_visit(browser, folder.as_uri(), viewport=PHONE if phone else DESK, dark=dark) as visit:
        visit.page.goto(f"{visit.url}/index.html")
        yield visit


def _shown(visit: Visit) -> Locator:
    return visit.page.locator("#standings tbody tr:visible")


def _a_site(folder: Path) -> Path:
    facts = {"a": ModelFacts(name="a", organisation=HOSTILE, licence="MIT", price_in=1.0, price_out=2.0)}
    boards = [a_board(style=style, category=name) for name in ("overall", "code") for style in (False, True)]
    write_site(folder, boards, facts, HOSTILE)
    return folder


def test_it_is_sorted_searched_and_switched_and_its_address_leads_back(browser: Browser, tmp_path: Path):
    with _a_reader(browser, _a_site(tmp_path)) as visit:
        expect(_shown(visit)).to_have_count(4)
        head = visit.page.get_by_role("columnheader", name="Votes")
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", "descending")
        visit.page.get_by_label(words.SEARCH).fill("mit")
        expect(_shown(visit)).to_have_count(1)
        expect(visit.page.get_by_role("status")).to_have_text("1 of 4 models are shown")
        expect(visit.page.locator("#intervals tbody tr:visible")).to_have_count(1)
        visit.page.get_by_role("link", name="Code").click()
        expect(visit.page).to_have_url(f"{visit.url}/category-code.html#sort=battles&order=down&q=mit")
        expect(_shown(visit)).to_have_count(1)
        visit.page.get_by_role("link", name=words.STYLE_EQUAL).click()

        expect(visit.page).to_have_url(f"{visit.url}/category-code-style.html#sort=battles&order=down&q=mit")
        expect(head).to_have_attribute("aria-sort", "descending")


def test_an_address_names_category_style_and_model(browser: Browser, tmp_path: Path):
    with _a_reader(browser, _a_site(tmp_path)) as visit:
        visit.page.goto(f"{visit.url}/index.html#category=code&style=1&model=a")
        expect(visit.page).to_have_url(f"{visit.url}/category-code-style.html#model=a")
        panel = visit.page.locator("#model")

        expect(panel.get_by_role("heading", name="a", exact=True)).to_be_visible()
        expect(panel.locator("tbody").first.locator("tr")).to_have_count(3)
        panel.get_by_role("button", name="Close").click()
        expect(panel).to_be_hidden()
        assert visit.page.url.endswith("style.html")


def test_one_long_name_leaves_the_figures_of_a_model_in_view(browser: Browser, tmp_path: Path):
    write_site(tmp_path, [a_board("9 a>b", "9 b>a", f"9 a>{'c' * 150}", f"9 {'c' * 150}>a")], {}, "")
    with _a_reader(browser, tmp_path, phone=True) as visit:
        visit.page.goto(f"{visit.url}/index.html#model=a")
        panel = visit.page.locator("#model")
        first, close = panel.locator("tbody").first.locator("tr").first, panel.get_by_role("button", name="Close")

        frame = panel.locator(".scroll").first.bounding_box()
        battles, button = first.locator("td").first.bounding_box(), close.bounding_box()
        assert frame
        assert battles
        assert button
        assert battles["x"] + battles["width"] <= frame["x"] + frame["width"]
        assert button["height"] < button["width"]


def test_the_map_shows_battles_too(browser: Browser, tmp_path: Path):
    with _a_reader(browser, _a_site(tmp_path)) as visit:
        cells = visit.page.locator("#pair-map tbody td")
        before = cells.all_inner_texts()
        visit.page.get_by_label("Show").select_option("met")

        expect(visit.page.locator("#pair-map caption")).to_have_text("How often the two met")
        assert sorted(each for each in cells.all_inner_texts() if each) == ["1", "1", "17", "17", "2", "2", "9", "9"]
        assert len(before) == 16


def test_without_scripts_it_is_whole(browser: Browser, tmp_path: Path):
    folder = _a_site(tmp_path)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{folder.as_uri()}/index.html")

    assert page.locator("#standings tbody tr").count() == 4
    assert page.locator("#pair-map tbody tr").count() == 4
    context.close()


@pytest.mark.parametrize(("phone", "dark"), [(True, False), (True, True), (False, True)])
def test_three_hundred_models_fit_every_screen(browser: Browser, tmp_path: Path, phone: bool, dark: bool):
    chance = np.random.default_rng(1)
    a = chance.integers(0, 300, 6000)
    names = tuple(f"maker-{at:03d}-model-with-a-long-name" for at in range(300))
    battles = Battles(names, a, (a + chance.integers(1, 300, 6000)) % 300, chance.integers(0, 3, 6000))
    write_site(tmp_path, [of_report(analyse(VoteTable(battles, "made"), Recipe()))], {}, "Arena")
    with _a_reader(browser, tmp_path, phone=phone, dark=dark) as visit:
        expect(_shown(visit)).to_have_count(300)
        assert visit.widest() <= (PHONE if phone else DESK)["width"]
        visit.page.get_by_label(words.SEARCH).fill("maker-29")

        expect(_shown(visit)).to_have_count(10)
