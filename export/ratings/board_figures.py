"""What is drawn beside a live board: by the code that draws the site's pages."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from arena.leaderboard import BoardFigures, Leaderboard
from export.ratings import style
from export.ratings.board import Listing, counts_for_board, make_board
from export.ratings.counts import PairCounts, count
from export.ratings.estimate import Estimate
from export.ratings.live import OVERALL, LiveCounts
from export.ratings.newton import FitFailed
from export.ratings.over_time import OverTime
from export.ratings.period_ratings import PeriodRatings
from export.ratings.site.fragment import fragment
from export.ratings.site.site_board import Pair, SiteBoard
from export.ratings.styled_votes import StyledVotes
from export.ratings.vote_table import VoteTable


@dataclass(frozen=True, eq=False, slots=True)
class StyledBoard:
    """The standings with style held equal, and what style does."""

    board: Leaderboard
    effects: Mapping[str, style.Effect]


def with_style(table: VoteTable, updated_at: float) -> StyledBoard | None:
    """Rate with style held equal; None where these votes do not tell style and models apart."""
    found: list[style.StyleFit] = []

    def estimate(counts: PairCounts) -> Estimate:
        battles, kept = table.battles.among(counts.models)
        features = {name: style.difference(a[kept], b[kept]) for name, (a, b) in table.style.items()}
        found.append(style.fit(battles, features))
        return Estimate(found[0].ratings, found[0].covariance, steps=found[0].steps)

    try:
        board = make_board(count(table.battles), updated_at, estimate)
    except FitFailed:
        return None
    return StyledBoard(board, found[0].effects) if found and found[0].effects else None


class Drawing:
    """Draws what stands beside one category's boards."""

    def __init__(self) -> None:
        self._periods = PeriodRatings()

    def figures(
        self, counts: LiveCounts, category: str, board: Leaderboard, listed: Listing, styles: StyledVotes | None
    ) -> list[BoardFigures]:
        """Return the figures beside the board as voted, and where style can be told, those with style held equal."""
        pairs = counts_for_board(counts, listed, category)
        times = self._periods.of(counts, category, board, listed.secret)
        styled = None if styles is None else self._styled(counts, category, board, listed, styles)
        plain = BoardFigures(
            updated_at=board.updated_at,
            models=tuple(row.model for row in board.rows),
            html=_drawn(board, pairs, times, styled, category),
            has_style=styled is not None,
        )
        if styled is None:
            return [plain]
        equal = BoardFigures(
            updated_at=board.updated_at,
            models=tuple(row.model for row in styled.board.rows),
            html=_drawn(styled.board, pairs, {}, styled, category, is_styled=True),
            has_style=True,
            styled=styled.board,
        )
        return [plain, equal]

    def _styled(
        self, counts: LiveCounts, category: str, board: Leaderboard, listed: Listing, styles: StyledVotes
    ) -> StyledBoard | None:
        until = f"{int(counts.newest * 1000) + 1:012x}"
        table = styles.table(None if category == OVERALL else category, listed.secret, until)
        found = with_style(table, board.updated_at or 0.0)
        if found is None or found.board.votes >= board.votes:
            return found
        return replace(found, board=found.board.model_copy(update={"of_votes": board.votes}))


def _drawn(
    board: Leaderboard,
    pairs: PairCounts,
    times: OverTime,
    styled: StyledBoard | None,
    category: str,
    *,
    is_styled: bool = False,
) -> str:
    told: dict[str, Any] = {
        "models": [row.model_dump() for row in board.rows],
        "style": {} if styled is None else {name: asdict(each) for name, each in styled.effects.items()},
    }
    return fragment(SiteBoard(category, is_styled, told, _placed(board, pairs), times))


def _placed(board: Leaderboard, counts: PairCounts) -> tuple[Pair, ...]:
    """Return the pairs by their places on a board."""
    place = {row.model: at for at, row in enumerate(board.rows)}
    places = [place.get(name, -1) for name in counts.models]
    figures = (counts.first, counts.second, counts.wins, counts.losses, counts.ties)
    found: list[Pair] = []
    for first, second, *ended in zip(*(column.tolist() for column in figures), strict=True):
        a, b = places[first], places[second]
        wins, losses, ties = map(int, ended)
        if a >= 0 and b >= 0:
            found.append(Pair(a, b, wins, losses, ties) if a < b else Pair(b, a, losses, wins, ties))
    return tuple(found)
