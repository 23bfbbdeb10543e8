"""How little it would take: the smallest number of votes without which another model would be first.

Removing a vote moves the lead of one model over another. Votes are taken out in the order in which they hold up that
lead (Broderick, Giordano and Meager, An automatic finite-sample robustness metric, 2020), and each number is tried by a
full fit: so many votes are enough, an upper bound. Whether fewer would be is not known, unless it is a single vote.
"""

from dataclasses import dataclass

import numpy as np

from export.ratings.bradley_terry import Fit, chance, fit
from export.ratings.components import comparable
from export.ratings.counts import PairCounts
from export.ratings.sandwich import bread
from export.ratings.scale import Floats, Integers

_RIVALS = 5
"""How many models behind the first are tried: with a wider gap it takes more votes."""
_MOST_SINGLY = 100
"""So many votes are taken out one by one where taking the strongest ones out together leaves models that cannot be
compared."""
_FEW = 20
"""Up to so many they are also taken out one by one, each the strongest of what is left: fewer may be enough."""
_BEHIND = -1e-9
"""In log-odds: what is nearer to a draw is rounding."""
_KINDS = np.array([1.0, 0.0, 0.5])
"""What a win, a loss and a tie are worth to the first model of a pair."""


@dataclass(frozen=True, slots=True)
class Influence:
    """So many votes, taken out, change who is first. It is enough; fewer might be."""

    votes: int
    """Enough to put `rival` first."""
    first: str
    rival: str
    is_exact: bool
    """No smaller number can do it: it is one."""


def influence(counts: PairCounts, whole: Fit) -> Influence | None:
    """Find how many votes are enough; None where no removal is found that leaves all models comparable."""
    order = np.argsort(-whole.strengths, kind="stable")
    first, inverse = int(order[0]), bread(whole)
    found: tuple[int, int] | None = None
    for rival in order[1 : 1 + _RIVALS].tolist():
        most = counts.total if found is None else found[0] - 1
        if (votes := _enough(counts, whole, inverse, (first, rival), most)) is not None:
            found = votes, rival
    if found is None:
        return None
    return Influence(found[0], counts.models[first], counts.models[found[1]], is_exact=found[0] == 1)


def _enough(counts: PairCounts, whole: Fit, inverse: Floats, pair: tuple[int, int], most: int) -> int | None:
    """Return how many votes put the rival ahead, at most `most`: found by halving, each number tried by a full fit."""
    pulls, often, cells = _pulls(counts, whole, inverse, pair)
    low, high, is_enough = 0, min(int(often.sum()), most) + 1, False
    middle = _guess(pulls, often, float(whole.strengths[pair[0]] - whole.strengths[pair[1]]))
    while high - low > 1:
        middle = middle if low < middle < high else (low + high) // 2
        lead = _lead(_without(counts, cells, often, middle), pair)
        if lead is not None and lead >= _BEHIND:
            low, middle = middle, middle + max(middle // 20, 1)
        else:
            is_enough = lead is not None
            high, middle = middle, middle - max(middle // 20, 1)
    if not is_enough:
        return _singly(counts, pair, min(most, _MOST_SINGLY))
    fewer = _singly(counts, pair, high - 1) if high <= _FEW else None
    return high if fewer is None else fewer


def _singly(counts: PairCounts, pair: tuple[int, int], most: int) -> int | None:
    """Return how many votes put the rival ahead, taken out one by one, never one that is needed to compare all."""
    for votes in range(1, most + 1):
        whole = fit(counts)
        pulls, often, cells = _pulls(counts, whole, bread(whole), pair)
        single = (_without(counts, cells[at:], often[at:], 1) for at in range(len(pulls)))
        left = next((each for each in single if len(set(comparable(each).tolist())) == 1), None)
        if left is None:
            return None
        counts, lead = left, _lead(left, pair)
        if lead is not None and lead < _BEHIND:
            return votes
    return None


def _guess(pulls: Floats, often: Integers, lead: float) -> int:
    """Return how many votes it would take if each pulled on as it does now."""
    before = np.cumsum(pulls * often)
    cell = int(np.searchsorted(before, lead))
    if cell == len(often):
        return int(often.sum()) // 2
    return int(often[:cell].sum()) + int((lead - (before[cell - 1] if cell else 0.0)) / pulls[cell]) + 1


def _pulls(counts: PairCounts, whole: Fit, inverse: Floats, pair: tuple[int, int]) -> tuple[Floats, Integers, Integers]:
    """Return by how much each kind of vote holds up the lead, how many there are, and which cells: strongest first."""
    lead = inverse[pair[0]] - inverse[pair[1]]
    expected = chance(whole.strengths[counts.first] - whole.strengths[counts.second])
    reach = lead[counts.first] - lead[counts.second]
    pulls = (reach * (_KINDS[:, None] - expected)).ravel()
    often = np.stack([counts.wins, counts.losses, counts.ties]).ravel().astype(np.int64)
    helping = np.flatnonzero((pulls > 0) & (often > 0))
    cells = helping[np.argsort(-pulls[helping], kind="stable")]
    return pulls[cells], often[cells], cells


def _without(counts: PairCounts, cells: Integers, often: Integers, votes: int) -> PairCounts:
    before = np.concatenate([[0], np.cumsum(often)[:-1]])
    seen = np.stack([counts.wins, counts.losses, counts.ties])
    seen.ravel()[cells] -= np.clip(votes - before, 0, often)
    return PairCounts(counts.models, counts.first, counts.second, *seen)


def _lead(left: PairCounts, pair: tuple[int, int]) -> float | None:
    """Return by how much the first leads the rival among the votes that are left; None if they fall apart."""
    if len(set(comparable(left).tolist())) > 1:
        return None
    strengths = fit(left).strengths
    return float(strengths[pair[0]] - strengths[pair[1]])
