"""The page over HTTP, before a controller that says what it is told to."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr

from arena import sse
from arena.chat import ChatEvent, Failed, TextDelta
from arena.errors import AlreadyVoted, LedgerError, TermsOutdated, TooManyTurns
from arena.ids import new_token
from arena.session import Consent, Scope
from arena.settings import WebSection
from tests.fake_script import FakeController
from tests.pages import CONSENT, KEY, Page, a_page, battle_of
from tests.serving import serving
from web_ui import texts
from web_ui.app import create_app
from web_ui.config import WebSettings


@pytest.fixture(scope="module")
def shared() -> Generator[Page]:
    with a_page() as page:
        yield page


@pytest.fixture
def page(shared: Page) -> Page:
    """The page as a new visitor finds it."""
    shared.fake.refusals.clear()
    shared.fake.calls.clear()
    shared.http.cookies.clear()
    return shared


def events_of(response: httpx.Response) -> list[ChatEvent]:
    return list(sse.Decoder().feed(response.content))


def test_the_cookie_is_out_of_reach_for_scripts(page: Page):
    cookie = page.http.post("/visitor/session", json=CONSENT).headers["set-cookie"].lower()

    assert all(part in cookie for part in ("arena_session=", "httponly", "samesite=lax", "path=/"))
    assert "secure" not in cookie


def test_over_https_the_cookie_stays_there():
    with a_page(cookie_secure=True) as page:
        assert "; secure" in page.http.post("/visitor/session", json=CONSENT).headers["set-cookie"].lower()


def test_the_controller_keeps_what_was_accepted(page: Page):
    page.http.post("/visitor/session", json={**CONSENT, "scopes": ["serve", "log", "release"], "language": "de"})
    kept = page.fake.sessions[page.http.cookies["arena_session"]]

    assert isinstance(kept, Consent)
    assert kept.scopes == {Scope.SERVE, Scope.LOG, Scope.RELEASE}
    assert kept.language == "de"


def test_accepting_again_keeps_the_session(page: Page):
    page.accept()
    before = page.http.cookies["arena_session"]
    page.accept()

    assert page.http.cookies["arena_session"] == before


def test_a_session_that_the_controller_forgot_is_replaced(page: Page):
    page.http.cookies["arena_session"] = new_token()
    response = page.http.post("/visitor/session", json=CONSENT)

    assert response.status_code == 204
    assert response.cookies["arena_session"] in page.fake.sessions


def test_terms_of_yesterday_are_refused_and_no_cookie_is_set(page: Page):
    page.fake.refusals["PUT /sessions/me/consent"] = TermsOutdated()
    response = page.http.post("/visitor/session", json=CONSENT)

    assert (response.status_code, response.json()["code"]) == (409, "terms_outdated")
    assert "set-cookie" not in response.headers


def test_answers_stream_washed_and_end_with_done(page: Page):
    key = battle_of(page)
    page.fake.answers = {"a": "![x](http://a) <b>", "b": "Fine."}
    response = page.http.post(f"/visitor/battles/{key}/turns", json={"text": "Hello?"})
    text = "".join(event.text for event in events_of(response) if isinstance(event, TextDelta) and event.side == "a")

    assert response.headers["content-type"].startswith("text/event-stream")
    assert text.strip() == "[x](http://a) &lt;b>"
    assert events_of(response)[-1].kind == "done"


def test_a_refusal_comes_with_its_status_a_sentence_and_a_time(page: Page):
    key = battle_of(page)
    page.fake.refusals["POST /battles/turns"] = TooManyTurns(retry_after=7.5)
    response = page.http.post(f"/visitor/battles/{key}/turns", json={"text": "Hello?"})

    assert (response.status_code, response.headers["retry-after"]) == (429, "8")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"].endswith("Please try again in 8 seconds.")


def test_the_page_speaks_for_the_socket_and_not_for_a_header(page: Page):
    page.http.post(
        "/visitor/session", json=CONSENT, headers={"x-forwarded-for": "6.6.6.6", "x-arena-visitor": "7.7.7.7"}
    )

    assert {headers["x-arena-visitor"] for _, _, headers in page.fake.calls} == {"127.0.0.1"}


def test_behind_a_trusted_proxy_the_forwarded_address_counts():
    with a_page(trusted_proxies=["127.0.0.0/8"]) as page:
        page.http.post("/visitor/session", json=CONSENT, headers={"x-forwarded-for": "6.6.6.6, 198.51.100.7"})

        assert page.fake.calls[0][2]["x-arena-visitor"] == "198.51.100.7"


def test_another_site_cannot_act_for_a_visitor(page: Page):
    page.accept()
    for headers in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}):
        response = page.http.post("/visitor/session", json=CONSENT, headers=headers)

        assert (response.status_code, response.json()["code"]) == (403, "forbidden")


def test_every_response_forbids_what_is_foreign(page: Page):
    for path in ("/", "/theme.css", "/nowhere"):
        headers = page.http.get(path).headers

        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


def test_the_page_names_no_other_host(page: Page):
    html = page.http.get("/").text
    hosts = {
        urlsplit(part).netloc for part in html.replace("\\/", "/").split('"') if part.startswith(("http:", "https:"))
    }

    assert hosts <= {urlsplit(page.url).netloc}


def test_our_own_files_are_kept_for_good(page: Page):
    html = page.http.get("/").text
    address = html[html.index("/visitor/") :].split('"')[0]

    assert "immutable" in page.http.get(address).headers["cache-control"]
    assert page.http.get("/visitor/0000000000000000/arena.js").status_code == 404


def test_the_page_is_the_same_whatever_is_in_its_address(page: Page):
    assert page.http.get("/?deep_link=../../x&page=y&__theme=dark").status_code == 200


def test_a_vote_that_the_controller_refuses_is_told_in_words(page: Page):
    page.fake.refusals["POST /battles/vote"] = AlreadyVoted()
    key = battle_of(page)

    assert "already has its vote" in page.act("battle-vote-tie", {"key": key}).text


def test_while_nobody_knows_how_a_round_stands_one_may_vote(page: Page):
    key = battle_of(page)
    page.fake.refusals["GET /battles"] = LedgerError()
    shown = page.act("battle-settle", {"key": key}).json()

    assert list(shown.values()).count({"__type__": "update", "interactive": True}) >= len(texts.VOTES)


def test_who_comes_while_the_ledger_is_away_is_not_sent_to_terms_that_are_not_there(page: Page):
    page.accept()
    page.fake.refusals["GET /sessions/me"] = LedgerError()
    told = page.act("welcome").text

    assert texts.PROMPT_UNKNOWN in told
    assert texts.PROMPT_LOCKED not in told


def test_when_the_session_is_gone_the_terms_are_shown_again(page: Page):
    page.http.cookies["arena_session"] = new_token()
    shown = page.act("battle-begin", None, "Hello?").json()

    assert {"__type__": "update", "visible": True} in shown.values()


async def test_a_visitor_who_leaves_is_noticed_by_the_controller():
    fake = FakeController(word_seconds=0.02, answers={"a": "word " * 5000, "b": "word " * 5000})
    with a_page(fake) as page:
        key = battle_of(page)
        async with _reading(page, key) as lines:
            await anext(lines)
            assert fake.open_streams == 1

        assert await asyncio.to_thread(fake.left.wait, 10)
        assert fake.open_streams == 0


@asynccontextmanager
async def _reading(page: Page, key: str) -> AsyncGenerator[AsyncIterator[str]]:
    async with (
        httpx.AsyncClient(base_url=page.url, cookies=page.http.cookies) as http,
        http.stream("POST", f"/visitor/battles/{key}/turns", json={"text": "Hello?"}) as response,
    ):
        yield response.aiter_lines()


def test_a_controller_that_is_away_is_said_in_words():
    web = WebSection(controller=("http://127.0.0.1:9",))
    with serving(create_app(WebSettings(web=web, page_key=SecretStr("k")))) as url, httpx.Client(base_url=url) as http:
        http.cookies["arena_session"] = new_token()
        response = http.post(f"/visitor/battles/{KEY}/turns", json={"text": "Hello?"})

    assert (response.status_code, response.json()["code"]) == (503, "shutting_down")


def test_a_failing_side_is_told_like_any_other(page: Page):
    page.fake.failing = frozenset("a")
    try:
        key = battle_of(page)
        events = events_of(page.http.post(f"/visitor/battles/{key}/turns", json={"text": "Hello?"}))
    finally:
        page.fake.failing = frozenset()

    (failed,) = (event for event in events if isinstance(event, Failed))
    assert (failed.side, failed.code) == ("a", "answer_failed")
