"""Direct chat: one model of the visitor's choice, and what the visitor thinks of its answers."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import gradio as gr

from arena.chat import ConversationRequest, ConversationView, ReactionKind, ReactionRequest
from arena.errors import ArenaError, EmptyText
from arena.model import PublicModel
from web_ui import data_texts, texts
from web_ui.actions import Handler, Updates, remembering
from web_ui.tabs.composer import build_composer, regenerate_ticket, turn_ticket
from web_ui.tabs.desk import Desk
from web_ui.tabs.inputs import as_text
from web_ui.tabs.markup import intro, markup, said, status_line
from web_ui.tabs.pane import build_chat
from web_ui.tabs.parameters import build_parameters, chosen
from web_ui.view import DirectLook, View, direct_look, model_choice
from web_ui.visitor import Visitor

_KINDS = {ReactionKind.UP: texts.UP, ReactionKind.DOWN: texts.DOWN, ReactionKind.FLAG: texts.FLAG}


class DirectTab:
    """One conversation. What it shows comes from the controller, every time."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def build(self) -> None:
        """Lay it out and bind it."""
        intro(texts.DIRECT_INTRO)
        with gr.Row(elem_classes="pickers"):
            self.picker = gr.Dropdown([], label=texts.MODEL, elem_id="direct-picker", interactive=True)
        with gr.Column(elem_classes="pane alone"):
            self.unlogged = markup("", elem_id="direct-unlogged")
            self.chat = build_chat("direct-a", texts.DIRECT_EMPTY)
        with gr.Row(elem_classes="reactions", visible=False, elem_id="direct-reactions") as self.reactions:
            self.buttons = {
                kind: gr.Button(label, size="sm", elem_id=f"direct-{kind}", min_width=120)
                for kind, label in _KINDS.items()
            }
        self.composer = build_composer("direct", status_line())
        self.parameters = build_parameters("direct")
        self._wire()

    @property
    def outputs(self) -> list[Any]:
        """Every component that a handler may change."""
        parts = self.composer
        return [
            *(self.chat, self.picker, self.reactions, *self.buttons.values()),
            *(parts.view, parts.ticket, parts.status, parts.box, parts.send, parts.stop),
            *(parts.regenerate, parts.clear, parts.undo, parts.examples, parts.withhold),
            *(parts.withhold_status, self.unlogged, self.desk.terms_panel),
        ]

    def _wire(self) -> None:
        parts, fields = self.composer, self.parameters.all()
        sent = partial(gr.on, [parts.send.click, parts.box.submit])
        self._answer(self._bind(sent, "begin", self.begin, [parts.box, self.picker, *fields]))
        self._answer(self._bind(parts.regenerate.click, "regenerate", self.regenerate, fields))
        self._bind(parts.stop.click, "stop", self.stop)
        self._bind(parts.clear.click, "clear", self.clear).then(fn=None, js="() => arena.focus('direct')")
        self._bind(parts.undo.click, "undo", self.undo)
        self._bind(self.picker.input, "pick", self.clear)
        self._bind(parts.withhold.input, "withhold", self.withhold, [parts.withhold], persists=True)
        for kind, button in self.buttons.items():
            self._bind(button.click, kind, partial(self.react, kind))
        parts.paint.click(fn=None, js="() => arena.paint('direct')", outputs=[self.chat])

    def _bind(
        self, event: Any, name: str, handler: Handler, inputs: Sequence[Any] = (), *, persists: bool = False
    ) -> Any:
        """Bind an event to a handler. It gets what this tab remembers, then the inputs."""
        parts, name = self.composer, f"direct-{name}"
        known = [parts.view, *inputs]
        handled = remembering(handler)
        return self.desk.bind(event, name, handled, known, self.outputs, parts.status, persists=persists)

    def _answer(self, asked: Any) -> None:
        """With the ticket the browser fetches and paints the answer; then what the controller has is shown."""
        parts = self.composer
        js = "(ticket, a) => arena.stream('direct', ticket, {a})"
        painted = [self.chat, parts.box, parts.status]
        streamed = asked.then(fn=None, js=js, inputs=[parts.ticket, self.chat], outputs=painted)
        settled = self._bind(streamed.then, "settle", self.settle, persists=True)
        settled.then(fn=None, js="() => arena.focus('direct')")

    def offered(self, models: tuple[PublicModel, ...]) -> Updates:
        """Return the picker with the models that can be reached now."""
        choices = [model_choice(model) for model in models]
        return {self.picker: gr.update(choices=choices, value=choices[0][1] if choices else None)}

    async def begin(
        self,
        visitor: Visitor,
        view: View,
        sent: object,
        model: object,
        temperature: object,
        top_p: object,
        max_tokens: object,
    ) -> Updates:
        """Open the conversation if there is none yet, and return what the browser needs to ask."""
        parts, text = self.composer, as_text(sent)
        try:
            if not text.strip():
                raise EmptyText
            wish = ConversationRequest(model=as_text(model))
            opened = None if view.key else await self.desk.controller.open_conversation(visitor, wish)
        except ArenaError as error:
            return {parts.ticket: None, **self.desk.refused(parts.status, error)}
        key = opened.id if opened else view.key
        return {
            **self._writing(),
            **(self._kept(opened) if opened else {}),
            parts.view: view.opened(key),
            parts.ticket: turn_ticket(f"conversations/{key}", text, chosen(temperature, top_p, max_tokens)),
            parts.box: gr.update(value="", interactive=False),
        }

    async def regenerate(
        self, _: Visitor, view: View, temperature: object, top_p: object, max_tokens: object
    ) -> Updates:
        """Return what the browser needs to ask for another answer."""
        ticket = regenerate_ticket(f"conversations/{view.key}", chosen(temperature, top_p, max_tokens))
        return {**self._writing(), self.composer.ticket: ticket}

    async def settle(self, visitor: Visitor, view: View) -> Updates:
        """Show what the controller has, and leave the status line as it is."""
        try:
            conversation = await self._conversation(visitor, view)
        except ArenaError as error:
            return {**self.composer.waiting(), **self.desk.refused(self.composer.status, error)}
        return self.shown(direct_look(conversation, view))

    async def react(self, kind: ReactionKind, visitor: Visitor, view: View) -> Updates:
        """Say what the latest answer was worth."""
        status = self.composer.status
        try:
            look = direct_look(await self._conversation(visitor, view), view)
            reaction = ReactionRequest(turn_id=look.latest_turn, kind=kind)
            await self.desk.controller.react(visitor, view.key, reaction)
        except ArenaError as error:
            return self.desk.refused(status, error)
        return {**await self._look_again(visitor, view), status: said(texts.REACTED[kind])}

    async def stop(self, visitor: Visitor, view: View) -> Updates:
        """Stop the answer; the stream that shows it then ends by itself."""
        try:
            await self.desk.controller.stop(visitor, f"conversations/{view.key}")
        except ArenaError as error:
            return self.desk.refused(self.composer.status, error)
        return {self.composer.status: ""}

    async def withhold(self, visitor: Visitor, view: View, wish: object) -> Updates:
        """Keep the conversation from being published, or not any more."""
        return await self.desk.withhold(visitor, f"conversations/{view.key}", self.composer, wish)

    async def clear(self, visitor: Visitor, view: View) -> Updates:
        """Put the conversation aside."""
        return await self._look_again(visitor, view.cleared())

    async def undo(self, visitor: Visitor, view: View) -> Updates:
        """Bring back what was put aside."""
        return await self._look_again(visitor, view.undone())

    async def _look_again(self, visitor: Visitor, view: View) -> Updates:
        try:
            look = direct_look(await self._conversation(visitor, view), view)
        except ArenaError as error:
            return self.desk.refused(self.composer.status, error)
        return {self.composer.view: view, **self.shown(look), self.composer.status: said(look.status)}

    async def _conversation(self, visitor: Visitor, view: View) -> ConversationView | None:
        return await self.desk.controller.conversation(visitor, view.key) if view.key else None

    def shown(self, look: DirectLook) -> Updates:
        """Return every component as it looks now, but for the status line."""
        free = not look.is_running
        can_withhold = not look.is_empty and look.is_logged is True
        return {
            **({} if look.is_logged is None else self.allowed(is_kept=look.is_logged)),
            **self.composer.withholding(can_withhold=can_withhold, is_withheld=look.is_withheld),
            self.chat: look.history,
            self.picker: gr.update(interactive=free, value=look.model) if look.model else gr.update(interactive=free),
            self.reactions: gr.update(visible=bool(look.latest_turn) and free),
            **{
                button: gr.update(variant="primary" if kind is look.reaction else "secondary")
                for kind, button in self.buttons.items()
            },
            **self.composer.resting(
                can_ask=free,
                can_regenerate=look.can_regenerate,
                is_empty=look.is_empty,
                is_running=look.is_running,
                can_undo=look.can_undo,
            ),
        }

    def allowed(self, *, is_kept: bool) -> Updates:
        """Return what tells visitors whose chats are not kept that it is so."""
        return {self.unlogged: "" if is_kept else f'<p class="unlogged">{data_texts.UNLOGGED}</p>'}

    def _kept(self, opened: ConversationView) -> Updates:
        """Return what says whether a conversation that was opened just now is kept."""
        withheld = self.composer.withholding(can_withhold=opened.is_logged, is_withheld=opened.is_withheld)
        return {**self.allowed(is_kept=opened.is_logged), **withheld}

    def _writing(self) -> Updates:
        locked = gr.update(interactive=False)
        return {**self.composer.writing(), self.picker: locked, self.reactions: gr.update(visible=False)}
