"""A deletion code: made on request, shown once."""

from collections.abc import Mapping
from html import escape
from typing import Any

import gradio as gr

from arena.errors import ArenaError
from web_ui import data_texts
from web_ui.actions import Updates
from web_ui.tabs.desk import Desk
from web_ui.tabs.markup import markup, paragraph, status_line
from web_ui.visitor import Visitor


class CodeMaker:
    """A button, and where the code is shown after it was pressed. It stays until the page is left or reloaded."""

    code: gr.HTML
    copy: gr.Button
    make: gr.Button
    status: gr.HTML

    def __init__(self, desk: Desk, room: str, *, can_make_another: bool) -> None:
        self.desk = desk
        self.room = room
        self.can_make_another = can_make_another
        self.also: Mapping[Any, Any] = {}

    def build(self, also: Mapping[Any, Any], *buttons: gr.Button) -> None:
        """Lay it out and bind it. `also` is what else changes once there is a code, and how."""
        self.also = also
        self.code = markup("")
        with gr.Row(elem_classes="buttons"):
            self.copy = gr.Button(data_texts.COPY, visible=False, elem_id=f"{self.room}-copy")
            self.make = gr.Button(data_texts.CODE_MAKE, elem_id=f"{self.room}-make")
            for button in buttons:
                button.render()
        self.status = status_line()
        outputs = [*self.outputs, self.desk.terms_panel, *also]
        self.desk.bind(self.make.click, f"{self.room}-make", self.make_code, [], outputs, self.status).then(
            fn=None, js=f"() => arenaConsent.focus('{self.room}-code')"
        )
        self.copy.click(fn=None, js=f"() => arenaConsent.copy('{self.room}-code')", outputs=[self.status])

    @property
    def outputs(self) -> list[Any]:
        """Every component of it that a handler may change."""
        return [self.code, self.copy, self.make, self.status]

    async def make_code(self, visitor: Visitor) -> Updates:
        """Make a code and show it."""
        try:
            made = await self.desk.controller.deletion_code(visitor)
        except ArenaError as error:
            return self.desk.refused(self.status, error)
        return {
            self.code: _shown(made.code, f"{self.room}-code"),
            self.copy: gr.update(visible=True),
            self.make: gr.update(value=data_texts.CODE_MAKE_ANOTHER, visible=self.can_make_another),
            self.status: "",
            **self.also,
        }

    def blank(self) -> Updates:
        """Return how it looks for somebody who has no code: what is shown may be a former session's."""
        return {
            self.code: "",
            self.copy: gr.update(visible=False),
            self.make: gr.update(value=data_texts.CODE_MAKE, visible=True),
            self.status: "",
        }


class Offer:
    """A deletion code, offered once, when the terms were accepted."""

    panel: gr.Column
    words: gr.HTML
    dismiss: gr.Button

    def __init__(self, desk: Desk) -> None:
        self.codes = CodeMaker(desk, "offer", can_make_another=False)

    def build(self) -> None:
        """Lay it out and bind it. It is hidden until it is made."""
        with gr.Column(visible=False, elem_id="offer", elem_classes="offer") as self.panel:
            self.words = markup(paragraph(data_texts.OFFER))
            self.dismiss = gr.Button(data_texts.OFFER_DISMISS, elem_id="offer-dismiss", render=False)
            self.codes.build({self.dismiss: gr.update(value=data_texts.OFFER_DONE), self.words: ""}, self.dismiss)
        self.dismiss.click(fn=None, js="arenaConsent.dismiss", outputs=[self.panel])

    @property
    def outputs(self) -> list[Any]:
        """Every component that a handler may change."""
        return [self.panel, self.words, self.dismiss, *self.codes.outputs]

    def made(self) -> Updates:
        """Return how it looks when it is made."""
        return {
            self.panel: gr.update(visible=True),
            self.words: paragraph(data_texts.OFFER),
            self.dismiss: gr.update(value=data_texts.OFFER_DISMISS),
            **self.codes.blank(),
        }


def _shown(code: str, elem_id: str) -> str:
    groups = escape(code).replace("-", "-<wbr>")
    return f'{paragraph(data_texts.CODE_NOTE_DOWN)}<code class="code" id="{elem_id}" tabindex="0">{groups}</code>'
