"""What a visitor may choose: what happens with the conversations, and what is said of one's age."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from arena.session import AgeGroup, ConsentRequest, Scope, SessionView
from arena.terms import TERMS_VERSION
from web_ui import data_texts
from web_ui.actions import Updates
from web_ui.allowance import in_force


@dataclass(frozen=True, eq=False)
class Choices:
    """Three boxes and an age; `keep` is shown only where the operator lets visitors chat without being kept."""

    keep: gr.Checkbox
    release: gr.Checkbox
    share: gr.Checkbox
    age: gr.Radio

    def all(self) -> list[Any]:
        """Return them in the order that `wanted` takes their values."""
        return [self.keep, self.release, self.share, self.age]

    def shown(self, session: SessionView | None, *, must_keep: bool = False) -> Updates:
        """Return them as the session's consent has them; where none is in force, they stay as they are.

        Who `must_keep` is not asked whether chats may be kept: they are, once the terms are accepted.
        """
        consent = in_force(session)
        if session is None or consent is None:
            return {}
        is_kept = must_keep or Scope.LOG in consent.scopes
        may_publish = is_kept and consent.age_group is not AgeGroup.MINOR
        return {
            self.keep: gr.update(value=is_kept, visible=session.may_chat_unlogged or not is_kept),
            self.release: gr.update(value=may_publish and Scope.RELEASE in consent.scopes, interactive=may_publish),
            self.share: gr.update(value=is_kept and Scope.SHARE in consent.scopes, interactive=is_kept),
            self.age: gr.update(value=consent.age_group.value),
        }


def build_choices(room: str, *, may_chat_unlogged: bool) -> Choices:
    """Lay them out; in the browser, boxes that can change nothing are closed."""
    keep = _box(f"{room}-keep", data_texts.KEEP, value=True, visible=may_chat_unlogged)
    release = _box(f"{room}-release", data_texts.RELEASE)
    share = _box(f"{room}-share", data_texts.SHARE)
    age = gr.Radio(
        [(label, group.value) for group, label in data_texts.AGE_CHOICES.items()],
        value=AgeGroup.UNSTATED.value,
        label=data_texts.AGE,
        info=data_texts.AGE_HINT,
        elem_id=f"{room}-age",
        elem_classes="age",
    )
    for chosen in (keep, age):
        chosen.input(fn=None, js="arenaConsent.boxes", inputs=[keep, age, release, share], outputs=[release, share])
    return Choices(keep, release, share, age)


def _box(elem_id: str, label: str, *, value: bool = False, visible: bool = True) -> gr.Checkbox:
    return gr.Checkbox(value=value, label=label, container=False, visible=visible, elem_id=elem_id)


def wanted(
    keep: object, release: object, share: object, age: object, *, language: str, covers_past: bool
) -> ConsentRequest:
    """Return the consent that the boxes and the age stand for. What is no box is not ticked, what is no age unsaid."""
    ticked = ((Scope.LOG, keep), (Scope.RELEASE, release), (Scope.SHARE, share))
    return ConsentRequest(
        terms_version=TERMS_VERSION,
        scopes=frozenset({Scope.SERVE, *(scope for scope, box in ticked if box is True)}),
        language=language,
        covers_past=covers_past,
        age_group=AgeGroup(age) if age in list(AgeGroup) else AgeGroup.UNSTATED,
    )
