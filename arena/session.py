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


class AgeGroup(StrEnum):
    """What a visitor says of their age. What minors write is never published."""

    UNSTATED = "unstated"
    ADULT = "adult"
    MINOR = "minor"


class SessionRequest(Word):
    """What the page says of a visitor whose stay begins."""

    cohort: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{0,60}$")] = ""
    """The group that the page's operator named."""


class SessionToken(Word):
    """The secret by which a session is known. Shown once; stored as a hash."""

    token: str


class ConsentRequest(Word):
    """What a visitor accepts."""

    terms_version: str
    scopes: frozenset[Scope]
    language: Annotated[str, Field(max_length=35)] = ""
    covers_past: bool = False
    """It also decides about the release of what was said before it, in this session."""
    age_group: AgeGroup = AgeGroup.UNSTATED


class Consent(Word):
    """What a visitor allowed, under which version of the terms, when."""

    terms_version: str
    scopes: frozenset[Scope]
    language: str
    accepted_at: float
    """Unix seconds."""
    covers_past: bool = False
    """It also decides about the release of what was said before it."""
    age_group: AgeGroup = AgeGroup.UNSTATED


class SessionView(Word):
    """What a session may know of itself."""

    consent: Consent | None
    terms_version: str
    """The version in force now."""
    open_battle: str | None = None
    """The latest battle that still waits for its vote."""
    may_chat_unlogged: bool = False
    """The operator lets visitors chat with one model without anything being kept: the scope `log` can be left out."""
    has_deletion_code: bool = False


class DeletionCode(Word):
    """By which a visitor can have everything forgotten, from any browser. Shown once; stored as a hash."""

    code: str


class DeletionRequest(Word):
    """A wish to have everything forgotten that a deletion code stands for."""

    code: Annotated[str, Field(max_length=200)]


class Deleted(Word):
    """What was forgotten."""

    conversations: int


class ReleaseChoice(Word):
    """Whether a conversation may be published, if the consent allows it at all."""

    allowed: bool
