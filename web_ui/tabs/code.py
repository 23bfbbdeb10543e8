"""A deletion code: made on request, shown once."""

from collections.abc import Mapping
from html import escape
from typing import Any

import gradio as gr

from arena.errors import ArenaError
from web_ui import data_texts
from web_ui.actions import Updates
from web_ui.tabs.desk import Desk
from web_ui.tabs.markup import markup, status_line
from web_ui.visitor import Visitor


class CodeMaker:
    """A button, and where the code is shown after it was pressed."""

    code: gr.HTML
    copy: gr.Button
    make: gr.Button
    status: gr.HTML

    def __init__(self, desk: Desk, room: str) -> None:
        self.desk = desk
        self.room = room
        self.also: Mapping[Any, Any] = {}

    def build(self, also: Mapping[Any, Any], *buttons: gr.Button) -> None:
        """Lay it out and bind it. `also` is what else changes once there is a code, and how."""
        self.also = also
        self.code = markup("")
        with gr.Row(elem_classes="buttons"):
            self.make = gr.Button(data_texts.CODE_MAKE, elem_id=f"{self.room}-make")
            self.copy = gr.Button(data_texts.COPY, visible=False, elem_id=f"{self.room}-copy")
            for button in buttons:
                button.render()
        self.status = status_line()
        outputs = [self.code, self.copy, self.make, self.status, self.desk.terms_panel, *also]
        self.desk.bind(self.make.click, f"{self.room}-make", self.make_code, [], outputs, self.status).then(
            fn=None, js=f"() => arenaConsent.focus('{self.room}-code')"
        )
        self.copy.click(fn=None, js=f"() => arenaConsent.copy('{self.room}-code')", outputs=[self.status])

    async def make_code(self, visitor: Visitor) -> Updates:
        """Make a code and show it."""
        try:
            made = await self.desk.controller.deletion_code(visitor)
        except ArenaError as error:
            return self.desk.refused(self.status, error)
        return {
            self.code: _shown(made.code, f"{self.room}-code"),
            self.make: gr.update(visible=False),
            self.copy: gr.update(visible=True),
            self.status: "",
            **self.also,
        }


class Offer:
    """A deletion code, offered once, when the terms were accepted."""

    panel: gr.Column

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def build(self) -> None:
        """Lay it out and bind it. It is hidden until it is made."""
        with gr.Column(visible=False, elem_id="offer", elem_classes="offer") as self.panel:
            words = markup(_paragraph(data_texts.OFFER))
            dismiss = gr.Button(data_texts.OFFER_DISMISS, elem_id="offer-dismiss", render=False)
            also = {dismiss: gr.update(value=data_texts.OFFER_DONE), words: ""}
            CodeMaker(self.desk, "offer").build(also, dismiss)
        dismiss.click(fn=None, js="arenaConsent.dismiss", outputs=[self.panel])


def _shown(code: str, elem_id: str) -> str:
    return (
        f"{_paragraph(data_texts.CODE_NOTE_DOWN)}"
        f'<code class="code" id="{elem_id}" tabindex="0" aria-label="{escape(data_texts.CODE_LABEL)}">'
        f"{escape(code).replace('-', '-<wbr>')}</code>"
    )


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"
