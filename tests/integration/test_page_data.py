"""What is the visitor's, over HTTP, before a controller that says what it is told to."""

from collections.abc import Generator
from typing import Any

import httpx
import pytest

from arena.errors import LimitError, NotYours, TermsOutdated
from arena.ids import new_token
from arena.session import AgeGroup, Consent, Scope
from tests.fake_script import FakeController
from tests.pages import CONSENT, KEY, Page, a_page, battle_of
from web_ui import data_texts

VISIBLE = {"__type__": "update", "visible": True}


@pytest.fixture(scope="module")
def shared() -> Generator[Page]:
    with a_page(FakeController(may_chat_unlogged=True)) as page:
        yield page


@pytest.fixture
def page(shared: Page) -> Page:
    """The page as a new visitor finds it."""
    shared.fake.refusals.clear()
    shared.fake.codes.clear()
    shared.http.cookies.clear()
    return shared


def consent_of(page: Page) -> Consent:
    kept = page.fake.sessions[page.http.cookies["arena_session"]]
    assert kept is not None
    return kept


def code_of(page: Page) -> str:
    page.act("data-make").raise_for_status()
    return next(iter(page.fake.codes))


def values(response: httpx.Response) -> list[Any]:
    return list(response.raise_for_status().json().values())


def test_the_operators_group_is_told_when_a_stay_begins():
    with a_page(cohort="school-7") as page:
        page.accept()

        assert page.fake.cohorts == ["school-7"]


def test_an_age_is_kept_with_the_consent(page: Page):
    page.http.post("/visitor/session", json={**CONSENT, "age_group": "minor"})

    assert consent_of(page).age_group is AgeGroup.MINOR


def test_changing_ones_mind_keeps_the_language_and_says_what_it_covers(page: Page):
    page.http.post("/visitor/session", json={**CONSENT, "scopes": ["serve", "log", "release"], "language": "pt-BR"})
    told = page.act("data-save", True, False, True, "adult", True).text
    now = consent_of(page)

    assert now.scopes == {Scope.SERVE, Scope.LOG, Scope.SHARE}
    assert (now.language, now.covers_past, now.age_group) == ("pt-BR", True, AgeGroup.ADULT)
    assert data_texts.SAVED_PAST in told
    assert data_texts.NOT_PUBLISHED in told


def test_what_was_taken_back_is_not_ticked_when_the_terms_are_shown_again(page: Page):
    page.http.post("/visitor/session", json={**CONSENT, "scopes": ["serve", "log", "release"]})
    shown = values(page.act("data-save", True, False, False, "adult", True))

    assert shown.count({"__type__": "update", "value": "adult"}) == len(("the terms", "the tab"))
    assert shown.count({"__type__": "update", "value": False, "interactive": True}) == 4


def test_nothing_is_accepted_by_saving(page: Page):
    page.http.post("/visitor/session", json=CONSENT)
    page.fake.sessions[page.http.cookies["arena_session"]] = None
    told = page.act("data-save", True, True, True, "adult", False).text

    assert page.fake.sessions[page.http.cookies["arena_session"]] is None
    assert str(TermsOutdated()) in told


def test_saving_in_a_session_that_is_gone_opens_none_and_shows_the_terms(page: Page):
    page.http.cookies["arena_session"] = new_token()
    before = len(page.fake.sessions)
    shown = values(page.act("data-save", True, True, True, "adult", False))

    assert len(page.fake.sessions) == before
    assert VISIBLE in shown


def test_a_code_is_shown_in_groups_with_the_words_that_it_is_shown_once(page: Page):
    page.accept()
    told = page.act("offer-make").text

    assert next(iter(page.fake.codes)) in told.replace("<wbr>", "")
    assert data_texts.CODE_NOTE_DOWN in told


def test_who_has_a_code_is_not_offered_another(page: Page):
    page.accept()
    offered = values(page.act("accepted"))
    code = code_of(page)
    later = values(page.act("accepted"))

    assert offered.count(VISIBLE) == later.count(VISIBLE) + 1
    assert f"<p>{data_texts.CODE_HAS}</p>" in later
    assert code not in str(later)


def test_deleting_everything_ends_the_session_and_takes_its_cookie(page: Page):
    battle_of(page)
    token = page.http.cookies["arena_session"]
    response = page.http.post("/visitor/session/delete", json={})

    assert response.json() == {"said": data_texts.deleted(1)}
    assert token not in page.fake.sessions
    assert 'arena_session=""' in response.headers["set-cookie"]
    assert "httponly" in response.headers["set-cookie"].lower()


def test_a_code_works_without_a_session(page: Page):
    page.accept()
    code, token = code_of(page), page.http.cookies["arena_session"]
    page.http.cookies.clear()
    response = page.http.post("/visitor/deletions", json={"code": code})

    assert response.json() == {"said": data_texts.deleted(0)}
    assert token not in page.fake.sessions
    assert "set-cookie" not in response.headers


def test_a_code_that_stands_for_nothing_is_said_in_words_and_not_repeated(page: Page):
    response = page.http.post("/visitor/deletions", json={"code": "made-up-code"})

    assert (response.status_code, response.json()["code"]) == (404, "unknown_code")
    assert "deletion code" in response.json()["detail"]
    assert "made-up-code" not in response.text


def test_who_tries_too_many_codes_reads_when_to_go_on(page: Page):
    page.fake.refusals["POST /deletions"] = LimitError(retry_after=31)

    assert "in 31 seconds" in page.http.post("/visitor/deletions", json={"code": "x"}).json()["detail"]


@pytest.mark.parametrize("body", [b"", b"{}", b'{"code": 7}', b'{"code": "' + b"x" * 201 + b'"}', b"["])
def test_a_code_that_is_none_is_a_problem(page: Page, body: bytes):
    response = page.http.post("/visitor/deletions", content=body, headers={"content-type": "application/json"})

    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("path", ["/visitor/session/delete", "/visitor/deletions"])
def test_another_site_cannot_delete_anything(page: Page, path: str):
    page.accept()
    response = page.http.post(path, json={"code": "x"}, headers={"sec-fetch-site": "cross-site"})

    assert response.status_code == 403
    assert page.http.cookies["arena_session"] in page.fake.sessions


def test_a_conversation_is_kept_from_being_published_and_given_back(page: Page):
    key = battle_of(page)
    told = page.act("battle-withhold", {"key": key}, True).text
    assert page.fake.battles[key].is_withheld
    assert data_texts.WITHHELD in told

    page.act("battle-withhold", {"key": key}, False)
    assert not page.fake.battles[key].is_withheld


def test_a_choice_that_was_not_recorded_is_not_shown(page: Page):
    key = battle_of(page)
    page.fake.refusals["PUT /battles/release"] = NotYours()
    shown = values(page.act("battle-withhold", {"key": key}, True))

    assert {"__type__": "update", "value": False} in shown
    assert not page.fake.battles[key].is_withheld


def test_the_choice_for_a_made_up_conversation_is_refused_in_words(page: Page):
    page.accept()
    page.fake.refusals["PUT /conversations/release"] = NotYours()

    assert "another session" in page.act("direct-withhold", {"key": KEY}, True).text


def test_who_is_not_kept_reads_so_and_what_battles_need(page: Page):
    page.http.post("/visitor/session", json={**CONSENT, "scopes": ["serve"]})
    shown = page.act("accepted").text

    assert data_texts.UNLOGGED in shown
    assert data_texts.PROMPT_UNLOGGED in shown
    assert '"selected":"direct"' in shown.replace(" ", "")


def test_nothing_of_a_chat_that_is_not_kept_can_be_withheld_or_judged(page: Page):
    page.http.post("/visitor/session", json={**CONSENT, "scopes": ["serve"]})
    before = set(page.fake.conversations)
    page.act("direct-begin", None, "Hello?", "doctor", "", "", "")
    (key,) = set(page.fake.conversations) - before
    page.http.post(f"/visitor/conversations/{key}/turns", json={"text": "Hello?"})
    settled = values(page.act("direct-settle", {"key": key}))

    assert f'<p class="unlogged">{data_texts.UNLOGGED}</p>' in settled
    assert VISIBLE not in settled
    assert {**VISIBLE, "value": False} not in settled


def test_keeping_ones_chats_again_opens_battles_and_leaves_the_tab_alone(page: Page):
    page.http.post("/visitor/session", json={**CONSENT, "scopes": ["serve"]})
    told = page.act("data-save", True, False, False, "unstated", False).text

    assert Scope.LOG in consent_of(page).scopes
    assert data_texts.PROMPT_UNLOGGED not in told
    assert '"selected"' not in told
