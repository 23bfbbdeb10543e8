"""What every tab works with."""

from dataclasses import dataclass
from typing import Any, cast

import gradio as gr
from gradio.components import Component
from starlette.requests import HTTPConnection

from arena.errors import ArenaError
from arena.settings import Network
from web_ui import texts
from web_ui.controller_client import ControllerClient
from web_ui.routes import who
from web_ui.tabs.markup import said
from web_ui.visitor import Visitor

Updates = dict[Any, Any]
"""What a handler returns: the components that change, and how."""
PRIVATE: dict[str, Any] = {
    "queue": False,
    "api_visibility": "private",
    "show_progress": "hidden",
    # Gradio's checks would write what they refuse into the log, and forget a picker's choices with the session.
    "preprocess": False,
}
"""How every handler is bound: not part of any API, and not through Gradio's queue."""


@dataclass(frozen=True, eq=False)
class Desk:
    """The controller, who may state addresses, and the panel with the terms."""

    controller: ControllerClient
    trusted: tuple[Network, ...]
    terms_panel: gr.Column

    def visitor(self, request: gr.Request) -> Visitor:
        """Return who is asking."""
        connection: HTTPConnection = cast("HTTPConnection", request.request)
        return who(connection, self.trusted)

    def refused(self, status: Component, error: ArenaError) -> Updates:
        """Say what went wrong; if the terms have to be accepted for it, show them."""
        shown: Updates = {status: said(texts.say(error), is_error=True)}
        if error.code in texts.NEEDS_TERMS:
            shown[self.terms_panel] = gr.update(visible=True)
        return shown
