"""The leaderboard, read anew whenever the tab is opened."""

import gradio as gr

from arena.errors import ArenaError, SessionRequired
from arena.leaderboard import OwnBoard
from web_ui import board_texts, texts
from web_ui.actions import Updates
from web_ui.board import board_table, drawn, reading
from web_ui.board_reading import Choice, read_board
from web_ui.own_board import own_board
from web_ui.tabs.desk import Desk
from web_ui.tabs.markup import intro, markup, said
from web_ui.visitor import Visitor


class LeaderboardTab:
    """A table, how to read it, and the visitor's own votes. The page's address tells which category is shown."""

    def __init__(self, desk: Desk, site: str) -> None:
        self.desk = desk
        self.site = site

    def build(self, tab: gr.Tab) -> None:
        """Lay it out and bind it to the opening of its tab, and to the choice of a category."""
        intro(board_texts.HOW_TO)
        markup(reading())
        self.table = markup("", elem_id="board")
        self.figures = markup("", elem_id="board-figures")
        self.own = markup("", elem_id="own-board")
        again = gr.Button("", visible="hidden", elem_id="board-again")
        for event in (tab.select, again.click):
            shown = self.desk.bind(
                event, "leaderboard", self.load, "arenaBoard.wanted()", [self.table, self.figures, self.own], self.table
            )
            shown.then(fn=None, js="arenaBoard.follow")

    async def load(self, visitor: Visitor, wish: object) -> Updates:
        """Read the board, what is drawn beside it, and the visitor's own."""
        controller = self.desk.controller
        try:
            shown = await read_board(controller, visitor, Choice.read(wish))
            listed = await controller.models(visitor)
            own = await self._own(visitor)
        except ArenaError as error:
            return {self.table: said(texts.say(error), is_error=True), self.figures: "", self.own: ""}
        return {
            self.table: board_table(shown, listed.models, self.site),
            self.figures: drawn(shown),
            self.own: own_board(own),
        }

    async def _own(self, visitor: Visitor) -> OwnBoard | None:
        if not visitor.token:
            return None
        try:
            return await self.desk.controller.own_board(visitor)
        except SessionRequired:
            return None
