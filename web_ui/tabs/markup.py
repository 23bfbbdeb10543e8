"""Small pieces of HTML of our own."""

from html import escape
from typing import Any

import gradio as gr

_ANNOUNCE = "element.setAttribute('role', 'status'); element.setAttribute('aria-live', 'polite');"


def markup(html: str, **properties: Any) -> gr.HTML:
    """Lay out HTML without Gradio's style for prose."""
    return gr.HTML(html, apply_default_css=False, js_on_load=None, padding=False, **properties)


def intro(text: str) -> gr.HTML:
    """Lay out the sentence at the top of a tab."""
    return markup(f'<p class="intro">{escape(text)}</p>')


def paragraph(text: str) -> str:
    """Return a text as a paragraph."""
    return f"<p>{escape(text)}</p>"


def heading(text: str) -> gr.HTML:
    """Lay out the heading of a part of a tab."""
    return markup(f"<h2>{escape(text)}</h2>", elem_classes="heading")


def status_line(kind: str = "") -> gr.HTML:
    """Lay out a line whose changes are read aloud by screen readers."""
    classes = ["status", *kind.split()]
    return gr.HTML("", apply_default_css=False, padding=False, elem_classes=classes, js_on_load=_ANNOUNCE)


def said(text: str, *, is_error: bool = False) -> str:
    """Return what a status line shows."""
    return f'<p class="said{" error" if is_error else ""}">{escape(text)}</p>' if text else ""
