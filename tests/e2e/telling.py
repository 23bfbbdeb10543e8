"""A visitor without a browser, and a vendor that quotes: for tests of what an arena tells of itself."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from arena.terms import TERMS_VERSION
from tests.serving import serving


class PageVisitor(httpx.Client):
    """Somebody at the page, as its script speaks for them."""

    def accept(self) -> None:
        wanted = {"terms_version": TERMS_VERSION, "scopes": ["serve", "log"]}
        self.post("/visitor/session", json=wanted).raise_for_status()

    def begin_battle(self, text: str) -> str:
        """Open a battle; return the address of its turns."""
        headers = {"content-type": "application/json"}
        body = json.dumps({"inputs": [None, text]})
        told: Any = self.post("/visitor/actions/battle-begin", content=body, headers=headers).raise_for_status().json()
        (wish,) = [each for each in told.values() if isinstance(each, dict) and "address" in each]
        return wish["address"]

    def fight(self, text: str, **headers: str) -> httpx.Response:
        """Let both sides of a new battle answer."""
        return self.post(self.begin_battle(text), json={"text": text}, headers=headers).raise_for_status()


@dataclass
class Vendor:
    """Where a vendor is, and which headers it was sent."""

    url: str = ""
    headers: set[str] = field(default_factory=set[str])


@contextmanager
def a_vendor_that_repeats() -> Generator[Vendor]:
    """Serve a vendor that refuses every request, and quotes it with its key while doing so."""
    vendor = Vendor()

    async def quote(request: Request) -> Response:
        vendor.headers |= set(request.headers)
        said = (await request.body()).decode() + str(dict(request.headers))
        return JSONResponse({"error": {"message": said, "type": "server_error", "code": said[:60]}}, status_code=500)

    with serving(Starlette(routes=[Route("/{path:path}", quote, methods=["POST"])])) as vendor.url:
        yield vendor
