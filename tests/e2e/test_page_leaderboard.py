"""The leaderboard in a real browser, before a controller that says what it is told to."""

import csv
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect
from pyarrow import parquet

from arena.leaderboard import BoardFigures, BoardRow, Leaderboard, OwnBoard, OwnRow
from export.ratings.site import words
from export.ratings.site.fragment import fragment
from export.ratings.site.site_board import Pair, SiteBoard
from tests.browser import PHONE, Visit, a_visit
from tests.e2e.visits import a_fresh_visit, a_page
from tests.fake_controller import create_app as fake_app
from tests.fake_script import FakeController
from tests.serving import serving
from tests.unit.export.ratings.site.made_sites import a_board as a_site_board
from web_ui import board_texts, texts

pytestmark = pytest.mark.browser


def _rows(models: int) -> Iterator[BoardRow]:
    for at in range(models):
        rating = 1400 - 800 * at / models
        yield BoardRow(
            model=f"model-{at:03d}-" + "x" * (7 * at % 30),
            status="rated",
            rating=rating,
            ci_low=rating - 20,
            ci_high=rating + 20,
            rank=at + 1,
            rank_low=max(1, at - 2),
            rank_high=min(models, at + 4),
            battles=100 + 37 * at % 90,
            wins=50,
            losses=40,
            ties=10,
        )


def _a_board(models: int = 5) -> Leaderboard:
    rows = tuple(_rows(models))
    code = Leaderboard(votes=40, updated_at=1_700_000_000.0, rows=rows[::-1][:2])
    return Leaderboard(votes=100, updated_at=1_700_000_000.0, rows=rows, categories={"code": code})


def _own() -> OwnBoard:
    row = OwnRow(model="model-000", wins=20, losses=8, ties=2, share=0.7, share_low=0.52, share_high=0.83)
    return OwnBoard(votes=30, needed=30, rows=(row,))


def _shown(visit: Visit) -> Locator:
    return visit.page.locator("#board tbody tr:visible")


def _names(visit: Visit) -> list[str]:
    return [each.split("\n")[0][:9] for each in visit.page.locator("#board tbody th:visible").all_inner_texts()]


def test_it_is_sorted_and_searched_and_its_address_leads_back(browser: Browser):
    with a_fresh_visit(browser, FakeController(board=_a_board())) as visit:
        visit.tab(texts.LEADERBOARD)
        expect(_shown(visit)).to_have_count(5)
        head = visit.page.get_by_role("columnheader", name=board_texts.COLUMNS["rating"])
        for order, first in (("descending", "model-000"), ("ascending", "model-004")):
            head.get_by_role("button").click()
            expect(head).to_have_attribute("aria-sort", order)
            assert _names(visit)[0] == first
        visit.page.get_by_label(board_texts.SEARCH).fill("model-00 3")
        expect(_shown(visit)).to_have_count(1)
        expect(visit.page.get_by_role("status").filter(has_text="1 of 5")).to_be_visible()
        address = visit.page.url
        visit.page.goto("about:blank")
        visit.page.goto(address)

        expect(_shown(visit)).to_have_count(1)
        expect(head).to_have_attribute("aria-sort", "ascending")


def test_a_category_has_its_own_board_and_address(browser: Browser):
    with a_fresh_visit(browser, FakeController(board=_a_board())) as visit:
        visit.tab(texts.LEADERBOARD)
        visit.page.get_by_role("link", name="Code").click()
        expect(_shown(visit)).to_have_count(2)
        assert visit.page.url.endswith("?tab=leaderboard&category=code")
        visit.page.reload()
        expect(_shown(visit)).to_have_count(2)
        with visit.page.expect_download() as begun:
            visit.page.get_by_role("link", name="CSV").click()
        with begun.value.path().open(newline="") as file:
            assert [row["model"][:9] for row in csv.DictReader(file)] == ["model-004", "model-003"]
        visit.tab(texts.ABOUT)

        assert "?" not in visit.page.url


def test_a_link_to_the_board_leads_past_the_terms(browser: Browser):
    fake = FakeController(board=_a_board(60))
    with serving(fake_app(fake)) as controller, a_page(controller) as url, a_visit(browser, url) as visit:
        visit.page.goto(f"{url}/?tab=leaderboard")
        expect(_shown(visit)).to_have_count(60)

        expect(_shown(visit).first).to_be_in_viewport()


def _figures(style: bool = False) -> BoardFigures:
    drawn = fragment(a_site_board(style=True))
    return BoardFigures(
        updated_at=1_790_000_000.0,
        html=drawn,
        has_style=True,
        styled=Leaderboard(votes=7, rows=tuple(_rows(3))) if style else None,
    )


def test_figures_stand_below_and_style_has_its_own_board_and_address(browser: Browser):
    fake = FakeController(board=_a_board(), figures={("", each): _figures(each) for each in (False, True)})
    with a_fresh_visit(browser, fake) as visit:
        visit.tab(texts.LEADERBOARD)
        figures = visit.page.locator("#board-figures")
        for heading in (words.MAP, words.COVERAGE, words.BATTLES, words.TIME, words.EFFECTS):
            expect(figures.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        expect(figures.get_by_text("Figures as of 2026-09-21 14:13 UTC")).to_be_visible()
        visit.page.get_by_role("link", name="Style held equal").click()
        expect(_shown(visit)).to_have_count(3)
        assert visit.page.url.endswith("?tab=leaderboard&style=1")
        visit.page.reload()
        expect(_shown(visit)).to_have_count(3)
        with visit.page.expect_download() as begun:
            visit.page.get_by_role("link", name="Parquet").click()

        assert parquet.read_table(begun.value.path()).num_rows == 3


NAMES = ("<img src=x onerror=hit()>", '=HYPERLINK("x")', "W" * 120, "\u202emodel", "${hit()} {{hit()}}")


def test_names_are_shown_as_they_are_and_reached_by_keyboard_alone(browser: Browser):
    rows = tuple(row.model_copy(update={"model": name}) for row, name in zip(_rows(5), NAMES, strict=True))
    told = {"models": [row.model_dump() for row in rows], "style": {}}
    figures = BoardFigures(html=fragment(SiteBoard("overall", False, told, (Pair(0, 1, 3, 2, 1),))))
    fake = FakeController(board=Leaderboard(votes=9, rows=rows), figures={("", False): figures})
    with a_fresh_visit(browser, fake, viewport=PHONE) as visit:
        visit.tab(texts.LEADERBOARD)
        expect(visit.page.locator("#board tbody th")).to_have_text(list(NAMES))
        expect(visit.page.locator("#pair-map tbody th").first).to_have_text(NAMES[0])
        assert visit.widest() <= PHONE["width"]
        visit.page.get_by_label(board_texts.SEARCH).focus()
        for _ in range(4):  # the table, then the heads of its columns
            visit.page.keyboard.press("Tab")
        visit.page.keyboard.press("Enter")

        expect(visit.page.get_by_role("columnheader", name="Rating")).to_have_attribute("aria-sort", "descending")


def test_ones_own_votes_are_shown_below(browser: Browser):
    fake = FakeController(board=_a_board())
    with a_fresh_visit(browser, fake) as visit:
        visit.tab(texts.LEADERBOARD)
        expect(visit.page.locator("#own-board")).to_contain_text("30 to go")
        fake.own = _own()
        visit.tab(texts.ABOUT)
        visit.tab(texts.LEADERBOARD)

        expect(visit.page.locator("#own-board tbody tr")).to_have_text(["model-000208270%52% to 83%"])


@pytest.mark.parametrize("dark", [False, True])
def test_with_three_hundred_models_nothing_sticks_out_of_a_phone(browser: Browser, dark: bool):
    with a_fresh_visit(browser, FakeController(board=_a_board(300), own=_own()), viewport=PHONE, dark=dark) as visit:
        visit.tab(texts.LEADERBOARD)
        expect(_shown(visit)).to_have_count(300)

        assert visit.widest() <= PHONE["width"]
