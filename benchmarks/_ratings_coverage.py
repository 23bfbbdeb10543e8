"""How often the ratings' intervals hold the truth, on votes whose truth is known."""

from collections.abc import Callable

import numpy as np

from export.ratings import bradley_terry, clustered
from export.ratings.bradley_terry import chance
from export.ratings.counts import A_WON, B_WON, TIED, Battles, PairCounts, count
from export.ratings.estimate import Estimator, by_bradley_terry, by_davidson
from export.ratings.scale import POINTS, Z95, Codes, Floats, to_points

MODELS = 12
STRENGTHS = np.linspace(-1.2, 1.2, MODELS)
Law = Callable[[Floats], tuple[Floats, Floats]]
"""From a lead in log-odds to the chances of a win and of a tie."""
NAMES = tuple(f"model {at:02d}" for at in range(MODELS))


def _pairs(dice: np.random.Generator, many: int) -> tuple[Codes, Codes]:
    a = dice.integers(0, MODELS, many)
    return a, (a + dice.integers(1, MODELS, many)) % MODELS


def _half_wins(lead: Floats) -> tuple[Floats, Floats]:
    score = chance(lead)
    ties = np.minimum(score, 1 - score) / 2
    return score - ties / 2, ties


def _davidsons(lead: Floats) -> tuple[Floats, Floats]:
    whole = np.exp(lead / 2) + 1 + np.exp(-lead / 2)
    return np.exp(lead / 2) / whole, 1 / whole


def _held(estimator: Estimator, chances: Law, rounds: int, votes: int) -> float:
    dice, truth, held = np.random.default_rng(11), to_points(STRENGTHS), list[float]()
    for _ in range(rounds):
        a, b = _pairs(dice, votes)
        win, tie = chances(STRENGTHS[a] - STRENGTHS[b])
        draw = dice.random(votes)
        winner = np.where(draw < win, A_WON, np.where(draw < win + tie, TIED, B_WON))
        interval = estimator(count(Battles(NAMES, a, b, winner))).interval
        assert interval is not None
        held.append(float(np.mean((interval[0] < truth) & (truth < interval[1]))))
    return float(np.mean(held))


def _by_taste(rounds: int, voters: int, each: int) -> tuple[float, float]:
    """Voters like every model by their own measure and vote often: shares held by clustered and by plain errors."""
    dice, truth = np.random.default_rng(13), _of_all_tastes()
    held = list[tuple[float, float]]()
    for _ in range(rounds):
        voter = np.arange(voters * each) % voters
        a, b = _pairs(dice, len(voter))
        taste = STRENGTHS + dice.normal(0, 1, (voters, MODELS))
        won = dice.random(len(voter)) < chance(taste[voter, a] - taste[voter, b])
        battles = Battles(NAMES, a, b, np.where(won, A_WON, B_WON))
        counts = count(battles)
        plain, matrix = by_bradley_terry(counts), clustered.covariance(battles, voter, bradley_terry.fit(counts))
        assert matrix is not None
        assert plain.errors is not None
        away = np.abs(plain.ratings - truth) / Z95
        held.append((float(np.mean(away < np.sqrt(np.diag(matrix)))), float(np.mean(away < plain.errors))))
    of_clustered, of_plain = np.mean(held, axis=0).tolist()
    return of_clustered, of_plain


def _of_all_tastes() -> Floats:
    """What Bradley-Terry finds when voters with all tastes have voted without end."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    first, second = np.triu_indices(MODELS, 1)
    lead = (STRENGTHS[first] - STRENGTHS[second])[:, None] + np.sqrt(2) * nodes
    wins = 1e6 * (chance(lead) @ weights) / weights.sum()
    pairs = PairCounts(NAMES, first, second, wins, 1e6 - wins, np.zeros(len(first)))
    return 1000 + POINTS * bradley_terry.fit(pairs).strengths


def coverage() -> dict[str, float]:
    """Return the share of 95% intervals that hold the truth, by what was simulated."""
    of_clustered, of_plain = _by_taste(500, 200, 60)
    return {
        "held_sandwich": _held(by_bradley_terry, _half_wins, 4000, 1200),
        "held_few_votes": _held(by_bradley_terry, _half_wins, 4000, 400),
        "held_davidson": _held(by_davidson, _davidsons, 2000, 1200),
        "held_clustered": of_clustered,
        "held_plain_where_voters_repeat": of_plain,
    }
