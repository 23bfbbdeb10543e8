"""The blind battle: two models drawn by the controller, names after the vote."""

from arena.battle import BattleRequest, Mode
from web_ui import texts
from web_ui.actions import Updates
from web_ui.tabs.desk import Desk
from web_ui.tabs.duel import Duel
from web_ui.tabs.markup import intro
from web_ui.view import View
from web_ui.visitor import Visitor


class BattleTab(Duel):
    """Nobody chooses anything here but the words."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "battle")

    def build(self) -> None:
        """Lay it out and bind it."""
        intro(texts.BATTLE_INTRO)
        self.build_panes()
        self.wire(self.begin, self.regenerate, choices=[], parameters=[])

    async def begin(self, visitor: Visitor, view: View, text: object) -> Updates:
        """Ask both."""
        return await self.hand_ticket(visitor, view, text, BattleRequest(mode=Mode.BATTLE), {})

    async def regenerate(self, _: Visitor, view: View) -> Updates:
        """Ask both again."""
        return self.hand_regenerate_ticket(view, {})
