"""Visitors with a real browser before a whole arena; after each the ledger has its rows."""

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Route, expect

from arena.terms import TERMS_VERSION
from tests.browser import DESK, PHONE, Visit, a_visit
from tests.e2e.arena_up import ArenaUp
from tests.e2e.rows import Rows
from web_ui import data_texts, texts

pytestmark = pytest.mark.browser

LONG = "word " * 200


@pytest.fixture
def rows(patient_arena: ArenaUp) -> Rows:
    return Rows(patient_arena)


@pytest.fixture
def visit(browser: Browser, patient_arena: ArenaUp, rows: Rows) -> Generator[Visit]:
    """A new visitor who has accepted the terms."""
    with a_visit(browser, patient_arena.url()) as visit:
        yield visit.open().accept()


def test_before_the_terms_are_accepted_nothing_can_be_sent(browser: Browser, patient_arena: ArenaUp, rows: Rows):
    with a_visit(browser, patient_arena.url()) as visit:
        visit.open()

        expect(visit.box("battle")).to_be_disabled()
        expect(visit.button("battle-send")).to_be_disabled()
        expect(visit.page.locator("#terms")).to_contain_text("research service")
        expect(visit.page.locator("#terms-release input")).not_to_be_checked()
        expect(visit.page.locator("#terms-share input")).not_to_be_checked()
        assert rows.new("sessions") == []


def test_what_is_accepted_is_kept_and_not_asked_again(browser: Browser, patient_arena: ArenaUp, rows: Rows):
    with a_visit(browser, patient_arena.url()) as visit:
        visit.open().accept("release")
        visit.open()

        expect(visit.page.locator("#terms")).to_be_hidden()
        (consent,) = rows.new("consents")
        kept = {scope: consent[scope] for scope in ("serve", "log", "release", "share")}
        assert kept == {"serve": 1, "log": 1, "release": 1, "share": 0}
        assert consent["terms_version"] == TERMS_VERSION


def test_no_script_sees_the_session(visit: Visit):
    assert visit.page.evaluate("document.cookie") == ""
    (cookie,) = visit.page.context.cookies()

    assert (cookie.get("name"), cookie.get("httpOnly"), cookie.get("sameSite")) == ("arena_session", True, "Lax")


def test_a_battle_from_the_first_message_to_the_names(visit: Visit, rows: Rows):
    visit.chat("battle", "I feel blue today.")
    assert (visit.name("battle", "a"), visit.name("battle", "b")) == (texts.MODEL_A, texts.MODEL_B)
    visit.chat("battle", "And tomorrow?")
    visit.button("battle-vote-model_b").click()
    expect(visit.button("battle-new")).to_be_visible()

    (battle,), (vote,), turns = rows.new("battles"), rows.new("votes"), rows.new("turns")
    assert (visit.name("battle", "a"), visit.name("battle", "b")) == (battle["model_a"], battle["model_b"])
    assert (vote["outcome"], vote["is_anonymous"]) == ("model_b", 1)
    assert {turn["ending"] for turn in turns} == {"completed"}
    assert sorted(turn["text"] for turn in turns) == ["And tomorrow?"] * 2 + ["I feel blue today."] * 2
    expect(visit.box("battle")).to_be_disabled()
    expect(visit.page.locator("#battle-b-name")).to_contain_text(texts.DEMO)


def test_no_byte_of_a_battle_names_a_model_before_its_vote(visit: Visit, rows: Rows):
    sent: list[bytes] = []

    def overhear(route: Route) -> None:
        response = route.fetch()
        sent.append(response.body())
        route.fulfill(response=response)

    visit.page.route(re.compile("/(visitor|run)/"), overhear)
    visit.chat("battle", "Hello.")
    visit.button("battle-regenerate").click()
    expect(visit.button("battle-stop")).to_be_visible()
    visit.until_answered("battle")
    visit.page.unroute_all()
    visit.button("battle-vote-model_a").click()
    expect(visit.button("battle-new")).to_be_visible()

    (battle,) = rows.new("battles")
    assert len(sent) == 6
    assert all(battle[model].encode() not in body for body in sent for model in ("model_a", "model_b"))


def test_after_a_new_round_there_is_an_empty_page_with_hidden_names(visit: Visit, rows: Rows):
    visit.chat("battle", "Hello.")
    visit.button("battle-vote-tie").click()
    visit.button("battle-new").click()

    expect(visit.box("battle")).to_be_focused()
    expect(visit.messages("battle")).to_have_count(0)
    assert visit.name("battle", "a") == texts.MODEL_A
    assert [vote["outcome"] for vote in rows.new("votes")] == ["tie"]


def test_votes_open_only_when_both_have_answered(visit: Visit):
    visit.ask("battle", "Write a poem about rain.")
    expect(visit.button("battle-stop")).to_be_visible()
    for outcome in texts.VOTES:
        expect(visit.button(f"battle-vote-{outcome}")).to_be_disabled()
    visit.until_answered("battle")

    for outcome in texts.VOTES:
        expect(visit.button(f"battle-vote-{outcome}")).to_be_enabled()


def test_another_answer_takes_the_place_of_the_first(visit: Visit, rows: Rows):
    visit.chat("battle", "Hello.")
    visit.button("battle-regenerate").click()
    expect(visit.button("battle-stop")).to_be_visible()
    visit.until_answered("battle")

    expect(visit.messages("battle")).to_have_count(1)
    expect(visit.page.locator("#battle-a .bot-row")).to_have_count(1)
    turns = rows.new("turns")
    assert [turn["supersedes"] is None for turn in turns] == [True, True, False, False]


def test_what_was_cleared_can_be_brought_back(visit: Visit):
    visit.chat("battle", "Remember this.")
    visit.button("battle-clear").click()
    expect(visit.messages("battle")).to_have_count(0)
    expect(visit.said()).to_have_text(texts.CLEARED)
    visit.button("battle-undo").click()

    expect(visit.messages("battle")).to_have_text("Remember this.")
    expect(visit.button("battle-vote-tie")).to_be_enabled()


def test_an_open_battle_is_there_again_after_a_reload(visit: Visit):
    visit.chat("battle", "Remember this too.")
    visit.open()

    expect(visit.page.locator("#battle-b .user-row")).to_have_text("Remember this too.")
    expect(visit.button("battle-vote-tie")).to_be_enabled()


def test_side_by_side_shows_who_answers_and_its_vote_is_not_anonymous(visit: Visit, rows: Rows):
    visit.tab(texts.SIDE_BY_SIDE)
    pick(visit, "side-picker-a", "demo-echo")
    pick(visit, "side-picker-b", "demo-doctor")
    visit.chat("side", "Good morning.")
    assert (visit.name("side", "a"), visit.name("side", "b")) == ("demo-echo", "demo-doctor")
    visit.button("side-vote-both_bad").click()
    expect(visit.button("side-new")).to_be_visible()

    (battle,), (vote,) = rows.new("battles"), rows.new("votes")
    assert (battle["mode"], battle["model_a"], battle["model_b"]) == ("side_by_side", "demo-echo", "demo-doctor")
    assert (vote["outcome"], vote["is_anonymous"]) == ("both_bad", 0)


def test_a_direct_chat_with_parameters_a_stop_and_a_reaction(visit: Visit, rows: Rows):
    visit.tab(texts.DIRECT)
    pick(visit, "direct-picker", "demo-echo")
    visit.page.locator("#direct-parameters > button").click()
    visit.page.get_by_label(texts.MAX_TOKENS).fill("150")
    visit.ask("direct", LONG)
    expect(visit.answer("direct")).to_contain_text("word word")
    visit.button("direct-stop").click()
    visit.until_answered("direct")
    expect(visit.answer("direct")).to_contain_text("Stopped.")
    visit.chat("direct", "Short.")
    visit.button("direct-up").click()
    expect(visit.said()).to_have_text(texts.REACTED["up"])

    stopped, whole = rows.new("turns")
    assert (stopped["ending"], whole["ending"]) == ("cancelled", "completed")
    assert 0 < len(stopped["answer"]) < len(LONG)
    assert '"max_tokens": 150' in stopped["parameters"].replace('":', '": ').replace("  ", " ")
    (reaction,) = rows.new("reactions")
    assert (reaction["turn_id"], reaction["kind"]) == (whole["id"], "up")


def test_another_model_begins_another_conversation(visit: Visit):
    visit.tab(texts.DIRECT)
    visit.chat("direct", "First.")
    pick(visit, "direct-picker", "demo-poet")
    expect(visit.messages("direct")).to_have_count(0)
    visit.button("direct-undo").click()

    expect(visit.messages("direct")).to_have_text("First.")
    expect(visit.page.locator("#direct-picker input")).to_have_value(re.compile("demo-doctor"))


def test_parameters_that_no_model_takes_are_refused_in_words(visit: Visit, rows: Rows):
    visit.tab(texts.DIRECT)
    visit.page.locator("#direct-parameters > button").click()
    visit.page.get_by_label(texts.TEMPERATURE).fill("99")
    visit.ask("direct", "Hot.")

    expect(visit.said()).to_contain_text("check the parameters")
    expect(visit.box("direct")).to_have_value("Hot.")
    assert rows.new("turns") == []
    visit.complaints.clear()  # the browser writes every refused request into its console


def test_a_message_that_is_too_long_is_refused_in_words_and_not_lost(visit: Visit, rows: Rows):
    visit.ask("battle", "x" * 200_000)

    expect(visit.said()).to_contain_text("200,000 characters")
    expect(visit.box("battle")).to_have_value("x" * 200_000)
    assert rows.new("turns") == []
    visit.complaints.clear()


def test_an_empty_message_goes_nowhere(visit: Visit, rows: Rows):
    visit.ask("battle", "   ")

    expect(visit.said()).to_contain_text("write a message first")
    assert rows.new("battles") == []


def test_a_visitor_who_closes_the_tab_leaves_finished_turns(browser: Browser, patient_arena: ArenaUp, rows: Rows):
    with a_visit(browser, patient_arena.url()) as visit:
        visit.open().accept().tab(texts.DIRECT)
        pick(visit, "direct-picker", "demo-echo")
        visit.ask("direct", LONG)
        expect(visit.answer("direct")).to_contain_text("word word")
        visit.page.close()
    with a_visit(browser, patient_arena.url()) as other:
        other.open().accept().tab(texts.DIRECT)
        other.chat("direct", "Another visitor.")

    assert rows.new("turns")[0]["ending"] == "cancelled"


def test_the_leaderboard_says_what_the_votes_say(visit: Visit, rows: Rows):
    visit.tab(texts.LEADERBOARD)

    expect(visit.page.locator("#board")).to_contain_text(re.compile("demo-helper|Not enough votes"))
    expect(visit.page.get_by_text("95% confidence")).to_be_visible()


def test_about_says_what_is_kept(visit: Visit):
    visit.tab(texts.ABOUT)

    expect(visit.page.get_by_text("a keyed hash of it").first).to_be_visible()
    expect(visit.page.get_by_text(f"version {TERMS_VERSION}")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_nothing_sticks_out(browser: Browser, patient_arena: ArenaUp, dark: bool):
    with a_visit(browser, patient_arena.url(), viewport=PHONE, dark=dark) as visit:
        assert visit.open().widest() <= PHONE["width"]
        visit.accept().ask("battle", "Write a poem about " + "a" * 90)
        visit.until_answered("battle")
        assert visit.widest() <= PHONE["width"]
        for tab in (texts.SIDE_BY_SIDE, texts.DIRECT, texts.LEADERBOARD, data_texts.YOUR_DATA, texts.ABOUT):
            visit.tab(tab)
            expect(visit.page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
            assert visit.widest() <= PHONE["width"]


def test_it_is_dark_where_the_visitor_wants_it_dark(browser: Browser, patient_arena: ArenaUp):
    with a_visit(browser, patient_arena.url(), viewport=DESK, dark=True) as visit:
        visit.open()

        expect(visit.page.locator("body")).to_have_class(re.compile("dark"))


def pick(visit: Visit, picker: str, name: str) -> None:
    """Choose a model."""
    label = f"{name} ({texts.DEMO})"
    field = visit.page.locator(f"#{picker} input")
    field.click()
    visit.page.locator(f"#{picker}").get_by_role("option", name=label).click()
    expect(field).to_have_value(label)
