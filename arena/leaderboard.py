"""The leaderboard: what the votes say so far, and how sure that is."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from arena.word import Word

Status = Literal["rated", "provisional", "unrated"]
CATEGORY_NAMES: Mapping[str, str] = {
    "code": "Code",
    "maths": "Maths",
    "long_prompt": "Long prompts",
    "multi_turn": "Several turns",
    "english": "English",
    "not_english": "Not English",
    "hard_prompt": "Hard prompts",
    "creative_writing": "Creative writing",
    "instruction_following": "Following instructions",
    "no_refusal": "Without refusals",
    "no_duplicates": "Few of the same prompt",
    "no_ties": "Without ties",
}
"""What people read for a category. One that is not here (`language=German`) is read as it is written."""


class BoardRow(Word):
    """One model's standing."""

    model: str
    status: Status
    reason: str = ""
    """Why there is no rating, or how little it rests on, in words."""
    rating: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    rank: int | None = None
    """The place by rating; equal ratings share the better one."""
    rank_low: int | None = None
    """The best place that the differences to the other models leave open, at 95% each."""
    rank_high: int | None = None
    """The worst one."""
    bound_low: float | None = None
    """Provisional: a model that never lost is probably not below this."""
    bound_high: float | None = None
    """Provisional: a model that never won is probably not above this."""
    battles: int
    wins: int
    losses: int
    ties: int


class Leaderboard(Word):
    """All standings at one moment. Ratings are on the Elo scale (400 points are odds of ten), mean 1000."""

    votes: int = 0
    """Votes that count."""
    of_votes: int | None = None
    """With style held equal: of how many these are the newest whose answers are known; None where they are all."""
    updated_at: float | None = None
    """Unix seconds; None when no board was made yet."""
    rows: tuple[BoardRow, ...] = ()
    categories: Mapping[str, "Leaderboard"] = Field(default_factory=dict[str, "Leaderboard"])
    """Boards of the votes of one category each, by its name (`code`, `language=German`); they hold no further ones."""

    def with_rows_of(self, category: str) -> "Leaderboard":
        """Return it with one category's rows alone, those of all votes if there is no such category."""
        others = {name: each.model_copy(update={"rows": ()}) for name, each in self.categories.items()}
        if category not in others:
            return self.model_copy(update={"categories": others})
        return self.model_copy(update={"rows": (), "categories": others | {category: self.categories[category]}})


class BoardFigures(Word):
    """What is drawn beside one board: who beats whom, how well pairs are covered, ratings over time, what style does.

    They are made more rarely than the board, so that its numbers never wait for pictures.
    """

    updated_at: float | None = None
    """Unix seconds; None where there are none."""
    models: tuple[str, ...] = ()
    """All that they name."""
    html: str = ""
    """Made by `export`, with a style of its own and no script; every text in it is escaped."""
    has_style: bool = False
    """Whether there is a board with style held equal, too."""
    styled: Leaderboard | None = None
    """That board, if it was asked for: the figures are those beside it."""


class OwnRow(Word):
    """How one visitor's own votes judged one model."""

    model: str
    wins: int
    losses: int
    ties: int
    share: float
    """Of the battles it was in, a tie as half a win."""
    share_low: float
    """Votes as few as these leave open, at 95%, all from here ..."""
    share_high: float
    """... to here."""


class OwnBoard(Word):
    """What a visitor's own votes in blind battles say. Nobody else sees it, and it tells of nobody else."""

    votes: int
    needed: int
    """With fewer votes there are no rows."""
    rows: tuple[OwnRow, ...] = ()
    """Best share first."""
