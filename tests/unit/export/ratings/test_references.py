"""Published votes: our ratings against those that others computed from them."""

import numpy as np
import pandas as pd
import pytest
from evalica import Winner, elo, newman
from evalica import bradley_terry as evalicas_bradley_terry

from export.ratings import bootstrap, bradley_terry, clustered, davidson, style
from export.ratings.counts import Battles, count
from export.ratings.elo import ticker
from export.ratings.rate import Ratings, Standing, rate
from export.ratings.sandwich import anchored
from export.ratings.scale import POINTS, to_points
from tests.unit.export.ratings.made import PUBLISHED, published

pytestmark = pytest.mark.parametrize("name", PUBLISHED)
_WINNERS = (Winner.X, Winner.Y, Winner.Draw)


def _rated(name: str) -> Ratings:
    return rate(count(published(name).battles))


def _by_model(name: str) -> dict[str, Standing]:
    return {standing.model: standing for standing in _rated(name).standings}


def _for_evalica(battles: Battles) -> tuple[list[str], list[str], list[Winner]]:
    names = battles.models
    return (
        [names[at] for at in battles.a],
        [names[at] for at in battles.b],
        [_WINNERS[at] for at in battles.winner],
    )


def _on_our_scale(scores: pd.Series) -> dict[str, float]:
    log_odds = np.log(scores.astype(float))
    return (1000 + POINTS * (log_odds - log_odds.mean())).to_dict()


def test_ratings_agree_within_a_hundredth_of_a_point(name: str):
    expected = published(name).expected["bt_mle_converged"]["rating"]

    assert {model: each.rating for model, each in _by_model(name).items()} == pytest.approx(expected, abs=0.01)


def test_robust_errors_agree_within_half_a_percent(name: str):
    expected = published(name).expected["bt_mle_converged"]["se_robust"]

    assert {model: each.se for model, each in _by_model(name).items()} == pytest.approx(expected, rel=0.005)


def test_intervals_agree(name: str):
    expected = published(name).expected["bt_mle_converged"]
    ours = _by_model(name)

    assert {model: each.ci_low for model, each in ours.items()} == pytest.approx(expected["ci95_low"], abs=0.1)
    assert {model: each.ci_high for model, each in ours.items()} == pytest.approx(expected["ci95_high"], abs=0.1)


def test_ranks_by_intervals_agree(name: str):
    expected = published(name).expected["bt_mle_converged"]["rank_ub"]

    assert {model: each.rank_ub for model, each in _by_model(name).items()} == expected


def test_errors_against_an_anchor_agree(name: str):
    expected = published(name).expected["bt_mle_converged"]["anchored"]
    found = _rated(name)
    assert found.estimate is not None
    assert found.estimate.covariance is not None
    matrix = anchored(found.estimate.covariance, found.among.models.index(expected["anchor"]))

    errors = dict(zip(found.among.models, np.sqrt(np.diag(matrix)).tolist(), strict=True))
    assert errors == pytest.approx(expected["se_robust"], rel=0.005)


def test_davidsons_ratings_agree_and_so_does_the_weight_of_ties(name: str):
    expected = published(name).expected["davidson_mle_converged"]
    pairs = count(published(name).battles)
    fit = davidson.fit(pairs)
    assert fit is not None

    ratings = dict(zip(pairs.models, to_points(fit.strengths).tolist(), strict=True))
    assert ratings == pytest.approx(expected["rating"], abs=0.01)
    assert fit.nu == pytest.approx(expected["nu"], abs=1e-4)


def test_the_elo_ticker_agrees(name: str):
    votes = published(name)

    ratings = dict(zip(votes.in_time.models, ticker(votes.in_time).tolist(), strict=True))
    assert ratings == pytest.approx(votes.expected["fastchat_elo_online_k4"]["rating"], abs=1e-4)


def test_errors_clustered_by_judge_agree(name: str):
    votes = published(name)
    expected = votes.expected["bt_mle_converged"].get("se_clustered_by_judge")
    if expected is None:
        return
    judges = np.unique(votes.columns["judge"], return_inverse=True)[1]
    matrix = clustered.covariance(votes.battles, judges, bradley_terry.fit(count(votes.battles)))
    assert matrix is not None

    errors = dict(zip(votes.battles.models, np.sqrt(np.diag(matrix)).tolist(), strict=True))
    assert errors == pytest.approx(expected, rel=0.005)


def test_bootstrap_intervals_agree(name: str):
    expected = published(name).expected["bt_mle_converged"]["bootstrap_exact"]
    pairs = count(published(name).battles)
    drawn = bootstrap.resample(pairs, bradley_terry.fit(pairs), 1000, np.random.default_rng(20261121))

    low, high = (dict(zip(pairs.models, ends.tolist(), strict=True)) for ends in drawn.interval)
    assert (drawn.apart, drawn.is_sound) == (0, True)
    assert low == pytest.approx(expected["q025"], abs=4)
    assert high == pytest.approx(expected["q975"], abs=4)


def test_style_control_agrees(name: str):
    votes = published(name)
    if "style_control" not in votes.expected:
        return
    expected = votes.expected["style_control"]["unregularised"]
    columns = {"length": "chars", "headers": "headers", "lists": "lists", "bold": "bold"}
    sides = {
        feature: [np.array(votes.columns[f"{column}_{side}"], float) for side in "ab"]
        for feature, column in columns.items()
    }
    fit = style.fit(votes.battles, {feature: style.difference(*both) for feature, both in sides.items()})

    errors = dict(zip(votes.battles.models, np.sqrt(np.diag(fit.covariance)).tolist(), strict=True))
    assert list(fit.effects) == votes.expected["style_control"]["used"]
    assert {name: each.coef for name, each in fit.effects.items()} == pytest.approx(expected["coef"], abs=1e-3)
    assert {name: each.se for name, each in fit.effects.items()} == pytest.approx(expected["coef_se"], abs=1e-3)
    assert dict(zip(votes.battles.models, fit.ratings.tolist(), strict=True)) == pytest.approx(
        expected["rating"], abs=0.01
    )
    assert errors == pytest.approx(expected["se_robust"], rel=0.005)


def test_evalica_run_to_the_end_agrees_within_a_millionth(name: str):
    battles = published(name).battles
    theirs = evalicas_bradley_terry(*_for_evalica(battles), tolerance=1e-14, limit=1_000_000).scores

    assert {model: each.rating for model, each in _by_model(name).items()} == pytest.approx(
        _on_our_scale(theirs), abs=1e-6
    )


def test_evalicas_model_of_ties_agrees_within_a_millionth(name: str):
    battles = published(name).battles
    theirs = newman(*_for_evalica(battles), tolerance=1e-14, limit=1_000_000)
    fit = davidson.fit(count(battles))
    assert fit is not None

    ratings = dict(zip(battles.models, to_points(fit.strengths).tolist(), strict=True))
    assert ratings == pytest.approx(_on_our_scale(theirs.scores), abs=1e-6)
    assert fit.nu == pytest.approx(2 * theirs.v, abs=1e-9)


def test_evalicas_elo_agrees_to_rounding(name: str):
    battles = published(name).battles
    theirs = elo(*_for_evalica(battles), k=4.0).scores.to_dict()

    assert dict(zip(battles.models, ticker(battles).tolist(), strict=True)) == pytest.approx(theirs, abs=1e-9)
