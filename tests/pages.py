"""A page that is served, before a controller that says what it is told to."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from pydantic import SecretStr

from arena.settings import WebSection
from arena.terms import TERMS_VERSION
from tests.fake_controller import create_app as fake_app
from tests.fake_script import FakeController
from tests.serving import serving
from web_ui.app import create_app
from web_ui.config import WebSettings

CONSENT = {"terms_version": TERMS_VERSION, "scopes": ["serve", "log"]}
KEY = "0" * 32


@dataclass
class Page:
    """A page that is served, its controller, and a browser without scripts."""

    url: str
    fake: FakeController
    http: httpx.Client

    def accept(self) -> None:
        self.http.post("/visitor/session", json=CONSENT).raise_for_status()

    def act(self, name: str, *inputs: object) -> httpx.Response:
        """Call an action, as the page's script does."""
        headers = {"content-type": "application/json"}
        return self.http.post(f"/visitor/actions/{name}", content=json.dumps({"inputs": inputs}), headers=headers)


@contextmanager
def a_page(fake: FakeController | None = None, **web: object) -> Generator[Page]:
    fake = fake or FakeController()
    with serving(fake_app(fake)) as controller:
        section = WebSection.model_validate({"controller": controller, **web})
        app = create_app(WebSettings(web=section, page_key=SecretStr("page-key")))
        with serving(app) as url, httpx.Client(base_url=url) as http:
            yield Page(url, fake, http)


def battle_of(page: Page) -> str:
    """Open a battle as the page does, and return its id."""
    page.accept()
    before = set(page.fake.battles)
    page.act("battle-begin", None, "Hello?")
    (key,) = set(page.fake.battles) - before
    return key
