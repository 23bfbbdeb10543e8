"""The leaderboard, read anew whenever the tab is opened."""

import gradio as gr

from arena.errors import ArenaError
from web_ui import texts
from web_ui.actions import Updates
from web_ui.board import board_table
from web_ui.tabs.desk import Desk
from web_ui.tabs.markup import intro, markup, said
from web_ui.visitor import Visitor


class LeaderboardTab:
    """A table, and how to read it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def build(self, tab: gr.Tab) -> None:
        """Lay it out and bind it to the opening of its tab."""
        intro(texts.BOARD_HOW_TO)
        self.table = markup("", elem_id="board")
        self.desk.bind(tab.select, "leaderboard", self.load, [], [self.table], self.table)

    async def load(self, visitor: Visitor) -> Updates:
        """Read the board."""
        try:
            board = await self.desk.controller.leaderboard(visitor)
            listed = await self.desk.controller.models(visitor)
        except ArenaError as error:
            return {self.table: said(texts.say(error), is_error=True)}
        return {self.table: board_table(board, listed.models)}
