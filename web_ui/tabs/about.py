"""What this is, what is kept, and the terms."""

import gradio as gr

from arena.terms import TERMS, TERMS_VERSION
from web_ui import texts


def build_about() -> None:
    """Lay it out."""
    with gr.Column(elem_classes="prose-card"):
        gr.Markdown(texts.ABOUT_TEXT)
        gr.Markdown(texts.ABOUT_TERMS.format(version=TERMS_VERSION, terms=TERMS[TERMS_VERSION]))
