"""What every tab works with."""

import json
from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from arena.errors import ArenaError, SessionRequired
from arena.session import ReleaseChoice, SessionView
from web_ui import data_texts, texts
from web_ui.actions import Action, Handler, Updates
from web_ui.controller_client import ControllerClient
from web_ui.tabs.composer import Composer
from web_ui.tabs.markup import said
from web_ui.visitor import Visitor


class Desk:
    """The controller, the actions of all tabs, and the panel with the terms."""

    def __init__(self, controller: ControllerClient, terms_panel: gr.Column) -> None:
        self.controller = controller
        self.terms_panel = terms_panel
        self.actions: dict[str, Action] = {}

    def bind(
        self,
        event: Any,
        name: str,
        handler: Handler,
        inputs: Sequence[Any] | str,
        outputs: Sequence[Any],
        status: Component,
        *,
        persists: bool = False,
    ) -> Any:
        """Let an event of the page call a handler. `status` is where the browser says that it could not be called.

        What persists is called again and again until the page's server answers. `inputs` are components, or, where none
        holds it, a script's expression whose value is the only input.
        """
        parts, sent = ([], f"[{inputs}]") if isinstance(inputs, str) else (list(inputs), "inputs")
        self.actions[name] = Action(handler, len(parts) if sent == "inputs" else 1, tuple(outputs))
        rest = f"{len(outputs)}, {list(outputs).index(status)}, {json.dumps(persists)}"
        js = f"(...inputs) => arena.act({json.dumps(name)}, {sent}, {rest})"
        return event(fn=None, js=js, inputs=parts, outputs=list(outputs))

    async def session(self, visitor: Visitor) -> SessionView | None:
        """Return what the visitor's session may know of itself; None if there is none."""
        if not visitor.token:
            return None
        try:
            return await self.controller.session(visitor)
        except SessionRequired:
            return None

    async def withhold(self, visitor: Visitor, path: str, parts: Composer, wish: object) -> Updates:
        """Record whether the visitor wants `battles/ID` or `conversations/ID` published, and show what was recorded."""
        is_withheld = wish is True
        try:
            await self.controller.choose_release(visitor, path, ReleaseChoice(allowed=not is_withheld))
        except ArenaError as error:
            return {**self.refused(parts.withhold_status, error), parts.withhold: gr.update(value=not is_withheld)}
        told = data_texts.WITHHELD if is_withheld else data_texts.NOT_WITHHELD
        return {parts.withhold: gr.update(value=is_withheld), parts.withhold_status: said(told)}

    def refused(self, status: Component, error: ArenaError) -> Updates:
        """Say what went wrong; if the terms have to be accepted for it, show them."""
        shown: dict[Any, Any] = {status: said(texts.say(error), is_error=True)}
        if error.code in texts.NEEDS_TERMS:
            shown[self.terms_panel] = gr.update(visible=True)
        return shown
