"""What a visitor allowed, in words. Nothing here knows Gradio or HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape

from arena.session import AgeGroup, Consent, Scope, SessionView
from web_ui import data_texts


def in_force(session: SessionView | None) -> Consent | None:
    """Return what a session allows under the terms in force; nothing if those are not accepted."""
    consent = session.consent if session else None
    return consent if session and consent and consent.terms_version == session.terms_version else None


def keeps(session: SessionView | None) -> bool:
    """Whether the session's conversations may be kept."""
    consent = in_force(session)
    return consent is not None and Scope.LOG in consent.scopes


def can_chat(session: SessionView | None) -> bool:
    """Whether a session may chat at all: with what it allows, or without anything being kept."""
    return keeps(session) or (in_force(session) is not None and session is not None and session.may_chat_unlogged)


def summary(session: SessionView | None) -> str:
    """Return what a visitor allowed, as HTML."""
    consent = session.consent if session else None
    if consent is None:
        return _paragraph(data_texts.NOTHING_ACCEPTED)
    at = datetime.fromtimestamp(consent.accepted_at, UTC)
    accepted = data_texts.ACCEPTED.format(version=consent.terms_version, day=f"{at.day} {at:%B %Y}", time=f"{at:%H:%M}")
    items = "".join(f'<li class="{mark}">{escape(sentence)}</li>' for mark, sentence in _sentences(consent))
    outdated = "" if in_force(session) else _paragraph(data_texts.OUTDATED)
    return f"{_paragraph(accepted)}<ul>{items}</ul>{outdated}"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _sentences(consent: Consent) -> Iterator[tuple[str, str]]:
    """Yield what a consent says, each sentence after its mark."""
    published = Scope.RELEASE in consent.scopes and consent.age_group is not AgeGroup.MINOR
    yield "yes", data_texts.SENT
    for is_allowed, allowed, refused in (
        (Scope.LOG in consent.scopes, data_texts.KEPT, data_texts.NOT_KEPT),
        (published, data_texts.PUBLISHED, data_texts.NOT_PUBLISHED),
        (Scope.SHARE in consent.scopes, data_texts.SHARED, data_texts.NOT_SHARED),
    ):
        yield ("yes", allowed) if is_allowed else ("no", refused)
    if consent.covers_past:
        yield "also", data_texts.OVER_PAST
    yield "also", data_texts.AGES[consent.age_group]
