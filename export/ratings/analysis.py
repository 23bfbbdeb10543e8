"""One table of votes, one recipe, one report."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from arena.errors import SetupError
from export.ratings import davidson, style
from export.ratings.checks import Checks, check
from export.ratings.choosing import capped
from export.ratings.counts import PairCounts, count
from export.ratings.elo import ticker
from export.ratings.estimating import Estimating, Resampling
from export.ratings.newton import FitFailed
from export.ratings.rate import Ratings, Standing, rate
from export.ratings.recipe import Recipe, Weights
from export.ratings.scale import Floats, to_points
from export.ratings.style import Effect
from export.ratings.vote_table import VoteTable
from export.ratings.weights import Weighting


class NoAnchor(SetupError):
    """The model that all are measured by has no rating."""

    code = "no_anchor"


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
    counts, method = count(used.battles), Estimating(used, recipe)
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
            se_clustered=_clustered_errors(ratings, method, ties),
            style=found_style,
            effects=_effects_beside(table),
            resampling=method.resampling,
            weighting=method.weighting,
            checks=check(used, ratings, np.random.default_rng(recipe.seed)) if recipe.checks else None,
        )
    )


def _by_model(models: tuple[str, ...], figures: Floats) -> dict[str, float]:
    return dict(zip(models, figures.tolist(), strict=True))


def _style_beside(table: VoteTable, *, position: bool = False) -> style.StyleFit | None:
    """Return what style does where that can be told, though the rating does not use it."""
    if not table.style:
        return None
    known = replace(table.with_style(), voters=None, prompts=None)  # what only the rating's own errors need
    method = Estimating(known, Recipe(style=True), position=position)
    try:
        rate(count(known.battles), method.estimate)
    except FitFailed:
        return None
    return method.style


def _effects_beside(table: VoteTable) -> dict[str, Effect]:
    fits = {
        name: _style_beside(replace(table, style={**table.style, name: both})) for name, both in table.beside.items()
    }
    fits = {style.POSITION: _style_beside(table, position=True), **fits}
    return {name: fit.effects[name] for name, fit in fits.items() if fit is not None and name in fit.effects}


def _clustered_errors(ratings: Ratings, method: Estimating, ties: davidson.TieFit | None) -> dict[str, float]:
    """Return the errors of the ratings that are shown; none of Elo's, which has no errors."""
    if ratings.estimate is None:
        return {}
    matrix = method.covariance_by_groups(ratings.among, ratings.estimate, ties)
    return {} if matrix is None else _by_model(ratings.among.models, np.sqrt(np.diag(matrix)))


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
