"""Bradley-Terry: the chance that one model beats another is a logistic curve of the difference of their strengths.

Bradley and Terry, Rank analysis of incomplete block designs (Biometrika 39, 1952). A tie is half a win for each side.
"""

from dataclasses import dataclass

import numpy as np

from export.ratings.components import comparable
from export.ratings.counts import PairCounts
from export.ratings.newton import FitFailed, Slope, climb
from export.ratings.scale import Floats

MOST_MODELS = 3_000
"""The fit takes memory with the square and time with the cube of their number: half a minute and 0.7 GB for so many."""


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """Strengths in log-odds, mean 0, and how the fit got there."""

    strengths: Floats
    curvature: Floats
    """Negated second derivatives of the log-likelihood there: a graph Laplacian, without the gauge."""
    steps: int
    last_step: float
    """The largest change of a strength in the last step."""


def chance(difference: Floats) -> Floats:
    """Return the logistic curve, without overflow."""
    small = np.exp(-np.abs(difference))
    return np.where(difference >= 0, 1.0, small) / (1.0 + small)


def chance_and_loss(difference: Floats) -> tuple[Floats, Floats]:
    """Return the logistic curve, and the logarithm of one over what it leaves: what a battle's likelihood loses."""
    small = np.exp(-np.abs(difference))
    whole = 1.0 + small
    return np.where(difference >= 0, 1.0, small) / whole, np.maximum(difference, 0.0) + np.log(whole)


def laplacian(counts: PairCounts, weights: Floats) -> Floats:
    """Return the matrix with `-weight` between the models of each pair, and rows that sum to zero."""
    size = len(counts.models)
    cells = np.zeros(size * size)
    cells[counts.first * size + counts.second] = -weights
    cells[counts.second * size + counts.first] = -weights
    matrix = cells.reshape(size, size)
    cells[:: size + 1] = -matrix.sum(axis=1)
    return matrix


def gauged(matrix: Floats) -> Floats:
    """Make a Laplacian of a connected graph invertible by fixing the one direction it leaves open: all move alike.

    Adds a constant to every entry. What is orthogonal to that direction is not touched, so this is exact, not a ridge.
    """
    return matrix + float(np.trace(matrix)) / max(len(matrix), 1) ** 2


def _nearby(counts: PairCounts) -> Floats:
    """Return strengths to begin at: what every model's share of points would mean against equals."""
    points = counts.per_model(counts.wins + counts.ties / 2, counts.losses + counts.ties / 2)
    share = np.clip(points / counts.per_model(counts.battles, counts.battles), 0.02, 0.98)
    return np.log(share / (1 - share))


def fit(counts: PairCounts) -> Fit:
    """Fit strengths by maximum likelihood. Models that wins and ties do not link both ways are a `FitFailed`."""
    if len(counts.models) < 2:
        raise FitFailed("there are no two models to compare")
    if len(counts.models) > MOST_MODELS:
        raise FitFailed(
            f"there are {len(counts.models):,} models to compare; at most {MOST_MODELS:,} are rated at once"
        )
    if len(set(comparable(counts).tolist())) > 1:
        raise FitFailed("the models cannot all be compared: wins and ties do not link them both ways")
    battles, scores = counts.battles, counts.wins + counts.ties / 2

    def look(strengths: Floats) -> Slope:
        difference = strengths[counts.first] - strengths[counts.second]
        expected, loss = chance_and_loss(difference)
        surplus = scores - battles * expected
        return Slope(
            value=float(scores @ difference - battles @ loss),
            gradient=counts.per_model(surplus, -surplus),
            curvature=gauged(laplacian(counts, battles * expected * (1 - expected))),
        )

    top = climb(_nearby(counts), look)
    strengths = top.place - top.place.mean()
    expected = chance(strengths[counts.first] - strengths[counts.second])
    return Fit(strengths, laplacian(counts, battles * expected * (1 - expected)), top.steps, top.last_step)
