"""Davidson's model: ties are a third outcome, whose share a parameter `nu` says.

Davidson, On extending the Bradley-Terry model to accommodate ties in paired comparison experiments (JASA 65, 1970).
For a difference d of strengths, win, loss and tie stand as exp(d/2) : exp(-d/2) : nu.
"""

from dataclasses import dataclass

import numpy as np

from export.ratings.bradley_terry import fit as fit_without_ties
from export.ratings.bradley_terry import gauged, laplacian
from export.ratings.clustered import covariance as clustered_without_ties
from export.ratings.clustered import spread
from export.ratings.counts import TIED, Battles, PairCounts
from export.ratings.newton import Slope, climb
from export.ratings.sandwich import covariance as covariance_without_ties
from export.ratings.scale import POINTS, Codes, Floats


@dataclass(frozen=True, eq=False, slots=True)
class TieFit:
    """Strengths in log-odds, mean 0, and the weight of a tie."""

    strengths: Floats
    nu: float
    steps: int


def _has_top(counts: PairCounts) -> bool:
    """Say whether a best fit exists: some round of results must hold more wins than ties.

    If none does, there are strengths that lead by at least one for each win and differ by at most one for each tie
    (found, or refuted, by Bellman and Ford's method). Spread ever further, with `nu` growing along, they fit ever
    better.
    """
    ahead, behind, tied = counts.wins > 0, counts.losses > 0, counts.ties > 0
    if (ahead & behind).any():
        return True
    before = np.concatenate([counts.first[ahead], counts.second[behind], counts.first[tied], counts.second[tied]])
    after = np.concatenate([counts.second[ahead], counts.first[behind], counts.second[tied], counts.first[tied]])
    most = np.where(np.arange(len(before)) < ahead.sum() + behind.sum(), -1, 1)
    strengths = np.zeros(len(counts.models), np.int64)
    for _ in range(len(counts.models) + 1):
        lower = strengths.copy()
        np.minimum.at(lower, after, strengths[before] + most)
        if (lower == strengths).all():
            return False
        strengths = lower
    return True


def _log_shares(counts: PairCounts, place: Floats) -> Floats:
    """Return the logarithms of the chances of a win, a loss and a tie, for each pair; `place` ends with log `nu`."""
    half = (place[counts.first] - place[counts.second]) / 2
    weights = np.stack([half, -half, np.full(len(half), place[-1])])
    return weights - np.logaddexp.reduce(weights, axis=0)


def _seen(counts: PairCounts) -> Floats:
    return np.stack([counts.wins, counts.losses, counts.ties])


def _slope(counts: PairCounts, place: Floats) -> Slope:
    log_shares = _log_shares(counts, place)
    win, loss, tie = np.exp(log_shares)
    battles, lead = counts.battles, win - loss
    surplus = (counts.wins - counts.losses - battles * lead) / 2
    across = counts.per_model(battles * lead * tie, -battles * lead * tie)[:, None] / -2
    alone = laplacian(counts, battles * (win + loss - lead**2) / 4)
    corner = np.array([[(battles * tie * (1 - tie)).sum()]])
    return Slope(
        value=float((_seen(counts) * log_shares).sum()),
        gradient=np.append(counts.per_model(surplus, -surplus), (counts.ties - battles * tie).sum()),
        curvature=np.block([[gauged(alone), across], [across.T, corner]]),
    )


def fit(counts: PairCounts) -> TieFit | None:
    """Fit strengths and `nu` by maximum likelihood; None where no best fit exists (only ties, or too many of them).

    Without ties it is Bradley-Terry's. Models that wins and ties do not link both ways are a `FitFailed`.
    """
    if not counts.ties.any():
        plain = fit_without_ties(counts)
        return TieFit(plain.strengths, 0.0, plain.steps)
    if not _has_top(counts):
        return None
    share = float(counts.ties.sum()) / max(counts.total, 1)
    start = np.append(np.zeros(len(counts.models)), np.log(2 * share / (1 - share)))
    top = climb(start, lambda place: _slope(counts, place))
    return TieFit(top.place[:-1] - top.place[:-1].mean(), float(np.exp(top.place[-1])), top.steps)


def covariance(counts: PairCounts, fit: TieFit) -> Floats:
    """Return the robust covariance of the ratings, in points squared, their mean held fixed."""
    if not fit.nu:
        return covariance_without_ties(counts, fit_without_ties(counts))
    place = np.append(fit.strengths, np.log(fit.nu))
    win, loss, tie = np.exp(_log_shares(counts, place))
    lead = np.array([[0.5], [-0.5], [0.0]]) - (win - loss) / 2
    tied = np.array([[0.0], [0.0], [1.0]]) - tie
    both = (_seen(counts) * lead * tied).sum(axis=0)
    across, corner = counts.per_model(both, -both)[:, None], (_seen(counts) * tied**2).sum()
    alone = laplacian(counts, (_seen(counts) * lead**2).sum(axis=0))
    spread = np.block([[alone, across], [across.T, np.array([[corner]])]])
    inverse = np.linalg.inv(_slope(counts, place).curvature)
    # no score has a share in the direction that the gauge fixes: it falls out
    return POINTS**2 * (inverse @ spread @ inverse)[:-1, :-1].astype(np.float64, copy=False)


def clustered_covariance(battles: Battles, groups: Codes, counts: PairCounts, fit: TieFit) -> Floats | None:
    """Return the same where only whole groups of battles are independent; None with fewer than two.

    `battles` are those that were counted, `groups` says whose each is; a negative one stands alone.
    """
    if not fit.nu:
        return clustered_without_ties(battles, groups, fit_without_ties(counts))
    half = (fit.strengths[battles.a] - fit.strengths[battles.b]) / 2
    weights = np.stack([half, -half, np.full(len(half), np.log(fit.nu))])
    win, loss, tie = np.exp(weights - np.logaddexp.reduce(weights, axis=0))
    surplus, tied = battles.score - 0.5 - (win - loss) / 2, (battles.winner == TIED) - tie
    between = spread(battles, groups, surplus, tied[:, None])
    if between is None:
        return None
    inverse = np.linalg.inv(_slope(counts, np.append(fit.strengths, np.log(fit.nu))).curvature)
    return POINTS**2 * (inverse @ between @ inverse)[:-1, :-1].astype(np.float64, copy=False)
