"""The blind battle: two models drawn by the controller, names after the vote."""

import gradio as gr

from arena.battle import BattleRequest, Mode
from web_ui import texts
from web_ui.tabs.desk import Desk, Updates
from web_ui.tabs.duel import Duel
from web_ui.tabs.markup import intro
from web_ui.view import View


class BattleTab(Duel):
    """Nobody chooses anything here but the words."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "battle")

    def build(self) -> None:
        """Lay it out and bind it."""
        intro(texts.BATTLE_INTRO)
        self.build_panes()
        view = self.composer.view
        self.wire(self.begin, [view, self.composer.box], self.regenerate, [view])

    async def begin(self, view: View, text: object, request: gr.Request) -> Updates:
        """Ask both."""
        visitor = self.desk.visitor(request)
        return await self.hand_ticket(visitor, view, text, BattleRequest(mode=Mode.BATTLE), {})

    async def regenerate(self, view: View) -> Updates:
        """Ask both again."""
        return self.hand_regenerate_ticket(view, {})
