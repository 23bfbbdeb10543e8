"""Where a visitor writes, and the buttons around it: the same in every tab."""

import json
import secrets
from dataclasses import asdict, dataclass
from typing import Any

import gradio as gr

from web_ui import data_texts, texts
from web_ui.actions import Updates
from web_ui.sanitise import sanitise
from web_ui.tabs.markup import markup, status_line
from web_ui.view import View

Ticket = dict[str, Any]
"""What the browser needs to ask once for one turn's answers: where to, with which body, and what to show meanwhile."""


@dataclass(frozen=True, eq=False)
class Composer:
    """The parts of a tab through which a turn is asked for."""

    room: str
    view: gr.JSON
    """What the tab remembers: ids, which the controller honours only for whom they belong to."""
    ticket: gr.JSON
    status: gr.HTML
    box: gr.Textbox
    send: gr.Button
    stop: gr.Button
    regenerate: gr.Button
    clear: gr.Button
    undo: gr.Button
    examples: gr.Row
    withhold: gr.Checkbox
    withhold_status: gr.HTML
    """Below the box, so that it does not move under the pointer."""
    paint: gr.Button

    def writing(self) -> Updates:
        """Return how it looks while answers are written."""
        return {
            self.status: "",
            self.box: gr.update(interactive=False),
            self.send: gr.update(visible=False),
            self.stop: gr.update(visible=True),
            self.regenerate: gr.update(interactive=False),
            self.clear: gr.update(interactive=False),
            self.undo: gr.update(visible=False),
            self.examples: gr.update(visible=False),
        }

    def resting(
        self, *, can_ask: bool, can_regenerate: bool, is_empty: bool, is_running: bool, can_undo: bool
    ) -> Updates:
        """Return how it looks while nothing is written here."""
        hint = texts.PROMPT_HINT if can_ask or is_running else texts.PROMPT_VOTED
        return {
            self.box: gr.update(interactive=can_ask, placeholder=hint),
            self.send: gr.update(visible=not is_running, interactive=can_ask),
            self.stop: gr.update(visible=is_running),
            self.regenerate: gr.update(interactive=can_regenerate),
            self.clear: gr.update(interactive=not is_empty and can_ask),
            self.undo: gr.update(visible=can_undo),
            self.examples: gr.update(visible=is_empty and can_ask),
        }

    def waiting(self) -> Updates:
        """Return how it looks when nobody knows how things stand: everything may be tried again."""
        return self.resting(can_ask=True, can_regenerate=True, is_empty=False, is_running=False, can_undo=False)

    def withholding(self, *, can_withhold: bool, is_withheld: bool) -> Updates:
        """Return the box that keeps a conversation from being published. It is there once there is a conversation."""
        return {self.withhold: gr.update(visible=can_withhold, value=is_withheld), self.withhold_status: ""}

    def locked(self, hint: str = texts.PROMPT_LOCKED) -> Updates:
        """Return how it looks while something has to be accepted first."""
        return {
            self.box: gr.update(interactive=False, placeholder=hint),
            self.send: gr.update(interactive=False),
            self.examples: gr.update(visible=False),
        }


def build_composer(room: str, status: gr.HTML) -> Composer:
    """Lay it out."""
    with gr.Row(elem_classes="examples", visible=False) as examples:
        chips = [gr.Button(text, size="sm", elem_classes="chip") for text in texts.EXAMPLES]
    with gr.Row(elem_classes="composer"):
        box = gr.Textbox(
            label=texts.PROMPT,
            show_label=False,
            container=False,
            placeholder=texts.PROMPT_LOCKED,
            interactive=False,
            lines=1,
            max_lines=8,
            scale=1,
            elem_classes="prompt",
            elem_id=f"{room}-box",
            html_attributes=gr.InputHTMLAttributes(enterkeyhint="send"),
        )
        send = gr.Button(texts.SEND, variant="primary", interactive=False, scale=0, elem_id=f"{room}-send")
        stop = gr.Button(texts.STOP, variant="stop", visible=False, scale=0, elem_id=f"{room}-stop")
    with gr.Row(elem_classes="actions"):
        regenerate = gr.Button(texts.REGENERATE, size="sm", interactive=False, elem_id=f"{room}-regenerate")
        clear = gr.Button(texts.CLEAR, size="sm", interactive=False, elem_id=f"{room}-clear")
        undo = gr.Button(texts.UNDO, size="sm", visible=False, elem_id=f"{room}-undo")
        markup(f'<p class="keys">{texts.KEYS_HINT}</p>')
        withhold = gr.Checkbox(
            label=data_texts.WITHHOLD,
            container=False,
            visible=False,
            elem_id=f"{room}-withhold",
            elem_classes="withhold",
        )
    withhold_status = status_line("withheld")
    for chip, text in zip(chips, texts.EXAMPLES, strict=True):
        chip.click(fn=None, js=f"() => arena.suggest({json.dumps(room)}, {json.dumps(text)})", outputs=[box])
    return Composer(
        room=room,
        view=gr.JSON(asdict(View()), visible=False),
        ticket=gr.JSON(visible=False),
        status=status,
        box=box,
        send=send,
        stop=stop,
        regenerate=regenerate,
        clear=clear,
        undo=undo,
        examples=examples,
        withhold=withhold,
        withhold_status=withhold_status,
        paint=gr.Button("", visible="hidden", elem_id=f"{room}-paint"),
    )


def turn_ticket(path: str, text: str, parameters: dict[str, Any]) -> Ticket:
    """Return the ticket for a visitor's message."""
    return _ticket(f"/visitor/{path}/turns", {"text": text, "parameters": parameters}, sanitise(text))


def regenerate_ticket(path: str, parameters: dict[str, Any]) -> Ticket:
    """Return the ticket for another answer to the last message."""
    return _ticket(f"/visitor/{path}/regenerate", {"parameters": parameters}, None)


def _ticket(address: str, body: dict[str, Any], shown: str | None) -> Ticket:
    return {"serial": secrets.token_hex(8), "address": address, "body": body, "shown": shown}
