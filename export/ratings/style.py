"""Style control: how much of a vote is due to length and layout, and what the ratings are without that.

The difference of two answers in a feature, (a - b) / (a + b + 1), stands beside the difference of the strengths
inside the logistic curve. There is no ridge: it would switch the control off.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from export.ratings.bradley_terry import chance, gauged, laplacian
from export.ratings.clustered import spread
from export.ratings.counts import Battles, PairCounts, count
from export.ratings.newton import FitFailed, Slope, climb
from export.ratings.scale import POINTS, Codes, Floats, Integers, to_points

_SAME = 1e10
"""From this condition number on, what is fitted cannot be told apart."""

POSITION = "position"
"""The effect of being shown on the left, as side a."""

_FLAT = 1e-6
"""Where a direction keeps less of its curvature, its votes are told with odds of a million to one: it has no top."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one deviation more of a feature does."""

    coef: float
    """In log-odds."""
    se: float
    """Its robust standard error."""
    mean: float
    sd: float
    """Mean and deviation of the feature, over the battles that were fitted."""


@dataclass(frozen=True, eq=False, slots=True)
class StyleFit:
    """Ratings with style held equal, and what style does."""

    ratings: Floats
    covariance: Floats
    """In points squared."""
    effects: dict[str, Effect]
    dropped: tuple[str, ...]
    """Features that never differ."""
    steps: int
    clustered: Floats | None = None
    """The covariance of the ratings where only groups of battles are independent; None where these are not known."""


def difference(a: Floats, b: Floats) -> Floats:
    """Return by how much two answers differ in a feature that counts something: between -1 and 1."""
    return (a - b) / (a + b + 1)


@dataclass(frozen=True, eq=False, slots=True)
class _Likelihood:
    """The logistic curve of strengths and features together; a place holds the strengths, then the coefficients."""

    battles: Battles
    pairs: PairCounts
    pair: Integers
    """Which of the pairs each battle belongs to."""
    features: Floats
    """One column each."""
    weights: Floats
    """What each battle weighs."""

    @classmethod
    def of(cls, battles: Battles, features: Floats, weights: Floats | None) -> "_Likelihood":
        pairs, size = count(battles), len(battles.models)
        low, high = np.minimum(battles.a, battles.b).astype(np.int64), np.maximum(battles.a, battles.b)
        pair = np.searchsorted(pairs.first * size + pairs.second, low * size + high)
        return cls(battles, pairs, pair, features, np.ones(len(pair)) if weights is None else weights)

    def _lead(self, place: Floats) -> Floats:
        size = len(self.battles.models)
        return place[self.battles.a] - place[self.battles.b] + self.features @ place[size:]

    def _for_sides(self, shares: Floats) -> Floats:
        """Add up over the models what a battle gives to side a and takes from side b."""
        size = len(self.battles.models)
        given = np.bincount(self.battles.a, shares, size) - np.bincount(self.battles.b, shares, size)
        return given.astype(np.float64, copy=False)

    def _squares(self, weights: Floats) -> Floats:
        """Return the weighted sum over the battles of the square of what each tells of the place."""
        size, columns = len(self.pairs.first), self.features.T
        alone = laplacian(self.pairs, np.bincount(self.pair, weights, size).astype(np.float64, copy=False))
        across = np.array([self._for_sides(weights * column) for column in columns]).reshape(len(columns), len(alone))
        corner = (columns * weights) @ self.features
        return np.block([[alone, across.T], [across, corner]])

    def _fixed(self, matrix: Floats) -> Floats:
        size = len(self.battles.models)
        matrix[:size, :size] = gauged(matrix[:size, :size])
        return matrix

    def slope(self, place: Floats) -> Slope:
        """Look at the likelihood from one place."""
        lead = self._lead(place)
        expected, score = chance(lead), self.battles.score
        surplus = self.weights * (score - expected)
        loss = np.maximum(lead, 0.0) + np.log1p(np.exp(-np.abs(lead)))
        return Slope(
            value=float(self.weights @ (score * lead - loss)),
            gradient=np.concatenate([self._for_sides(surplus), self.features.T @ surplus]),
            curvature=self._fixed(self._squares(self.weights * expected * (1 - expected))),
        )

    def covariances(self, place: Floats, groups: Codes | None) -> tuple[Floats, Floats | None]:
        """Return the robust covariance of the place, in log-odds squared, and that between groups of battles."""
        expected = chance(self._lead(place))
        surplus = self.weights * (self.battles.score - expected)
        inverse = np.linalg.inv(self._fixed(self._squares(self.weights * expected * (1 - expected))))
        robust = inverse @ self._squares(surplus**2) @ inverse
        if groups is None:
            return robust, None
        between = spread(self.battles, groups, surplus, self.features * surplus[:, None])
        return robust, None if between is None else inverse @ between @ inverse


def _flattest(before: Floats, after: Floats) -> float:
    """Return the share of its curvature that is left in the direction that lost most; both hold the same gauge."""
    root = np.linalg.cholesky(before)
    left = np.linalg.solve(root, np.linalg.solve(root, after).T)
    return float(np.linalg.eigvalsh((left + left.T) / 2).min(initial=1.0))


def fit(
    battles: Battles,
    features: Mapping[str, Floats],
    groups: Codes | None = None,
    *,
    position: bool = False,
    weights: Floats | None = None,
) -> StyleFit:
    """Fit battles among models that can be compared, with the differences of their answers in each feature.

    `groups` says whose each battle is; a negative one stands alone. With `position`, what side a gains by its side is
    fitted as well: an effect by that name, 1 in every battle. With `weights`, errors allow for them.
    """
    used = {name: (float(values.mean()), float(values.std())) for name, values in features.items() if np.ptp(values)}
    columns = [(features[name] - mean) / sd for name, (mean, sd) in used.items()]
    if position:
        used[POSITION] = 0.0, 1.0
        columns.append(np.ones(len(battles.a)))
    likelihood = _Likelihood.of(battles, np.array(columns).reshape(len(used), len(battles.a)).T, weights)
    size = len(battles.models)
    start = np.zeros(size + len(used))
    begun = likelihood.slope(start).curvature
    if np.linalg.cond(begun) > _SAME:
        raise FitFailed("two of the style features say the same, or one says which models met: leave one out")
    top = climb(start, likelihood.slope)
    if _flattest(begun, top.slope.curvature) < _FLAT:
        raise FitFailed("models and style together tell some votes for certain: there is no single top")
    matrix, between = likelihood.covariances(top.place, groups)
    coefs, errors = top.place[size:].tolist(), np.sqrt(np.diag(matrix))[size:].tolist()
    return StyleFit(
        ratings=to_points(top.place[:size]),
        covariance=POINTS**2 * matrix[:size, :size],
        effects={name: Effect(coef, se, *used[name]) for name, coef, se in zip(used, coefs, errors, strict=True)},
        dropped=tuple(name for name in features if name not in used),
        steps=top.steps,
        clustered=None if between is None else POINTS**2 * between[:size, :size],
    )
