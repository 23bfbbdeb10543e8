"""Which board a visitor wants to see, and what is known of it."""

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from arena.leaderboard import Leaderboard
from web_ui.controller_client import ControllerClient
from web_ui.tabs.inputs import as_text
from web_ui.visitor import Visitor


@dataclass(frozen=True)
class Choice:
    """A category (empty: all votes), and whether style is held equal."""

    category: str = ""
    is_styled: bool = False

    @classmethod
    def read(cls, told: object) -> "Choice":
        """Read what the browser tells, which can be anything."""
        found = cast("dict[str, Any]", told) if isinstance(told, dict) else {}
        return cls(as_text(found.get("category")), found.get("style") == "1")

    @property
    def query(self) -> dict[str, str]:
        """Return how an address tells it."""
        return {
            **({"category": self.category} if self.category else {}),
            **({"style": "1"} if self.is_styled else {}),
        }

    def address(self, path: str, **more: str) -> str:
        """Return an address that tells it."""
        asked = urlencode({**more, **self.query})
        return f"{path}?{asked}" if asked else path


@dataclass(frozen=True)
class Shown:
    """One board, as it is shown."""

    board: Leaderboard
    choice: Choice = Choice()
    """What was chosen, as far as there is such a board."""
    categories: tuple[str, ...] = ()
    has_style: bool = False
    """Whether it is there with style held equal, too."""
    figures: str = ""
    """What is drawn beside it: HTML."""
    figures_at: float | None = None
    """Of which moment's votes that is, in unix seconds."""


async def read_board(controller: ControllerClient, visitor: Visitor, wish: Choice) -> Shown:
    """Read the board that is wanted. Where there is none, that of all votes or that as voted takes its place."""
    board = await controller.leaderboard(visitor, wish.category)
    category = wish.category if wish.category in board.categories else ""
    part = board.categories[category] if category else board
    figures = await controller.board_figures(visitor, category, is_styled=wish.is_styled)
    if wish.is_styled and figures.styled is None:
        figures = await controller.board_figures(visitor, category, is_styled=False)
    return Shown(
        board=part if figures.styled is None else figures.styled,
        choice=Choice(category, is_styled=figures.styled is not None),
        categories=tuple(sorted(board.categories)),
        has_style=figures.has_style,
        figures=figures.html,
        figures_at=figures.updated_at,
    )
