"""The leaderboard, read anew whenever the tab is opened."""

import gradio as gr

from arena.errors import ArenaError
from web_ui import texts
from web_ui.board import board_table
from web_ui.tabs.desk import PRIVATE, Desk
from web_ui.tabs.markup import intro, markup, said


class LeaderboardTab:
    """A table, and how to read it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def build(self, tab: gr.Tab) -> None:
        """Lay it out and bind it to the opening of its tab."""
        intro(texts.BOARD_HOW_TO)
        self.table = markup("", elem_id="board")
        tab.select(self.load, None, [self.table], **PRIVATE)

    async def load(self, request: gr.Request) -> str:
        """Read the board."""
        visitor = self.desk.visitor(request)
        try:
            board = await self.desk.controller.leaderboard(visitor)
            listed = await self.desk.controller.models(visitor)
        except ArenaError as error:
            return said(texts.say(error), is_error=True)
        return board_table(board, listed.models)
