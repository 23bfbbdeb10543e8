"""The terms, before the first message."""

import json
from dataclasses import dataclass
from typing import Any

import gradio as gr

from arena.session import SessionView
from arena.terms import TERMS, TERMS_VERSION
from web_ui import data_texts
from web_ui.actions import Updates
from web_ui.tabs.choices import Choices, build_choices
from web_ui.tabs.markup import heading, status_line


@dataclass(frozen=True, eq=False)
class TermsPanel:
    """The terms, what a visitor may choose, and a button."""

    panel: gr.Column
    choices: Choices
    accept: gr.Button
    status: gr.HTML

    @property
    def outputs(self) -> list[Any]:
        """Every component that a handler may change."""
        return [self.panel, *self.choices.all()]

    def shown(self, session: SessionView | None, *, is_needed: bool) -> Updates:
        """Return how it looks for a session."""
        must_keep = session is not None and not session.may_chat_unlogged
        return {self.panel: gr.update(visible=is_needed), **self.choices.shown(session, must_keep=must_keep)}


def build_terms(*, may_chat_unlogged: bool) -> TermsPanel:
    """Lay it out. It is hidden until the controller says that it is needed."""
    required = data_texts.TERMS_REQUIRED_OR_UNLOGGED if may_chat_unlogged else data_texts.TERMS_REQUIRED
    with gr.Column(visible=False, elem_id="terms", elem_classes="terms") as panel:
        heading(data_texts.TERMS_TITLE)
        gr.Markdown(TERMS[TERMS_VERSION], elem_classes="terms-text")
        gr.Markdown(required)
        choices = build_choices("terms", may_chat_unlogged=may_chat_unlogged)
        accept = gr.Button(data_texts.TERMS_ACCEPT, variant="primary", elem_id="terms-accept")
        return TermsPanel(panel, choices, accept, status_line())


def accepting() -> str:
    """Return the script that sends the acceptance. The cookie comes with the answer, and no script sees it."""
    return f"(...chosen) => arenaConsent.accept({json.dumps(TERMS_VERSION)}, ...chosen)"
