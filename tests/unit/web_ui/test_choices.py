"""What the boxes stand for."""

from typing import Any

import gradio as gr
import pytest

from arena.session import AgeGroup, Consent, Scope, SessionView
from arena.terms import TERMS_VERSION
from web_ui.tabs.choices import Choices, build_choices, wanted


def a_session(*scopes: Scope, unlogged: bool = False, age: AgeGroup = AgeGroup.UNSTATED) -> SessionView:
    consent = Consent(
        terms_version=TERMS_VERSION,
        scopes=frozenset({Scope.SERVE, *scopes}),
        language="",
        accepted_at=1.0,
        age_group=age,
    )
    return SessionView(consent=consent, terms_version=TERMS_VERSION, may_chat_unlogged=unlogged)


@pytest.fixture(scope="module")
def choices() -> Choices:
    with gr.Blocks():
        return build_choices("room", may_chat_unlogged=False)


def shown(choices: Choices, session: SessionView | None) -> dict[str, Any]:
    updates = choices.shown(session)
    names = {choices.keep: "keep", choices.release: "release", choices.share: "share", choices.age: "age"}
    return {names[part]: {k: v for k, v in update.items() if k != "__type__"} for part, update in updates.items()}


def test_the_boxes_show_what_was_allowed(choices: Choices):
    looks = shown(choices, a_session(Scope.LOG, Scope.RELEASE, age=AgeGroup.ADULT))

    assert looks["release"] == {"value": True, "interactive": True}
    assert looks["share"] == {"value": False, "interactive": True}
    assert looks["age"] == {"value": "adult"}


def test_where_chats_are_always_kept_nobody_is_asked(choices: Choices):
    assert shown(choices, a_session(Scope.LOG))["keep"] == {"value": True, "visible": False}


@pytest.mark.parametrize("unlogged", [True, False])
def test_who_is_not_kept_can_change_that(choices: Choices, unlogged: bool):
    looks = shown(choices, a_session(unlogged=unlogged))

    assert looks["keep"] == {"value": False, "visible": True}
    assert looks["release"] == looks["share"] == {"value": False, "interactive": False}


def test_where_chats_are_kept_again_accepting_the_terms_means_so(choices: Choices):
    session = a_session()

    assert choices.shown(session, must_keep=True)[choices.keep] == gr.update(value=True, visible=False)
    assert choices.shown(session, must_keep=True)[choices.release]["interactive"]


def test_for_minors_publishing_is_closed(choices: Choices):
    looks = shown(choices, a_session(Scope.LOG, Scope.RELEASE, age=AgeGroup.MINOR))

    assert looks["release"] == {"value": False, "interactive": False}


@pytest.mark.parametrize("session", [None, SessionView(consent=None, terms_version="now")])
def test_what_a_newcomer_ticked_is_left_alone(choices: Choices, session: SessionView | None):
    assert choices.shown(session) == {}


def test_ticked_boxes_become_a_consent():
    wish = wanted(True, True, False, "adult", language="de", covers_past=True)

    assert wish.scopes == {Scope.SERVE, Scope.LOG, Scope.RELEASE}
    assert (wish.age_group, wish.language, wish.covers_past) == (AgeGroup.ADULT, "de", True)


@pytest.mark.parametrize("junk", [None, 1, "true", [True], {"value": True}])
def test_whatever_is_no_tick_allows_nothing(junk: object):
    wish = wanted(junk, junk, junk, junk, language="", covers_past=False)

    assert (wish.scopes, wish.age_group) == ({Scope.SERVE}, AgeGroup.UNSTATED)
