"""One model's side: a heading and a conversation."""

import gradio as gr

from web_ui import texts
from web_ui.tabs.markup import markup

MATHS: list[dict[str, str | bool]] = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "\\[", "right": "\\]", "display": True},
    {"left": "\\(", "right": "\\)", "display": False},
]
"""A single dollar is not among them: `web_ui.sanitise` rewrites those that mean mathematics."""


def build_chat(elem_id: str, empty: str = texts.PANE_EMPTY) -> gr.Chatbot:
    """Lay out a conversation."""
    return gr.Chatbot(
        elem_id=elem_id,
        elem_classes="chat",
        show_label=False,
        container=False,
        height=None,
        latex_delimiters=MATHS,
        buttons=[],
        layout="panel",
        placeholder=f'<p class="pane-empty">{empty}</p>',
        allow_tags=False,
        allow_file_downloads=False,
        autoscroll=False,
    )


def build_pane(elem_id: str, name: str) -> tuple[gr.HTML, gr.Chatbot]:
    """Lay out a heading and a conversation."""
    with gr.Column(elem_classes="pane", elem_id=f"{elem_id}-pane", min_width=280):
        return markup(name, elem_id=f"{elem_id}-name"), build_chat(elem_id)
