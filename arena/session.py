"""A visitor's stay and what the visitor allowed."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from arena.word import Word


class Scope(StrEnum):
    """What a consent covers."""

    SERVE = "serve"
    """Send my messages to the models, so that they can answer."""
    LOG = "log"
    """Keep my conversations and votes."""
    RELEASE = "release"
    """Publish them, redacted, for research."""
    SHARE = "share"
    """Give them to the providers of the models."""


class SessionToken(Word):
    """The secret by which a session is known. Shown once; stored as a hash."""

    token: str


class ConsentRequest(Word):
    """What a visitor accepts."""

    terms_version: str
    scopes: frozenset[Scope]
    language: Annotated[str, Field(max_length=35)] = ""


class Consent(Word):
    """What a visitor allowed, under which version of the terms, when."""

    terms_version: str
    scopes: frozenset[Scope]
    language: str
    accepted_at: float
    """Unix seconds."""


class SessionView(Word):
    """What a session may know of itself."""

    consent: Consent | None
    terms_version: str
    """The version in force now."""
    open_battle: str | None = None
    """The latest battle that still waits for its vote."""
