"""Estimates as a recipe says: by which method, with which errors, and what each battle weighs."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from arena.errors import SetupError
from export.ratings import bootstrap, bradley_terry, clustered, davidson, style
from export.ratings.components import comparable
from export.ratings.counts import Battles, PairCounts, count
from export.ratings.davidson import TieFit
from export.ratings.elo import ticker
from export.ratings.estimate import Estimate, by_bradley_terry, by_davidson
from export.ratings.newton import FitFailed
from export.ratings.recipe import Interval, Method, Recipe, Weights
from export.ratings.scale import CENTRE, POINTS, Codes, Flags, Floats
from export.ratings.vote_table import VoteTable
from export.ratings.weights import Weighting, by_propensity


@dataclass(frozen=True, slots=True)
class Resampling:
    """How the bootstrap went."""

    rounds: int
    apart: float
    """The share of rounds that fell apart; above 1% there are no intervals."""


class Estimating:
    """Estimates as the recipe says, and keeps what was found on the way."""

    def __init__(self, table: VoteTable, recipe: Recipe, *, position: bool = False) -> None:
        self._table = table
        self._recipe = recipe
        self._position = position
        """Whether style is fitted beside the effect of being shown on the left."""
        self.style: style.StyleFit | None = None
        self.resampling: Resampling | None = None
        self.weighting: Weighting | None = None
        if recipe.weights is Weights.PROPENSITY and table.probabilities is not None:
            self.weighting = by_propensity(table.probabilities, recipe.weight_cap)

    def estimate(self, counts: PairCounts) -> Estimate:
        """Estimate the models that can be compared."""
        if self._recipe.method is Method.ELO:
            ratings = dict(zip(self._table.battles.models, ticker(self._table.in_time()), strict=True))
            return Estimate(np.array([ratings[name] for name in counts.models]), None)
        plain = self._with_robust_errors(counts)
        match self._recipe.ci:
            case Interval.CLUSTERED:
                return self._clustered(counts, plain)
            case Interval.BOOTSTRAP:
                return self._bootstrapped(counts, plain)
            case _:
                return plain

    def covariance_by_groups(self, counts: PairCounts, estimate: Estimate, ties: TieFit | None) -> Floats | None:
        """Return the covariance of an estimate of `counts` where only votes of different voters are independent.

        It is that of the voters, or, where these are not known, of the prompts; None where neither is, or there is but
        one. `ties` is Davidson's fit.
        """
        if (groups := _groups(self._table)) is None or self._recipe.method is Method.ELO:
            return None
        if self._recipe.style:
            return None if self.style is None else self.style.clustered
        battles, kept = self._table.battles.among(counts.models)
        if self._recipe.method is Method.DAVIDSON:
            return None if ties is None else davidson.clustered_covariance(battles, groups[kept], counts, ties)
        weights = None if self.weighting is None else self.weighting.of_battles[kept]
        fit = estimate.fit or bradley_terry.fit(self._weighed(counts))
        return clustered.covariance(battles, groups[kept], fit, weights)

    def _with_robust_errors(self, counts: PairCounts) -> Estimate:
        if self._recipe.style:
            self.style = self._fit_style(counts.models)
            return Estimate(self.style.ratings, self.style.covariance, steps=self.style.steps)
        if self._recipe.method is Method.DAVIDSON:
            return by_davidson(counts)
        return by_bradley_terry(self._weighed(counts))

    def _fit_style(self, models: tuple[str, ...]) -> style.StyleFit:
        battles, kept = self._table.battles.among(models)
        groups = _groups(self._table)
        of_each = None if groups is None else groups[kept]
        weights = None if self.weighting is None else self.weighting.of_battles[kept]
        features = _features(self._table, kept)
        return style.fit(battles, features, of_each, position=self._position, weights=weights)

    def _weighed(self, counts: PairCounts) -> PairCounts:
        """Return the battles that were counted, weighed."""
        if self.weighting is None:
            return counts
        among = set(counts.models)
        kept = np.array([name in among for name in self._table.battles.models], np.bool_)
        return count(self._table.battles, self.weighting.of_battles).among(kept)

    def _clustered(self, counts: PairCounts, plain: Estimate) -> Estimate:
        ties = davidson.fit(counts) if self._recipe.method is Method.DAVIDSON else None
        matrix = self.covariance_by_groups(counts, plain, ties)
        if matrix is None:
            raise SetupError("--ci clustered: these votes do not tell of two voters or prompts")
        return replace(plain, covariance=matrix)

    def _bootstrapped(self, counts: PairCounts, plain: Estimate) -> Estimate:
        rounds, dice = self._recipe.rounds, np.random.default_rng(self._recipe.seed)
        if plain.fit is not None:
            found = bootstrap.resample(counts, plain.fit, rounds, dice)
        else:
            once = self._style_drawn(counts, dice) if self._recipe.style else _ties_drawn(counts, dice)
            found = bootstrap.repeated(once, rounds, len(counts.models))
        self.resampling = Resampling(rounds, found.apart)
        plain = replace(plain, covariance=None)
        return replace(plain, covariance=found.covariance, bounds=found.interval) if found.is_sound else plain

    def _style_drawn(self, counts: PairCounts, dice: np.random.Generator) -> Callable[[], Floats | None]:
        """Return what fits, with style, as many votes as there are, drawn from them."""
        battles, kept = self._table.battles.among(counts.models)
        features = _features(self._table, kept)

        def once() -> Floats | None:
            rows = dice.integers(0, len(battles.a), len(battles.a))
            drawn = Battles(battles.models, battles.a[rows], battles.b[rows], battles.winner[rows])
            if len(set(comparable(count(drawn)).tolist())) > 1:
                return None
            try:
                found = style.fit(drawn, {name: values[rows] for name, values in features.items()})
            except FitFailed:
                return None
            return (found.ratings - CENTRE) / POINTS

        return once


def _ties_drawn(counts: PairCounts, dice: np.random.Generator) -> Callable[[], Floats | None]:
    """Return what fits Davidson's model to as many votes as there are, drawn from them."""

    def once() -> Floats | None:
        drawn = bootstrap.drawn(counts, dice)
        ties = None if drawn is None else davidson.fit(drawn)
        return None if ties is None else ties.strengths

    return once


def _features(table: VoteTable, kept: Flags) -> dict[str, Floats]:
    return {name: style.difference(a[kept], b[kept]) for name, (a, b) in table.style.items()}


def _groups(table: VoteTable) -> Codes | None:
    """Return whose each vote is: its voter's, or, where none of these is known, about which prompt."""
    both = (groups for groups in (table.voters, table.prompts) if groups is not None and (groups >= 0).any())
    return next(both, None)
