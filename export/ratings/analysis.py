"""One table of votes, one recipe, one report."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from arena.errors import SetupError
from export.ratings import bootstrap, bradley_terry, clustered, davidson, style
from export.ratings.checks import Checks, check
from export.ratings.choosing import capped
from export.ratings.counts import PairCounts, count
from export.ratings.elo import ticker
from export.ratings.estimate import Estimate, by_bradley_terry, by_davidson
from export.ratings.newton import FitFailed
from export.ratings.rate import Ratings, Standing, rate
from export.ratings.recipe import Interval, Method, Recipe, Weights
from export.ratings.scale import Codes, Floats, to_points
from export.ratings.style import Effect
from export.ratings.vote_table import VoteTable
from export.ratings.weights import Weighting, by_propensity


class NoAnchor(SetupError):
    """The model that all are measured by has no rating."""

    code = "no_anchor"


@dataclass(frozen=True, slots=True)
class Resampling:
    """How the bootstrap went."""

    rounds: int
    apart: float
    """The share of rounds that fell apart; above 1% there are no intervals."""


@dataclass(frozen=True, eq=False, slots=True)
class Report:
    """All that was found. The mappings are by model, and hold those for which the figure exists."""

    recipe: Recipe
    table: VoteTable
    """The votes that were used."""
    counts: PairCounts
    ratings: Ratings
    elo: Mapping[str, float]
    davidson: Mapping[str, float]
    davidson_nu: float | None
    se_clustered: Mapping[str, float]
    style: style.StyleFit | None
    effects: Mapping[str, Effect]
    """What else sways votes, each beside the strengths and what is known of style."""
    resampling: Resampling | None
    weighting: Weighting | None = None
    """What each battle weighs, where the recipe wants weights. The figures beside the rating are without."""
    checks: Checks | None = None


def analyse(table: VoteTable, recipe: Recipe) -> Report:
    """Rate the models as the recipe says, and compute the figures that stand beside the rating."""
    table = table.style_without(recipe.style_without)
    if recipe.style and not table.style and len(table.battles.a):
        but = " other than what --style-without leaves out" if recipe.style_without else ""
        raise SetupError(
            f"--style: these votes come without counts of style{but} (columns such as headers_a, headers_b)"
        )
    table = capped(table, recipe.per_voter, recipe.per_prompt)
    used = table.with_style() if recipe.style else table
    used = used.with_probabilities() if recipe.weights is Weights.PROPENSITY else used
    counts, method = count(used.battles), _Method(used, recipe)
    ratings = rate(counts, method.estimate)
    ties = davidson.fit(ratings.among) if ratings.estimate else None
    found_style = method.style if recipe.style else _style_beside(table)
    return _anchored(
        Report(
            recipe=recipe,
            table=used,
            counts=counts,
            ratings=ratings,
            elo=_by_model(used.battles.models, ticker(used.in_time())),
            davidson=_by_model(ratings.among.models, to_points(ties.strengths)) if ties else {},
            davidson_nu=ties.nu if ties else None,
            se_clustered=_clustered_errors(used, ratings, method, ties),
            style=found_style,
            effects=_effects_beside(table),
            resampling=method.resampling,
            weighting=method.weighting,
            checks=check(used, ratings, np.random.default_rng(recipe.seed)) if recipe.checks else None,
        )
    )


def _by_model(models: tuple[str, ...], figures: Floats) -> dict[str, float]:
    return dict(zip(models, figures.tolist(), strict=True))


class _Method:
    """Estimates as the recipe says, and keeps what was found on the way."""

    def __init__(self, table: VoteTable, recipe: Recipe) -> None:
        self._table = table
        self.recipe = recipe
        self.style: style.StyleFit | None = None
        self.resampling: Resampling | None = None
        self.weighting: Weighting | None = None
        if recipe.weights is Weights.PROPENSITY and table.probabilities is not None:
            self.weighting = by_propensity(table.probabilities, recipe.weight_cap)

    def estimate(self, counts: PairCounts) -> Estimate:
        """Estimate the models that can be compared."""
        if self.recipe.style:
            return self._with_style(counts)
        match self.recipe.method, self.recipe.ci:
            case Method.DAVIDSON, _:
                return by_davidson(counts)
            case Method.ELO, _:
                everyone = _by_model(self._table.battles.models, ticker(self._table.in_time()))
                return Estimate(np.array([everyone[name] for name in counts.models]), None)
            case _, Interval.CLUSTERED:
                return self._clustered(counts)
            case _, Interval.BOOTSTRAP:
                return self._bootstrapped(counts)
            case _:
                return by_bradley_terry(_weighed(self._table, counts, self.weighting))

    def _with_style(self, counts: PairCounts) -> Estimate:
        self.style = _fit_style(self._table, counts.models)
        return Estimate(self.style.ratings, self.style.covariance, steps=self.style.steps)

    def _clustered(self, counts: PairCounts) -> Estimate:
        plain = by_bradley_terry(_weighed(self._table, counts, self.weighting))
        matrix = _clustered_covariance(self._table, counts, self.weighting, plain)
        if matrix is None:
            raise SetupError("--ci clustered: these votes do not tell of two voters or prompts")
        return replace(plain, covariance=matrix)

    def _bootstrapped(self, counts: PairCounts) -> Estimate:
        fit, dice = bradley_terry.fit(counts), np.random.default_rng(self.recipe.seed)
        drawn = bootstrap.resample(counts, fit, self.recipe.rounds, dice)
        self.resampling = Resampling(self.recipe.rounds, drawn.apart)
        plain = replace(by_bradley_terry(counts), covariance=None)
        return replace(plain, covariance=drawn.covariance, bounds=drawn.interval) if drawn.is_sound else plain


def _fit_style(table: VoteTable, models: tuple[str, ...]) -> style.StyleFit:
    battles, kept = table.battles.among(models)
    groups = _groups(table)
    features = {name: style.difference(a[kept], b[kept]) for name, (a, b) in table.style.items()}
    return style.fit(battles, features, None if groups is None else groups[kept])


def _groups(table: VoteTable) -> Codes | None:
    """Return whose each vote is: its voter's, or, where these are not known, about which prompt."""
    return table.prompts if table.voters is None else table.voters


def _style_beside(table: VoteTable) -> style.StyleFit | None:
    """Return what style does where that can be told, though the rating does not use it."""
    if not table.style:
        return None
    known = replace(table.with_style(), voters=None, prompts=None)  # what only the rating's own errors need
    method = _Method(known, Recipe(style=True))
    try:
        rate(count(known.battles), method.estimate)
    except FitFailed:
        return None
    return method.style


def _effects_beside(table: VoteTable) -> dict[str, Effect]:
    fits = {
        name: _style_beside(replace(table, style={**table.style, name: both})) for name, both in table.beside.items()
    }
    return {name: fit.effects[name] for name, fit in fits.items() if fit is not None and name in fit.effects}


def _weighed(table: VoteTable, counts: PairCounts, weighting: Weighting | None) -> PairCounts:
    """Return the battles that were counted, weighed."""
    if weighting is None:
        return counts
    among = set(counts.models)
    kept = np.array([name in among for name in table.battles.models], np.bool_)
    return count(table.battles, weighting.of_battles).among(kept)


def _clustered_covariance(
    table: VoteTable, counts: PairCounts, weighting: Weighting | None, estimate: Estimate
) -> Floats | None:
    if (groups := _groups(table)) is None:
        return None
    battles, kept = table.battles.among(counts.models)
    weights = None if weighting is None else weighting.of_battles[kept]
    fit = estimate.fit or bradley_terry.fit(_weighed(table, counts, weighting))
    return clustered.covariance(battles, groups[kept], fit, weights)


def _clustered_errors(
    table: VoteTable, ratings: Ratings, method: _Method, ties: davidson.TieFit | None
) -> dict[str, float]:
    """Return the errors of the ratings that are shown; none of Elo's, which has no errors."""
    matrix = _covariance_by_groups(table, ratings, method, ties)
    return {} if matrix is None else _by_model(ratings.among.models, np.sqrt(np.diag(matrix)))


def _covariance_by_groups(
    table: VoteTable, ratings: Ratings, method: _Method, ties: davidson.TieFit | None
) -> Floats | None:
    groups, estimate = _groups(table), ratings.estimate
    if groups is None or estimate is None or method.recipe.method is Method.ELO:
        return None
    if method.style is not None:
        return method.style.clustered
    if method.recipe.method is Method.BT:
        return _clustered_covariance(table, ratings.among, method.weighting, estimate)
    battles, kept = table.battles.among(ratings.among.models)
    return None if ties is None else davidson.clustered_covariance(battles, groups[kept], ratings.among, ties)


def _anchored(report: Report) -> Report:
    """Move all ratings so that the anchor has the one it was given."""
    if report.recipe.anchor is None:
        return report
    model, wanted = report.recipe.anchor
    at = {standing.model: standing.rating for standing in report.ratings.standings}.get(model)
    if at is None or report.ratings.estimate is None:
        raise NoAnchor(f"--anchor: {model!r} has no rating here")
    standings = tuple(_moved(standing, wanted - at) for standing in report.ratings.standings)
    estimate = replace(report.ratings.estimate, ratings=report.ratings.estimate.ratings + (wanted - at))
    ties = {name: rating + wanted - report.davidson[model] for name, rating in report.davidson.items()}
    ratings = replace(report.ratings, standings=standings, estimate=estimate)
    return replace(report, ratings=ratings, davidson=ties)


def _moved(standing: Standing, by: float) -> Standing:
    names = ("rating", "ci_low", "ci_high", "bound_low", "bound_high")
    return replace(standing, **{name: value + by for name in names if (value := getattr(standing, name)) is not None})
