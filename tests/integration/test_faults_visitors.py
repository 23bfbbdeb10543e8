"""A visitor's address is in no file, log line or answer, whichever way it came; what is kept of it says no more."""

import logging
from collections.abc import Generator
from contextlib import ExitStack
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from arena.settings import WebSection
from arena.terms import TERMS_VERSION
from controller.pseudonym import pseudonym
from tests.arenas import PAGE_KEY, PLAIN, Arena, a_pseudonym_key, an_arena
from tests.country_file import write_countries
from tests.serving import serving
from web_ui.app import create_app
from web_ui.config import WebSettings

CONSENT = {"terms_version": TERMS_VERSION, "scopes": ["serve", "log"]}
SWEDISH, FINNISH, MAPPED = "198.51.100.77", "2001:db8:1:2:3333:4444:5555:6666", "::ffff:198.51.100.77"
SPOOFED = "203.0.113.99"
TRACES = ("198.51.100.77", "c633:644d", "2001:db8:1:2", "3333:4444", "203.0.113.99")
"""What of them must be found nowhere."""


@pytest.fixture
def arena(tmp_path: Path) -> Generator[Arena]:
    countries = {"198.51.100.0/24": {"country": {"iso_code": "SE"}}, "2001:db8::/32": {"country": {"iso_code": "FI"}}}
    file = write_countries(tmp_path / "countries.mmdb", countries)
    with an_arena(tmp_path / "kept", country_database=str(file)) as arena:
        yield arena


def kept_of(arena: Arena) -> list[tuple[str, str, str]]:
    """What the ledger keeps of where its sessions came from, in the order in which they were opened."""

    async def read(connection: AsyncConnection) -> list[tuple[str, str, str]]:
        found = await connection.execute(text("SELECT address_hash, period, country FROM sessions ORDER BY opened_at"))
        return [(row.address_hash, row.period, row.country) for row in found]

    return arena.ask(arena.kept.database.read(read))


def visit_through_a_page(arena: Arena, *forwarded: str) -> list[str]:
    """Visit a page behind a proxy on this machine, once for each forwarded-for header; return what it answered."""
    web = WebSection(controller=(arena.url,), trusted_proxies=(ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8")))
    with serving(create_app(WebSettings(web=web, page_key=SecretStr(PAGE_KEY)))) as url:
        answers: list[str] = []
        for each in forwarded:
            with httpx.Client(base_url=url, headers={"x-forwarded-for": each}, timeout=20, verify=PLAIN) as http:
                answers.append(http.post("/visitor/session", json=CONSENT).raise_for_status().text)
                answers.append(http.post("/visitor/actions/battle-begin", json={"inputs": [None, "Hello?"]}).text)
                answers.append(http.post(f"/visitor/battles/{'0' * 32}/turns", json={"text": "Hello?"}).text)
        return answers


def test_an_address_leaves_a_pseudonym_and_a_country_and_no_other_trace(
    arena: Arena, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    with caplog.at_level(logging.DEBUG), ExitStack() as stack:
        stack.enter_context(arena.visitor())
        answers = visit_through_a_page(
            arena, SWEDISH, f"{SPOOFED}, {FINNISH}, 10.0.0.7", f"{SPOOFED}, {MAPPED},10.0.0.7, 10.0.0.8"
        )
        (_, _, nowhere), *came = kept_of(arena)

    period = came[0][1]
    swedish, finnish = (pseudonym(each, a_pseudonym_key(period)) for each in (SWEDISH, "2001:db8:1:2::1"))
    assert nowhere == ""
    assert came == [(swedish, period, "SE"), (finnish, period, "FI"), (swedish, period, "SE")]
    printed = capfd.readouterr()
    said = [printed.out, printed.err, *answers, *(caplog.handler.format(each) for each in caplog.records)]
    assert [each for each in said if any(trace in each for trace in TRACES)] == []
    files = [each for each in (tmp_path / "kept").rglob("*") if each.is_file()]
    assert any(each.name.startswith("ledger.sqlite3") for each in files)
    assert [each.name for each in files if any(trace.encode() in each.read_bytes() for trace in TRACES)] == []


def test_who_may_not_state_an_address_is_not_believed(arena: Arena):
    stated = {"x-arena-visitor": SWEDISH, "x-forwarded-for": SWEDISH, "forwarded": f"for={SWEDISH}"}
    httpx.post(f"{arena.url}/sessions", headers=stated, verify=PLAIN).raise_for_status()
    wrong = httpx.post(f"{arena.url}/sessions", headers=stated | {"authorization": "Bearer another"}, verify=PLAIN)

    assert wrong.status_code == 401
    ((address_hash, period, country),) = kept_of(arena)
    assert address_hash == pseudonym("127.0.0.1", a_pseudonym_key(period))
    assert country == ""
