"""What happens when a visitor does something: handlers that run here, called by the page's script past Gradio's server.

Gradio draws the page. Its server would take about 28 CPU milliseconds for the two calls that each turn needs, keep a
copy of the page's configuration for every visitor, and forget what a tab shows when it is restarted. So its events run
in the browser alone: they call an action here with what their inputs hold, and get what their outputs shall show.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from arena.errors import RequestError
from web_ui.view import View
from web_ui.visitor import Visitor

Updates = Mapping[Any, Any]
"""What a handler returns: the components that change, and what they show then. A `View` is remembered."""
Handler = Callable[..., Awaitable[Updates]]


def remembering(handler: Handler) -> Handler:
    """Let a handler's first input be a `View`, whatever the browser sends back as one."""

    async def called(visitor: Visitor, remembered: object, *inputs: object) -> Updates:
        return await handler(visitor, View.read(remembered), *inputs)

    return called


@dataclass(frozen=True, eq=False)
class Action:
    """A handler, how many inputs it takes, and the components that it may change. What it is sent can be anything."""

    handler: Handler
    inputs: int
    outputs: tuple[Any, ...]

    async def run(self, visitor: Visitor, inputs: list[Any]) -> dict[int, Any]:
        """Call the handler; return what changes, by the position of the output."""
        if len(inputs) != self.inputs:
            raise RequestError
        updates = await self.handler(visitor, *inputs)
        return {
            at: asdict(update) if isinstance(update, View) else update
            for at, output in enumerate(self.outputs)
            if (update := updates.get(output, self)) is not self
        }
