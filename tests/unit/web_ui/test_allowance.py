"""What a visitor allowed, in words."""

from typing import Any

import pytest

from arena.session import AgeGroup, Consent, Scope, SessionView
from web_ui import data_texts
from web_ui.allowance import can_chat, in_force, keeps, summary

NOON = 1_795_262_400.0
"""21 November 2026, 12:00 UTC."""


def a_session(*scopes: Scope, version: str = "now", unlogged: bool = False, **consent: Any) -> SessionView:
    accepted = Consent(
        terms_version=version, scopes=frozenset({Scope.SERVE, *scopes}), language="", accepted_at=NOON, **consent
    )
    return SessionView(consent=accepted, terms_version="now", may_chat_unlogged=unlogged)


@pytest.mark.parametrize("session", [None, SessionView(consent=None, terms_version="now")])
def test_who_accepted_nothing_reads_that_nothing_is_kept(session: SessionView | None):
    assert data_texts.NOTHING_ACCEPTED in summary(session)
    assert not can_chat(session)


def test_what_was_accepted_is_said_with_its_version_and_time():
    assert "version now of the terms on 21 November 2026 at 12:00 UTC." in summary(a_session(Scope.LOG))


def test_every_scope_is_said_whether_it_is_allowed_or_not():
    told = summary(a_session(Scope.LOG, Scope.SHARE))

    assert all(sentence in told for sentence in (data_texts.KEPT, data_texts.NOT_PUBLISHED, data_texts.SHARED))


def test_minors_read_that_nothing_is_published_whatever_they_ticked():
    told = summary(a_session(Scope.LOG, Scope.RELEASE, age_group=AgeGroup.MINOR))

    assert data_texts.NOT_PUBLISHED in told
    assert data_texts.AGES[AgeGroup.MINOR] in told
    assert data_texts.PUBLISHED not in told


def test_what_goes_for_the_past_is_said():
    assert data_texts.OVER_PAST in summary(a_session(Scope.LOG, covers_past=True))
    assert data_texts.OVER_PAST not in summary(a_session(Scope.LOG))


def test_terms_of_yesterday_are_not_in_force():
    session = a_session(Scope.LOG, version="yesterday")

    assert in_force(session) is None
    assert data_texts.OUTDATED in summary(session)
    assert not can_chat(session)


@pytest.mark.parametrize("unlogged", [True, False])
def test_who_is_not_kept_can_chat_where_the_operator_allows_it(unlogged: bool):
    session = a_session(unlogged=unlogged)

    assert not keeps(session)
    assert can_chat(session) is unlogged


def test_a_version_that_is_no_plain_text_does_no_harm():
    assert "<b>" not in summary(a_session(version="<b>"))


def test_every_age_has_its_words():
    assert set(data_texts.AGES) == set(data_texts.AGE_CHOICES) == set(AgeGroup)


@pytest.mark.parametrize(("count", "words"), [(0, "no conversations"), (1, "one conversation."), (1200, "1,200 conv")])
def test_how_much_was_deleted_is_said(count: int, words: str):
    assert words in data_texts.deleted(count)
