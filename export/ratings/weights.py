"""Weights against an uneven draw: a pair that was drawn often weighs less, so that all pairs speak alike.

Horvitz and Thompson, A generalization of sampling without replacement from a finite universe (JASA 47, 1952): each
battle weighs one over the probability with which its pair was drawn. Where one strength for each model is not the whole
truth, the ratings are then those of an even draw. How many battles of equal weight would say as much: Kish, Survey
Sampling (1965).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from export.ratings.counts import Battles
from export.ratings.scale import Floats


@dataclass(frozen=True, eq=False, slots=True)
class Weighting:
    """What each battle weighs, 1 on average."""

    of_battles: Floats
    cap: float
    """No battle weighs more than so many times the median."""
    trimmed: int
    """How many battles would have weighed more."""


def by_propensity(probabilities: Floats, cap: float) -> Weighting:
    """Weigh battles by the probability (above 0, at most 1) with which each one's pair was drawn."""
    raw = 1 / probabilities
    most = cap * float(np.median(raw)) if len(raw) else cap
    weights = np.minimum(raw, most)
    return Weighting(weights / weights.mean() if len(weights) else weights, cap, int((raw > most).sum()))


def effective(weights: Floats) -> float:
    """Return how many battles of equal weight would say as much."""
    return float(weights.sum() ** 2 / (weights**2).sum()) if len(weights) else 0.0


def effective_by_model(battles: Battles, weights: Floats) -> Mapping[str, float]:
    """Return for each model how many battles of equal weight its own amount to; those with itself are left out."""
    size, met = len(battles.models), battles.a != battles.b
    a, b, weights = battles.a[met], battles.b[met], weights[met]
    sums, squares = (np.bincount(a, each, size) + np.bincount(b, each, size) for each in (weights, weights**2))
    amounts = np.divide(sums**2, squares, out=np.zeros(size), where=squares > 0)
    return dict(zip(battles.models, amounts.tolist(), strict=True))
