"""What visitors ask of a controller about their own data, and how it refuses."""

from typing import Any

import httpx

from arena.errors import error_classes
from arena.session import Scope
from arena.terms import TERMS_VERSION
from tests.arenas import Visitor


def refusal(response: httpx.Response) -> tuple[int, str]:
    """Return the status and code of a proper refusal."""
    problem = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["status"] == response.status_code
    assert problem["code"] in error_classes()
    return response.status_code, problem["code"]


def allow(visitor: Visitor, *scopes: Scope, **given: Any) -> httpx.Response:
    """Consent to so much from now on."""
    return visitor.put("/sessions/me/consent", json={"terms_version": TERMS_VERSION, "scopes": list(scopes)} | given)
