"""Whether models change from month to month: a board takes it that they do not."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import NormalDist

import numpy as np

from export.ratings.counts import Battles, count
from export.ratings.rate import Ratings, rate
from export.ratings.scale import Floats


@dataclass(frozen=True, slots=True)
class Drift:
    """The surest change of one model's rating between two months, one after the other."""

    model: str
    before: str
    after: str
    change: float
    """In points, against the mean of the models that are rated in both months."""
    errors: float
    """The change in its own standard errors."""
    tried: int
    """How many changes were looked at."""
    usual: float
    """What the largest of so many stays below in at least 19 of 20 boards if no model changes."""


def by_month(battles: Battles, times: Floats) -> Iterator[tuple[str, Ratings]]:
    """Yield the ratings from the votes of each month (UTC) alone."""
    months = np.full(len(times), np.iinfo(np.int64).min, np.int64)
    known = np.isfinite(times)
    months[known] = times[known].astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    for month in np.unique(months[known]).tolist():
        rows = months == month
        some = Battles(battles.models, battles.a[rows], battles.b[rows], battles.winner[rows])
        yield str(np.datetime64(month, "M")), rate(count(some))


def surest_drift(months: Iterable[tuple[str, Ratings]]) -> Drift | None:
    """Return the change that is largest in its errors; None where no two months rate two models alike.

    Months in which nobody can be rated are passed over.
    """
    found: list[Drift] = []
    for earlier, later in pairwise(_rated(months)):
        common = sorted({*earlier.models} & {*later.models})
        (old, of_old), (new, of_new) = earlier.centred(common), later.centred(common)
        sure = zip(common, (new - old).tolist(), np.sqrt(np.diag(of_old + of_new)).tolist(), strict=True)
        found += [
            Drift(model, earlier.name, later.name, by, abs(by) / error, 0, 0.0) for model, by, error in sure if error
        ]
    if not found:
        return None
    most, usual = max(found, key=lambda each: each.errors), NormalDist().inv_cdf(1 - 0.025 / len(found))
    return replace(most, tried=len(found), usual=usual)


@dataclass(frozen=True, eq=False, slots=True)
class _Month:
    name: str
    models: tuple[str, ...]
    ratings: Floats
    covariance: Floats

    def centred(self, models: Sequence[str]) -> tuple[Floats, Floats]:
        """Return the ratings of some models around their mean, and the covariance of these."""
        at = [self.models.index(model) for model in models]
        centre = np.eye(len(at)) - 1 / max(len(at), 1)
        return centre @ self.ratings[at], centre @ self.covariance[np.ix_(at, at)] @ centre


def _rated(months: Iterable[tuple[str, Ratings]]) -> Iterator[_Month]:
    for name, ratings in months:
        if (estimate := ratings.estimate) is not None and estimate.covariance is not None:
            yield _Month(name, ratings.among.models, estimate.ratings, estimate.covariance)
