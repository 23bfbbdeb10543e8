"""The terms, before the first message."""

import json
from dataclasses import dataclass

import gradio as gr

from arena.terms import TERMS, TERMS_VERSION
from web_ui import texts
from web_ui.tabs.markup import status_line


@dataclass(frozen=True, eq=False)
class TermsPanel:
    """The terms, two choices, and a button."""

    panel: gr.Column
    release: gr.Checkbox
    share: gr.Checkbox
    accept: gr.Button
    status: gr.HTML


def build_terms() -> TermsPanel:
    """Lay it out. It is hidden until the controller says that it is needed."""
    with gr.Column(visible=False, elem_id="terms", elem_classes="terms") as panel:
        gr.Markdown(f"## {texts.TERMS_TITLE}\n\n{TERMS[TERMS_VERSION]}\n\n{texts.TERMS_REQUIRED}")
        release = gr.Checkbox(label=texts.TERMS_RELEASE, value=False, container=False, elem_id="terms-release")
        share = gr.Checkbox(label=texts.TERMS_SHARE, value=False, container=False, elem_id="terms-share")
        accept = gr.Button(texts.TERMS_ACCEPT, variant="primary", elem_id="terms-accept")
        return TermsPanel(panel, release, share, accept, status_line())


def accepting() -> str:
    """Return the script that sends the acceptance. The cookie comes with the answer, and no script sees it."""
    return f"(release, share) => arena.accept({json.dumps(TERMS_VERSION)}, release, share)"
