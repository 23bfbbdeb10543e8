"""Holding style equal."""

import numpy as np
import pytest

from export.ratings import bradley_terry, style
from export.ratings.counts import Battles, count
from export.ratings.newton import FitFailed
from export.ratings.sandwich import covariance
from export.ratings.scale import POINTS, Floats, to_points
from tests.unit.export.ratings.made import coded, rows

BATTLES = coded(rows("30 a>b", "10 b>a", "20 b>c", "20 c>b", "9 c=a"))
EFFECTS = {"length": 0.5, "lists": -0.2, "bold": 0.0}


def _votes_by_style(dice: np.random.Generator, strengths: Floats, many: int) -> tuple[Battles, dict[str, Floats]]:
    """Votes that are swayed by style; better models write longer answers."""
    models = len(strengths)
    a = dice.integers(0, models, many)
    b = (a + dice.integers(1, models, many)) % models
    features = {name: dice.normal(0, 1, many) for name in EFFECTS}
    features["length"] += strengths[a] - strengths[b]
    lead = strengths[a] - strengths[b] + sum(EFFECTS[name] * values for name, values in features.items())
    winner = np.where(dice.random(many) < bradley_terry.chance(lead), 0, 1)
    return Battles(tuple(f"model {at}" for at in range(models)), a, b, winner), features


def test_known_effects_and_ratings_are_recovered():
    strengths = np.linspace(-0.5, 0.5, 6)
    battles, features = _votes_by_style(np.random.default_rng(20261121), strengths, 20_000)
    found = style.fit(battles, features)

    for name, effect in found.effects.items():
        assert abs(effect.coef / effect.sd - EFFECTS[name]) < 2 * effect.se / effect.sd, name
    errors = np.sqrt(np.diag(found.covariance))
    assert (np.abs(found.ratings - (1000 + POINTS * strengths)) < 3 * errors).all()


def test_without_features_it_is_bradley_and_terrys():
    pairs = count(BATTLES)
    plain = bradley_terry.fit(pairs)
    found = style.fit(BATTLES, {})

    assert found.ratings == pytest.approx(to_points(plain.strengths))
    assert found.covariance == pytest.approx(covariance(pairs, plain))


def test_a_feature_that_never_differs_is_dropped():
    found = style.fit(BATTLES, {"bold": np.full(len(BATTLES.a), 0.25)})

    assert (found.effects, found.dropped) == ({}, ("bold",))


def test_two_features_that_say_the_same_are_an_error_not_a_number():
    values = np.random.default_rng(1).normal(0, 1, len(BATTLES.a))

    with pytest.raises(FitFailed, match="same"):
        style.fit(BATTLES, {"length": values, "tokens": 2 * values})


def test_a_feature_that_only_says_which_models_met_is_an_error_not_a_number():
    battles = coded(rows("9 a>b", "9 a<b", "9 b>a", "9 b<a"))

    with pytest.raises(FitFailed, match="which models met"):
        style.fit(battles, {"length": np.where(battles.a == 0, 0.5, -0.5)})


def test_a_feature_that_decides_every_vote_is_an_error_not_a_number():
    decided = coded(rows("9 a>b", "9 a<b"))

    with pytest.raises(FitFailed, match="settle"):
        style.fit(decided, {"length": decided.score - 0.5})


def test_differences_lie_between_minus_one_and_one():
    assert style.difference(np.array([0.0, 9.0, 0.0]), np.array([0.0, 0.0, 9.0])).tolist() == [0, 0.9, -0.9]


def test_votes_that_models_and_style_tell_for_certain_have_no_fit():
    votes = coded(rows("c<a", "a<c", "b=c", "a>b"))

    with pytest.raises(FitFailed, match="for certain"):
        style.fit(votes, {"length": np.array([-0.5, -1.0, -0.5, 0.0])})
