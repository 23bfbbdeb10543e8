"""Visitors of a page before a controller of the test's own."""

from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Browser
from pydantic import SecretStr

from arena.settings import WebSection
from tests.browser import Visit, a_visit
from tests.fake_controller import create_app as fake_app
from tests.fake_script import FakeController
from tests.serving import serving
from web_ui.app import create_app
from web_ui.config import WebSettings


@contextmanager
def a_page(controller: str, page_key: str = "page-key") -> Generator[str]:
    """A page before the controller at this address."""
    app = create_app(WebSettings(web=WebSection(controller=(controller,)), page_key=SecretStr(page_key)))
    with serving(app) as url:
        yield url


@contextmanager
def a_fresh_visit(
    browser: Browser, fake: FakeController, *, viewport: dict[str, int] | None = None, dark: bool = False
) -> Generator[Visit]:
    """A visitor who has accepted the terms of a page before this controller."""
    with (
        serving(fake_app(fake)) as controller,
        a_page(controller) as url,
        a_visit(browser, url, viewport=viewport, dark=dark) as visit,
    ):
        yield visit.open().accept()
