"""Visitors with a real browser and what is theirs, before a whole arena that lets them chat without being kept."""

import re
import time
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Route, expect

from arena.session import AgeGroup
from arena.terms import TERMS_VERSION
from tests.browser import PHONE, Visit, a_visit
from tests.e2e.arena_up import ArenaUp, arena_up
from tests.e2e.conftest import PATIENT
from tests.e2e.rows import Rows
from web_ui import data_texts, texts

pytestmark = pytest.mark.browser

PATIENCE = 60.0


@pytest.fixture(scope="module")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Generator[ArenaUp]:
    """An arena that also lets visitors chat without being kept."""
    env = PATIENT | {"ARENA_CONTROLLER_UNLOGGED_CHAT": "true"}
    with arena_up(tmp_path_factory.mktemp("data"), env=env) as arena:
        arena.url()
        yield arena


@pytest.fixture
def rows(arena: ArenaUp) -> Rows:
    return Rows(arena)


@pytest.fixture
def visit(browser: Browser, arena: ArenaUp, rows: Rows) -> Generator[Visit]:
    """A new visitor who has accepted the terms, and lets conversations be published."""
    with a_visit(browser, arena.url()) as visit:
        yield visit.open().accept("release")


def files_with(arena: ArenaUp, words: str) -> list[str]:
    """Which files of the arena hold these words."""
    files = [file for file in (arena.folder / "data").rglob("*") if file.is_file()]
    return [file.name for file in files if words.encode() in file.read_bytes()]


def until_in_no_file(arena: ArenaUp, words: str) -> None:
    """Look until the files are cleared: there is no event for what other processes do."""
    deadline = time.monotonic() + PATIENCE
    while found := files_with(arena, words):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def own_data(visit: Visit) -> Visit:
    """Go to *Your data* and wait until it is there."""
    visit.tab(data_texts.YOUR_DATA)
    expect(visit.button("data-save")).to_be_visible()
    return visit


def test_a_visitor_reads_what_they_allow_and_since_when(visit: Visit):
    allowed = own_data(visit).page.locator("#data-allow")

    expect(allowed).to_contain_text(f"version {TERMS_VERSION} of the terms on ")
    expect(allowed).to_contain_text(data_texts.KEPT)
    expect(allowed).to_contain_text(data_texts.PUBLISHED)
    expect(visit.page.locator("#data-release input")).to_be_checked()


def test_taking_publishing_back_goes_for_the_past_unless_said_otherwise(visit: Visit, rows: Rows):
    own_data(visit).page.locator("#data-release input").uncheck()
    expect(visit.page.locator("#data-past input")).to_be_checked()
    visit.button("data-save").click()
    expect(visit.said()).to_have_text(data_texts.SAVED_PAST)
    expect(visit.page.locator("#data-allow")).to_contain_text(data_texts.NOT_PUBLISHED)

    before, after = rows.new("consents")
    assert (before["release"], before["covers_past"]) == (1, 0)
    assert (after["release"], after["covers_past"], after["log"]) == (0, 1, 1)
    assert after["language"] == before["language"] != ""


def test_granting_it_goes_for_what_comes_unless_said_otherwise(browser: Browser, arena: ArenaUp, rows: Rows):
    with a_visit(browser, arena.url()) as visit:
        own_data(visit.open().accept()).page.locator("#data-release input").check()
        expect(visit.page.locator("#data-past input")).not_to_be_checked()
        visit.button("data-save").click()
        expect(visit.said()).to_have_text(data_texts.SAVED)

    assert (rows.new("consents")[-1]["release"], rows.new("consents")[-1]["covers_past"]) == (1, 0)


def test_minors_are_asked_for_nothing_that_would_be_published(browser: Browser, arena: ArenaUp, rows: Rows):
    with a_visit(browser, arena.url()) as visit:
        visit.open().page.locator("#terms-release input").check()
        visit.page.get_by_label(data_texts.AGE_CHOICES[AgeGroup.MINOR]).first.check()
        expect(visit.page.locator("#terms-release input")).to_be_disabled()
        expect(visit.page.locator("#terms-release input")).not_to_be_checked()
        visit.accept()
        expect(own_data(visit).page.locator("#data-allow")).to_contain_text(data_texts.AGES[AgeGroup.MINOR])

    (consent,) = rows.new("consents")
    assert (consent["age_group"], consent["release"], consent["log"]) == ("minor", 0, 1)


def test_the_code_from_the_offer_deletes_everything_from_another_browser(
    browser: Browser, arena: ArenaUp, visit: Visit, rows: Rows
):
    code = visit.own_code("offer")
    assert re.fullmatch(r"([0-9a-f]{4}-){7}[0-9a-f]{4}", code)
    visit.button("offer-dismiss").click()
    visit.chat("battle", "I bury my purple umbrella here.")
    assert files_with(arena, "purple umbrella")

    with a_visit(browser, arena.url()) as other:
        other.open().tab(data_texts.YOUR_DATA)
        other.page.get_by_label(data_texts.CODE_FIELD).fill(f" {code.upper()} ")
        other.button("data-code-use").click()
        expect(other.page.locator(".notice .said")).to_have_text(data_texts.deleted(2))
    until_in_no_file(arena, "purple umbrella")
    assert {turn["text"] for turn in rows.new("turns")} == {""}
    assert rows.new("sessions")[:1] != []

    visit.ask("battle", "Are you still there?")
    expect(visit.page.locator("#terms")).to_be_visible()
    visit.complaints.clear()  # the browser writes every refused request into its console


def test_the_code_is_shown_once(visit: Visit):
    code = visit.own_code("offer")
    visit.open()

    expect(visit.page.locator("#offer")).to_be_hidden()
    own_data(visit)
    expect(visit.page.locator("#data-code-card")).to_contain_text(data_texts.CODE_HAS)
    assert code not in visit.page.content()


def test_a_new_code_takes_the_place_of_the_old_one(visit: Visit):
    old = visit.own_code("offer")
    new = own_data(visit).own_code("data")
    assert new != old
    expect(visit.page.locator("#offer")).to_be_hidden()
    visit.page.get_by_label(data_texts.CODE_FIELD).fill(old)
    visit.page.get_by_label(data_texts.CODE_FIELD).press("Enter")

    expect(visit.said()).to_contain_text("Nothing is kept under this deletion code.")
    visit.complaints.clear()


def test_a_code_can_be_copied(visit: Visit):
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    code = visit.own_code("offer")
    expect(visit.page.locator("#offer-code")).to_be_focused()
    visit.button("offer-copy").click()
    expect(visit.said()).to_have_text(data_texts.COPIED)

    assert visit.page.evaluate("navigator.clipboard.readText()") == code


def test_deleting_now_asks_first_and_starts_afresh(arena: ArenaUp, visit: Visit, rows: Rows):
    visit.chat("battle", "My orange bicycle is slow.")
    visit.tab(texts.DIRECT)
    visit.chat("direct", "My orange bicycle is fast.")
    own_data(visit).button("data-delete-now").press("Enter")
    expect(visit.button("data-delete-no")).to_be_focused()
    visit.button("data-delete-no").press("Enter")
    expect(visit.button("data-delete-now")).to_be_focused()
    assert len(rows.new("turns")) == 3
    visit.button("data-delete-now").click()
    visit.button("data-delete-yes").click()

    expect(visit.page.locator(".notice .said")).to_have_text(data_texts.deleted(3))
    expect(visit.page.locator("#terms-release input")).not_to_be_checked()
    expect(visit.box("battle")).to_be_disabled()
    expect(visit.page.get_by_text("orange bicycle")).to_have_count(0)
    assert visit.page.context.cookies() == []
    until_in_no_file(arena, "orange bicycle")

    visit.accept()
    expect(visit.page.locator(".notice .said")).to_have_count(0)
    expect(visit.messages("battle")).to_have_count(0)


def test_what_was_said_about_a_deletion_is_said_once(visit: Visit):
    own_data(visit).button("data-delete-now").click()
    visit.button("data-delete-yes").click()
    expect(visit.page.locator(".notice .said")).to_have_text(data_texts.deleted(0))
    visit.open()

    expect(visit.page.locator(".notice .said")).to_have_count(0)


def test_a_battle_is_kept_from_being_published_and_stays_so(visit: Visit, rows: Rows):
    visit.chat("battle", "Keep this between us.")
    box = visit.page.get_by_label(data_texts.WITHHOLD)
    box.first.check()
    expect(visit.page.locator(".withheld .said:visible")).to_have_text(data_texts.WITHHELD)
    visit.open()
    expect(visit.page.locator("#battle-withhold input")).to_be_checked()
    visit.page.locator("#battle-withhold input").focus()
    visit.page.keyboard.press("Space")
    expect(visit.page.locator(".withheld .said:visible")).to_have_text(data_texts.NOT_WITHHELD)

    assert [choice["allowed"] for choice in rows.new("release_choices")] == [0, 0, 1, 1]
    visit.button("battle-vote-tie").click()
    visit.button("battle-new").click()
    expect(visit.page.locator("#battle-withhold")).to_be_hidden()


def test_the_same_choice_is_the_same_answer_whichever_models_play(visit: Visit):
    told: list[str] = []

    def overhear(route: Route) -> None:
        response = route.fetch()
        told.append(response.text())
        route.fulfill(response=response)

    visit.page.route(re.compile("withhold"), overhear)
    for message in ("First.", "Second."):
        visit.chat("battle", message)
        visit.page.locator("#battle-withhold input").check()
        expect(visit.page.locator(".withheld .said:visible")).to_have_text(data_texts.WITHHELD)
        visit.button("battle-clear").click()
        expect(visit.messages("battle")).to_have_count(0)
    visit.page.unroute_all()

    assert told == [told[0]] * 2


def test_a_direct_conversation_is_kept_from_being_published(visit: Visit, rows: Rows):
    visit.tab(texts.DIRECT)
    expect(visit.page.locator("#direct-withhold")).to_be_hidden()
    visit.chat("direct", "Just you and me.")
    before = visit.page.locator("#direct-withhold").bounding_box()
    visit.page.locator("#direct-withhold input").check()
    expect(visit.page.locator(".withheld .said:visible")).to_have_text(data_texts.WITHHELD)
    assert visit.page.locator("#direct-withhold").bounding_box() == before

    (choice,), (conversation,) = rows.new("release_choices"), rows.new("conversations")
    assert (choice["conversation_id"], choice["allowed"]) == (conversation["id"], 0)


def test_of_a_chat_that_is_not_kept_no_word_reaches_a_file(browser: Browser, arena: ArenaUp, rows: Rows):
    with a_visit(browser, arena.url()) as visit:
        visit.open().accept_unlogged()
        expect(visit.page.get_by_text(data_texts.UNLOGGED)).to_be_visible()
        visit.chat("direct", "My green parrot sings.")
        expect(visit.answer("direct")).not_to_be_empty()
        expect(visit.button("direct-up")).to_be_hidden()
        expect(visit.page.locator("#direct-withhold")).to_be_hidden()
        visit.chat("direct", "My green parrot dances.")

        assert rows.new("turns") == rows.new("conversations") == []
        assert files_with(arena, "green parrot") == []
        (consent,) = rows.new("consents")
        assert (consent["serve"], consent["log"]) == (1, 0)
        assert not any("green parrot" in line for line in arena.lines)


def test_battles_say_what_they_need_and_begin_once_it_is_allowed(browser: Browser, arena: ArenaUp, rows: Rows):
    with a_visit(browser, arena.url()) as visit:
        visit.open().accept_unlogged()
        for tab, room in ((texts.SIDE_BY_SIDE, "side"), (texts.BATTLE, "battle")):
            visit.tab(tab)
            expect(visit.box(room)).to_be_disabled()
            expect(visit.page.get_by_text(data_texts.NEEDS_LOG).locator("visible=true")).to_be_visible()
        visit.button("battle-allow").click()
        expect(visit.page.locator("#terms-keep input")).to_be_focused()
        visit.page.locator("#terms-keep input").check()
        visit.accept()
        visit.chat("battle", "Now we can.")

        assert {turn["ending"] for turn in rows.new("turns")} == {"completed"}


def test_who_changes_their_mind_about_being_kept_goes_on_at_once(visit: Visit, rows: Rows):
    own_data(visit).page.locator("#data-keep input").uncheck()
    visit.button("data-save").click()
    expect(visit.page.locator("#data-allow")).to_contain_text(data_texts.NOT_KEPT)
    visit.tab(texts.BATTLE)
    expect(visit.box("battle")).to_be_disabled()
    visit.tab(texts.DIRECT)
    visit.chat("direct", "Off the record.")

    assert rows.new("turns") == []
    own_data(visit).page.locator("#data-keep input").check()
    visit.button("data-save").click()
    expect(visit.page.locator("#data-allow")).to_contain_text(data_texts.KEPT)
    visit.tab(texts.BATTLE)
    visit.chat("battle", "On the record.")
    assert {turn["text"] for turn in rows.new("turns")} == {"On the record."}


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_all_of_it_fits(browser: Browser, arena: ArenaUp, dark: bool):
    with a_visit(browser, arena.url(), viewport=PHONE, dark=dark) as visit:
        assert visit.open().cut_off() == []
        visit.accept().own_code("offer")
        assert visit.cut_off() == []
        own_data(visit).own_code("data")
        visit.button("data-delete-now").click()
        expect(visit.button("data-delete-yes")).to_be_visible()

        assert visit.cut_off() == []
        assert visit.widest() <= PHONE["width"]
