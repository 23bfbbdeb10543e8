"""A visitor's own board: their own votes, counted. No I/O."""

import math
from collections import Counter
from collections.abc import Collection, Iterable

from arena.battle import Outcome
from arena.leaderboard import OwnBoard, OwnRow

NEEDED = 30
"""Fewer votes say next to nothing."""
_Z = 1.96


def own_board(votes: Iterable[tuple[str, str, Outcome, int]], secret: Collection[str]) -> OwnBoard:
    """Count one visitor's votes, told as (model a, model b, outcome, how often); those on secret models tell nothing.

    Which model is better beyond this visitor's own votes is not said: no rating follows from so few.
    """
    total, wins, losses, ties = 0, Counter[str](), Counter[str](), Counter[str]()
    for a, b, outcome, often in votes:
        if a in secret or b in secret:
            continue
        total += often
        if outcome is Outcome.MODEL_A or outcome is Outcome.MODEL_B:
            winner, loser = (a, b) if outcome is Outcome.MODEL_A else (b, a)
            wins[winner] += often
            losses[loser] += often
        else:
            ties.update({a: often})
            ties.update({b: often})
    if total < NEEDED:
        return OwnBoard(votes=total, needed=NEEDED)
    rows = [_row(name, wins[name], losses[name], ties[name]) for name in {*wins, *losses, *ties}]
    rows.sort(key=lambda row: (-row.share, -(row.wins + row.losses + row.ties), row.model))
    return OwnBoard(votes=total, needed=NEEDED, rows=tuple(rows))


def _row(model: str, wins: int, losses: int, ties: int) -> OwnRow:
    """Count one model. The interval is Wilson's (Journal of the American Statistical Association 22, 1927)."""
    battles = wins + losses + ties
    share, square = (wins + ties / 2) / battles, _Z * _Z
    middle = (share + square / (2 * battles)) / (1 + square / battles)
    reach = _Z / (1 + square / battles) * math.sqrt(share * (1 - share) / battles + square / (4 * battles * battles))
    low, high = max(middle - reach, 0.0), min(middle + reach, 1.0)
    return OwnRow(model=model, wins=wins, losses=losses, ties=ties, share=share, share_low=low, share_high=high)
