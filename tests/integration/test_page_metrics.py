"""What the page counts, and who is told."""

from ipaddress import IPv4Network

import httpx
import pytest

from arena.addresses import FORWARDING_HEADERS
from tests.pages import Page, a_page, battle_of


def told(page: Page) -> str:
    return httpx.get(f"{page.url}/metrics").raise_for_status().text


def test_requests_are_counted_by_kind_and_status():
    with a_page() as page:
        key = battle_of(page)
        page.http.post(f"/visitor/battles/{key}/turns", json={"text": "what the visitor said"})
        page.http.get("/")
        page.http.get("/nowhere")

        metrics = told(page)

    assert 'arena_page_requests_total{kind="stream",status="2xx"} 1' in metrics
    assert 'arena_page_requests_total{kind="page",status="2xx"} 1' in metrics
    assert 'arena_page_requests_total{kind="other",status="4xx"} 1' in metrics
    assert "arena_page_open_streams 0" in metrics
    assert "what the visitor said" not in metrics
    assert key not in metrics


def test_whatever_is_asked_for_makes_no_series():
    with a_page() as page:
        for kind in ("/", "/x", "/visitor/x", "/visitor/battles/x", "/assets/x"):
            page.http.get(kind)
        before = len(told(page).splitlines())
        for number in range(50):
            for path in (f"/{number}", f"/visitor/{number}", f"/visitor/battles/{number}", f"/assets/{number}"):
                page.http.request("GET", path, headers={"user-agent": str(number)})

        assert len(told(page).splitlines()) == before


@pytest.mark.parametrize("header", FORWARDING_HEADERS)
def test_visitors_are_told_nothing(header: str):
    with a_page() as page:
        assert httpx.get(f"{page.url}/metrics", headers={header: "127.0.0.1"}).status_code == 404


def test_nor_are_they_through_a_proxy_that_says_nothing_of_them():
    with a_page(trusted_proxies=(IPv4Network("127.0.0.0/8"),)) as page:
        assert httpx.get(f"{page.url}/metrics").status_code == 404
