"""A board as the site shows it, wherever it was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from export.ratings.over_time import OverTime

OVERALL = "overall"
Row = Mapping[str, Any]
"""A model's standing, with the keys of `report_files.COLUMNS`."""


class Pair(NamedTuple):
    """Two models that met, by their places in the board's rows, the first before the second."""

    first: int
    second: int
    wins: int
    """Of the first."""
    losses: int
    ties: int

    @property
    def battles(self) -> int:
        """How often they met."""
        return self.wins + self.losses + self.ties


@dataclass(frozen=True, eq=False, slots=True)
class SiteBoard:
    """One board: all votes or a category, with style held equal or not."""

    category: str
    is_styled: bool
    board: Mapping[str, Any]
    """As `leaderboard.json` holds it."""
    pairs: tuple[Pair, ...] | None
    """None where they are not told."""
    over_time: OverTime = field(default_factory=dict[str, Mapping[str, float]])

    @property
    def rows(self) -> Sequence[Row]:
        """Return the standings, best first."""
        return self.board["models"]

    @property
    def rated(self) -> Sequence[Row]:
        """Return the standings that have a rating."""
        return [row for row in self.rows if row["rating"] is not None]

    @property
    def nu(self) -> float:
        """Return the strength of ties: 0 where they are half a win for each side."""
        return (self.board.get("davidson_nu") or 0.0) if self._setting("method") == "davidson" else 0.0

    @property
    def is_plain(self) -> bool:
        """Whether the ratings are Bradley and Terry's of the votes as they are, as those over time always are."""
        plain = self._setting("method") in (None, "bt") and self._setting("weights") in (None, "none")
        return plain and not self.is_styled

    def _setting(self, name: str) -> object:
        return self.board.get("settings", {}).get(name)

    @property
    def months(self) -> OverTime:
        """Return how the ratings of the models shown went, where there is more than one moment."""
        return self.over_time if len(self.over_time) > 1 else {}


def placed(rows: Sequence[Row], pairs: Sequence[Mapping[str, Any]]) -> tuple[Pair, ...]:
    """Return pairs told by names as pairs of places; those of models that are not shown are left out."""
    place = {row["model"]: at for at, row in enumerate(rows)}
    found: list[Pair] = []
    for each in pairs:
        a, b = place.get(each["model_a"]), place.get(each["model_b"])
        wins, losses, ties = (int(each[name]) for name in ("wins_a", "wins_b", "ties"))
        if a is not None and b is not None and a != b:
            found.append(Pair(a, b, wins, losses, ties) if a < b else Pair(b, a, losses, wins, ties))
    return tuple(sorted(found))
