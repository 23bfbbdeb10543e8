"""Two answers beside each other, four votes, a reveal: what battles and side by side share."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import gradio as gr

from arena.battle import BattleRequest, BattleView, VoteRequest
from arena.errors import ArenaError, EmptyText
from web_ui import data_texts, texts
from web_ui.actions import Handler, Updates, remembering
from web_ui.tabs.composer import Composer, build_composer, regenerate_ticket, turn_ticket
from web_ui.tabs.desk import Desk
from web_ui.tabs.inputs import as_text
from web_ui.tabs.markup import markup, paragraph, said, status_line
from web_ui.tabs.pane import build_pane
from web_ui.view import DuelLook, View, duel_look, pane_name
from web_ui.visitor import Visitor


class Duel:
    """One tab with two panes. What it shows comes from the controller, every time."""

    def __init__(self, desk: Desk, room: str) -> None:
        self.desk = desk
        self.room = room

    def build_panes(self) -> None:
        """Lay out the two answers, the votes and the composer."""
        with gr.Row(elem_classes="needs-log", visible=False) as self.needs_log:
            markup(paragraph(data_texts.NEEDS_LOG))
            ask = gr.Button(data_texts.NEEDS_LOG_SHOW, elem_id=f"{self.room}-allow")
        ask.click(fn=None, js="arenaConsent.ask", outputs=[self.desk.terms_panel])
        with gr.Row(elem_classes="panes", equal_height=True):
            self.name_a, self.chat_a = build_pane(f"{self.room}-a", pane_name(None, "a"))
            self.name_b, self.chat_b = build_pane(f"{self.room}-b", pane_name(None, "b"))
        with gr.Row(elem_classes="votes", visible=False, elem_id=f"{self.room}-votes") as self.votes:
            self.vote_buttons = {
                outcome: gr.Button(label, interactive=False, elem_id=f"{self.room}-vote-{outcome}", min_width=120)
                for outcome, label in texts.VOTES.items()
            }
        status = status_line()
        self.new_round = gr.Button(
            texts.NEW_ROUND, variant="primary", visible=False, elem_id=f"{self.room}-new", elem_classes="new-round"
        )
        self.composer: Composer = build_composer(self.room, status)

    @property
    def outputs(self) -> list[Any]:
        """Every component that a handler may change."""
        parts = self.composer
        return [
            *(self.name_a, self.chat_a, self.name_b, self.chat_b, self.votes, self.new_round),
            *self.vote_buttons.values(),
            *(parts.view, parts.ticket, parts.status, parts.box, parts.send, parts.stop),
            *(parts.regenerate, parts.clear, parts.undo, parts.examples, parts.withhold),
            *(parts.withhold_status, self.needs_log, self.desk.terms_panel),
        ]

    def wire(self, begin: Handler, regenerate: Handler, choices: list[Any], parameters: list[Any]) -> None:
        """Bind the events. `begin` and `regenerate` hand out tickets; the rest is the same in every duel."""
        parts = self.composer
        sent = partial(gr.on, [parts.send.click, parts.box.submit])
        self._answer(self.bind(sent, "begin", begin, [parts.box, *choices, *parameters]))
        self._answer(self.bind(parts.regenerate.click, "regenerate", regenerate, parameters))
        self.bind(parts.stop.click, "stop", self.stop)
        self.bind(parts.clear.click, "clear", self.clear).then(fn=None, js=self._js("focus"))
        self.bind(parts.undo.click, "undo", self.undo)
        self.bind(parts.withhold.input, "withhold", self.withhold, [parts.withhold], persists=True)
        self.bind(self.new_round.click, "new", self.begin_anew).then(fn=None, js=self._js("focus"))
        for outcome, button in self.vote_buttons.items():
            self.bind(button.click, f"vote-{outcome}", partial(self.vote, outcome))
        parts.paint.click(fn=None, js=self._js("paint"), outputs=[self.chat_a, self.chat_b])

    def bind(
        self, event: Any, name: str, handler: Handler, inputs: Sequence[Any] = (), *, persists: bool = False
    ) -> Any:
        """Bind an event to a handler. It gets what this tab remembers, then the inputs."""
        parts, name = self.composer, f"{self.room}-{name}"
        known = [parts.view, *inputs]
        handled = remembering(handler)
        return self.desk.bind(event, name, handled, known, self.outputs, parts.status, persists=persists)

    def _answer(self, asked: Any) -> None:
        """With the ticket the browser fetches and paints the answers; then what the controller has is shown."""
        parts = self.composer
        js = f"(ticket, a, b) => arena.stream('{self.room}', ticket, {{a, b}})"
        painted = [self.chat_a, self.chat_b, parts.box, parts.status]
        streamed = asked.then(fn=None, js=js, inputs=[parts.ticket, self.chat_a, self.chat_b], outputs=painted)
        settled = self.bind(streamed.then, "settle", self.settle, persists=True)
        settled.then(fn=None, js=self._js("focus"))

    def _js(self, what: str) -> str:
        return f"() => arena.{what}('{self.room}')"

    async def hand_ticket(
        self, visitor: Visitor, view: View, sent: object, wish: BattleRequest, parameters: dict[str, Any]
    ) -> Updates:
        """Open the duel if there is none yet, and return what the browser needs to ask it."""
        parts, text = self.composer, as_text(sent)
        try:
            if not text.strip():
                raise EmptyText
            opened = None if view.key else await self.desk.controller.open_battle(visitor, wish)
        except ArenaError as error:
            return {parts.ticket: None, **self.desk.refused(parts.status, error)}
        key = opened.id if opened else view.key
        return {
            **(parts.withholding(can_withhold=True, is_withheld=opened.is_withheld) if opened else {}),
            **parts.writing(),
            **self._votes(are_open=False),
            parts.view: view.opened(key),
            parts.ticket: turn_ticket(f"battles/{key}", text, parameters),
            parts.box: gr.update(value="", interactive=False),
        }

    def hand_regenerate_ticket(self, view: View, parameters: dict[str, Any]) -> Updates:
        """Return what the browser needs to ask for other answers."""
        parts = self.composer
        ticket = regenerate_ticket(f"battles/{view.key}", parameters)
        return {**parts.writing(), **self._votes(are_open=False), parts.ticket: ticket}

    async def settle(self, visitor: Visitor, view: View) -> Updates:
        """Show what the controller has, and leave the status line as it is."""
        try:
            look = duel_look(await self._battle(visitor, view), view)
        except ArenaError as error:
            waiting = {**self.composer.waiting(), **self._votes(are_open=True)}
            return {**waiting, **self.desk.refused(self.composer.status, error)}
        return self.shown(look)

    async def vote(self, outcome: str, visitor: Visitor, view: View) -> Updates:
        """Vote, then show what the controller has: the names, if the vote was taken."""
        refused: Updates = {}
        try:
            await self.desk.controller.vote(visitor, view.key, VoteRequest(outcome=outcome))
        except ArenaError as error:
            refused = self.desk.refused(self.composer.status, error)
        return {**await self.look_again(visitor, view), **refused}

    async def stop(self, visitor: Visitor, view: View) -> Updates:
        """Stop both answers; the stream that shows them then ends by itself."""
        try:
            await self.desk.controller.stop(visitor, f"battles/{view.key}")
        except ArenaError as error:
            return self.desk.refused(self.composer.status, error)
        return {self.composer.status: ""}

    async def withhold(self, visitor: Visitor, view: View, wish: object) -> Updates:
        """Keep the round from being published, or not any more."""
        return await self.desk.withhold(visitor, f"battles/{view.key}", self.composer, wish)

    def allowed(self, *, is_kept: bool) -> Updates:
        """Return what tells visitors whose chats are not kept that a duel needs it."""
        locked = {} if is_kept else self.composer.locked(data_texts.PROMPT_UNLOGGED)
        return {self.needs_log: gr.update(visible=not is_kept), **locked}

    async def clear(self, visitor: Visitor, view: View) -> Updates:
        """Put the round aside."""
        return await self.look_again(visitor, view.cleared())

    async def begin_anew(self, visitor: Visitor, _: View) -> Updates:
        """Show an empty round."""
        return await self.look_again(visitor, View())

    async def undo(self, visitor: Visitor, view: View) -> Updates:
        """Bring back what was put aside."""
        return await self.look_again(visitor, view.undone())

    async def look_again(self, visitor: Visitor, view: View) -> Updates:
        """Show what the controller has, and say what there is to say about it."""
        status = self.composer.status
        try:
            look = duel_look(await self._battle(visitor, view), view)
        except ArenaError as error:
            return self.desk.refused(status, error)
        return {self.composer.view: view, **self.shown(look), status: said(look.status)}

    async def _battle(self, visitor: Visitor, view: View) -> BattleView | None:
        return await self.desk.controller.battle(visitor, view.key) if view.key else None

    def shown(self, look: DuelLook) -> Updates:
        """Return every component as it looks now, but for the status line."""
        votes = {button: gr.update(interactive=look.can_vote) for button in self.vote_buttons.values()}
        return {
            self.name_a: look.name_a,
            self.name_b: look.name_b,
            self.chat_a: look.history_a,
            self.chat_b: look.history_b,
            self.votes: gr.update(visible=not look.is_empty and not look.is_decided),
            self.new_round: gr.update(visible=look.is_decided),
            **votes,
            **self.composer.withholding(can_withhold=not look.is_empty, is_withheld=look.is_withheld),
            **self.composer.resting(
                can_ask=look.can_ask,
                can_regenerate=look.can_regenerate,
                is_empty=look.is_empty,
                is_running=look.is_running,
                can_undo=look.can_undo,
            ),
        }

    def _votes(self, *, are_open: bool) -> Updates:
        votes = {button: gr.update(interactive=are_open) for button in self.vote_buttons.values()}
        return {**votes, self.votes: gr.update(visible=True)}
