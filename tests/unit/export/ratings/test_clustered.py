"""Errors when voters vote many times."""

import numpy as np
import pytest

from export.ratings import bradley_terry, clustered
from export.ratings.counts import Battles, count
from export.ratings.sandwich import covariance
from export.ratings.scale import POINTS, Z95, Floats, Integers
from tests.unit.export.ratings.made import coded, rows

BATTLES = coded(rows("30 a>b", "10 b>a", "20 b>c", "20 c>b", "9 c=a"))


def _covariance(battles: Battles, groups: Integers) -> Floats | None:
    return clustered.covariance(battles, groups, bradley_terry.fit(count(battles)))


def test_voters_who_vote_once_give_the_plain_robust_errors():
    many = len(BATTLES.a)
    plain = covariance(count(BATTLES), bradley_terry.fit(count(BATTLES)))

    for groups in (np.arange(many), np.full(many, -1)):
        assert _covariance(BATTLES, groups) == pytest.approx(plain * many / (many - 1))


def test_votes_cast_four_times_by_the_same_voter_count_once():
    four = Battles(BATTLES.models, *(np.repeat(each, 4) for each in (BATTLES.a, BATTLES.b, BATTLES.winner)))
    once = _covariance(BATTLES, np.arange(len(BATTLES.a)))
    assert once is not None

    assert _covariance(four, np.repeat(np.arange(len(BATTLES.a)), 4)) == pytest.approx(once)


def test_one_voter_says_nothing_of_how_voters_differ():
    assert _covariance(BATTLES, np.zeros(len(BATTLES.a), np.int64)) is None


def test_the_order_of_rows_and_the_names_of_voters_do_not_matter(monkeypatch: pytest.MonkeyPatch):
    groups = np.arange(len(BATTLES.a)) % 17
    plain = _covariance(BATTLES, groups)
    order = np.random.default_rng(1).permutation(len(BATTLES.a))
    shuffled = Battles(BATTLES.models, BATTLES.a[order], BATTLES.b[order], BATTLES.winner[order])
    monkeypatch.setattr(clustered, "_CELLS_AT_ONCE", 10)
    assert plain is not None

    assert _covariance(shuffled, 1000 - 3 * groups[order]) == pytest.approx(plain)


def test_nine_of_ten_intervals_hold_the_truth_when_voters_repeat_themselves():
    dice = np.random.default_rng(20261121)
    models, voters = 8, 200
    strengths = np.linspace(-1, 1, models)
    held: list[bool] = []
    plain: list[bool] = []
    for _ in range(120):
        battles, groups = _votes_by_taste(dice, strengths, voters)
        pairs = count(battles)
        fit = bradley_terry.fit(pairs)
        matrix = clustered.covariance(battles, groups, fit)
        assert matrix is not None
        error = np.abs(fit.strengths - _average_strengths(strengths)) * POINTS
        held += (error < Z95 * np.sqrt(np.diag(matrix))).tolist()
        plain += (error < Z95 * np.sqrt(np.diag(covariance(pairs, fit)))).tolist()

    assert np.mean(held) > 0.9
    assert np.mean(plain) < 0.8


def _votes_by_taste(dice: np.random.Generator, strengths: Floats, voters: int) -> tuple[Battles, Integers]:
    """Voters like each model by their own measure, and cast 60 votes each."""
    many, models = voters * 60, len(strengths)
    taste = strengths + dice.normal(0, 1, (voters, models))
    voter = np.arange(many) % voters
    a = dice.integers(0, models, many)
    b = (a + dice.integers(1, models, many)) % models
    won = dice.random(many) < bradley_terry.chance(taste[voter, a] - taste[voter, b])
    names = tuple(f"model {at}" for at in range(models))
    return Battles(names, a, b, np.where(won, 0, 1)), voter


def _average_strengths(strengths: Floats) -> Floats:
    """What Bradley-Terry finds when all voters of `_votes_by_taste` have voted without end."""
    models = len(strengths)
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    lead = (strengths[:, None] - strengths)[:, :, None] + np.sqrt(2) * nodes
    wins = (bradley_terry.chance(lead) * weights).sum(axis=2) / weights.sum()
    first, second = np.triu_indices(models, 1)
    names = tuple(f"model {at}" for at in range(models))
    pairs = bradley_terry.PairCounts(
        names, first, second, 1e6 * wins[first, second], 1e6 * wins[second, first], np.zeros(len(first))
    )
    return bradley_terry.fit(pairs).strengths
