"""From votes to the board that visitors see."""

from collections.abc import Iterable
from dataclasses import dataclass

from arena.leaderboard import BoardRow, Leaderboard
from arena.model import ModelEntry
from export.ratings.counts import PairCounts
from export.ratings.estimate import Estimator, by_bradley_terry
from export.ratings.live import OVERALL, LiveCounts
from export.ratings.rate import Standing, rate


@dataclass(frozen=True, slots=True)
class Listing:
    """Which models the board shows even without votes, and which it never shows."""

    shown: frozenset[str] = frozenset()
    secret: frozenset[str] = frozenset()


def listing(models: Iterable[ModelEntry]) -> Listing:
    """Read from the operator's list what the board may show. Models kept out of battles need no row."""
    entries = tuple(models)
    return Listing(
        shown=frozenset(entry.name for entry in entries if entry.battle_weight > 0 and not entry.secret),
        secret=frozenset(entry.name for entry in entries if entry.secret),
    )


def counts_for_board(votes: LiveCounts, listed: Listing, category: str = OVERALL) -> PairCounts:
    """Return a category's pairs. A secret model's battles are left out: nothing on the board may depend on it."""
    return votes.counts(category, known=listed.shown if category == OVERALL else ()).without(listed.secret)


def make_board(counts: PairCounts, updated_at: float, estimator: Estimator = by_bradley_terry) -> Leaderboard:
    """Rate the models, and write them down: best first, then the provisional ones, then the unrated."""
    rows = tuple(_row(standing) for standing in rate(counts, estimator).standings)
    return Leaderboard(votes=counts.total, updated_at=updated_at, rows=rows)


def _row(standing: Standing) -> BoardRow:
    return BoardRow(
        model=standing.model,
        status=standing.status,
        reason=standing.reason,
        rating=standing.rating,
        ci_low=standing.ci_low,
        ci_high=standing.ci_high,
        rank=standing.rank,
        rank_low=standing.rank_low,
        rank_high=standing.rank_high,
        bound_low=standing.bound_low,
        bound_high=standing.bound_high,
        battles=standing.battles,
        wins=standing.wins,
        losses=standing.losses,
        ties=standing.ties,
    )
