"""What speaks for and against a board."""

import json
from itertools import combinations

import numpy as np
import pytest

from export.ratings import bradley_terry
from export.ratings.analysis import Report, analyse
from export.ratings.checks import Checks, check_law, position_effect
from export.ratings.counts import Battles, count
from export.ratings.influence import Influence, influence
from export.ratings.newton import FitFailed
from export.ratings.ranks import ranges
from export.ratings.recipe import Recipe
from export.ratings.report_files import leaderboard
from export.ratings.vote_table import VoteTable
from tests.unit.export.ratings.made import coded, counted, rows, simulated


def _report(*said: str, times: list[float] | None = None) -> Report:
    table = VoteTable(coded(rows(*said)), "made", times=None if times is None else np.array(times))
    return analyse(table, Recipe(checks=True))


def _checks(report: Report) -> Checks:
    assert report.checks is not None
    return report.checks


def _fewest_by_trying_all(*said: str) -> int:
    battles = rows(*said)
    first = influence_of(*said).first
    for votes in range(1, len(battles)):
        for out in combinations(range(len(battles)), votes):
            left = count(coded([each for at, each in enumerate(battles) if at not in out]))
            try:
                strengths = bradley_terry.fit(left).strengths
            except FitFailed:
                continue
            if len(left.models) == 3 and left.models[int(np.argmax(strengths))] != first:
                return votes
    raise AssertionError


def influence_of(*said: str) -> Influence:
    counts = counted(*said)
    found = influence(counts, bradley_terry.fit(counts))
    assert found is not None
    return found


@pytest.mark.parametrize(
    "said",
    [
        ("2 a>b", "b>a", "b>c", "c>b", "a>c", "c>a"),
        ("3 a>b", "b>a", "2 b>c", "c>b", "2 a>c", "c>a"),
        ("4 a>b", "2 b>a", "b=c", "c>b", "2 a>c", "c>a"),
    ],
)
def test_the_fewest_votes_that_change_the_first_place_are_found(said: tuple[str, ...]):
    found = influence_of(*said)

    assert found.votes == _fewest_by_trying_all(*said)
    assert found.first == "a"


def test_a_lead_of_many_votes_takes_many_votes():
    found = influence_of("300 a>b", "100 b>a", "200 a>c", "100 c>a", "100 b>c", "100 c>b")

    assert 90 < found.votes < 300
    assert not found.is_exact


def test_ranks_that_hold_together_are_wider_than_those_that_hold_alone():
    report = analyse(
        VoteTable(coded(rows("60 a>b", "40 b>a", "60 b>c", "40 c>b", "60 c>d", "40 d>c", "70 a>c", "30 c>a")), "made"),
        Recipe(checks=True),
    )
    estimate = report.ratings.estimate
    assert estimate is not None
    assert estimate.covariance is not None
    alone, together = ranges(estimate.ratings, estimate.covariance), _checks(report).ranks

    for at, model in enumerate(report.ratings.among.models):
        assert together[model][0] <= alone.rank_low[at]
        assert together[model][1] >= alone.rank_high[at]


def test_an_effect_of_the_side_is_recovered_within_two_errors():
    dice = np.random.default_rng(5)
    strengths = np.array([0.5, 0.0, -0.5])
    a, b = dice.integers(0, 3, 30_000), dice.integers(0, 3, 30_000)
    b = np.where(a == b, (b + 1) % 3, b)
    winner = (dice.random(30_000) > 1 / (1 + np.exp(strengths[b] - strengths[a] - 0.2))).astype(np.int8)
    battles = Battles(("x", "y", "z"), a, b, winner)
    found = position_effect(battles, bradley_terry.fit(count(battles)))

    assert abs(found.coef - 0.2) < 2 * found.se
    assert found.se < 0.02


def test_votes_that_follow_the_law_pass_and_a_circle_does_not():
    lawful = simulated(np.random.default_rng(2), np.linspace(-1, 1, 12), 20_000)
    circle = counted("90 a>b", "10 b>a", "90 b>c", "10 c>b", "90 c>a", "10 a>c")
    passed, failed = (check_law(counts, bradley_terry.fit(counts)) for counts in (lawful, circle))

    assert passed.chi_square < 2 * passed.degrees
    assert (failed.circles, failed.triples) == (1, 1)
    assert failed.chi_square > 100 * failed.degrees


def test_each_month_has_its_own_ratings():
    february = 1_770_000_000.0
    report = _report("3 a>b", "b>a", "a>b", "3 b>a", times=[february] * 4 + [february + 86_400 * 40] * 4)

    months = _checks(report).months
    assert list(months) == ["2026-02", "2026-03"]
    assert [months[month]["a"] > 1000 for month in months] == [True, False]


def test_checks_go_into_the_file():
    board = leaderboard(_report("5 a>b", "3 b>a"))

    assert json.loads(json.dumps(board["checks"]))["influence"]["first"] == "a"
    assert leaderboard(_report("a>b"))["checks"] is None
