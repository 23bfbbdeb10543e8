"""What speaks for and against a board."""

import json
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest

from export.ratings import bradley_terry
from export.ratings.analysis import Report, analyse
from export.ratings.arrow_columns import seconds
from export.ratings.checks import Checks, check_law, position_effect
from export.ratings.checks_in_words import in_words
from export.ratings.components import comparable
from export.ratings.counts import Battles, count
from export.ratings.influence import Influence, influence
from export.ratings.newton import FitFailed
from export.ratings.ranks import ranges
from export.ratings.recipe import Recipe
from export.ratings.report_files import leaderboard
from export.ratings.vote_table import VoteTable
from tests.unit.export.ratings.made import PUBLISHED, Row, coded, counted, published, rows, simulated


def _report(*said: str, times: list[float] | None = None) -> Report:
    table = VoteTable(coded(rows(*said)), "made", times=None if times is None else np.array(times))
    return analyse(table, Recipe(checks=True))


def _checks(report: Report) -> Checks:
    assert report.checks is not None
    return report.checks


def _fewest_by_trying_all(battles: list[Row], first: str, models: int = 3) -> int:
    for votes in range(1, len(battles)):
        for out in combinations(range(len(battles)), votes):
            left = count(coded([each for at, each in enumerate(battles) if at not in out]))
            try:
                strengths = bradley_terry.fit(left).strengths
            except FitFailed:
                continue
            if len(left.models) == models and (strengths - strengths[left.models.index(first)]).max() > 1e-9:
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

    assert found.votes == _fewest_by_trying_all(rows(*said), "a")
    assert found.first == "a"


def test_votes_taken_out_one_by_one_may_be_fewer_than_those_that_are_strongest_at_first():
    met = ("a>b", "b>a", "a=b", "5 a>c", "2 a=d", "b>c", "2 c>b", "4 b=c", "d>b", "b=d", "c>d", "c=d")

    assert influence_of(*met).votes == 3  # no two are enough; of those that are the strongest at first it takes five


def test_on_small_boards_hardly_ever_fewer_votes_would_do():
    dice = np.random.default_rng(3)
    found = list[tuple[int, int]]()
    while len(found) < 12:
        a = dice.integers(0, 3, 10)
        battles = [
            ("abc"[x], "abc"[y], w)
            for x, y, w in zip(a, (a + dice.integers(1, 3, 10)) % 3, _winners(dice), strict=True)
        ]
        counts = count(coded(battles))
        if len(counts.models) < 3 or len(set(comparable(counts).tolist())) > 1:
            continue
        if (enough := influence(counts, bradley_terry.fit(counts))) is not None:
            found.append((enough.votes, _fewest_by_trying_all(battles, enough.first)))

    assert all(enough >= fewest for enough, fewest in found)
    assert sum(enough == fewest for enough, fewest in found) >= 11


def _winners(dice: np.random.Generator) -> list[str]:
    return dice.choice(["model_a", "model_b", "tie"], 10, p=[0.5, 0.35, 0.15]).tolist()


def test_votes_that_are_needed_to_compare_all_models_are_not_taken_out():
    said = ("5 a>b", "4 b>a", "2 a>c", "c>a")
    found = influence_of(*said)

    assert (found.first, found.votes) == ("a", _fewest_by_trying_all(rows(*said), "a"))


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


def test_no_effect_of_the_side_is_made_up_where_one_side_won_all():
    report = _report("a>b", "b>a", "a>c", "c>a", "b>c", "c>b")

    assert _checks(report).position is None
    assert "cannot be told" in in_words(_checks(report))["position"]


def test_the_effect_of_the_side_is_found_beside_wide_gaps():
    battles = coded([*rows("900 a>b", "b>a"), *[("b", "a", "model_b")] * 3000])
    found = position_effect(battles, bradley_terry.fit(count(battles)))

    assert found is not None
    assert abs(found.coef) < 5
    assert np.isfinite(found.se)


def test_an_effect_of_the_side_is_recovered_within_two_errors():
    dice = np.random.default_rng(5)
    strengths = np.array([0.5, 0.0, -0.5])
    a, b = dice.integers(0, 3, 30_000), dice.integers(0, 3, 30_000)
    b = np.where(a == b, (b + 1) % 3, b)
    winner = (dice.random(30_000) > 1 / (1 + np.exp(strengths[b] - strengths[a] - 0.2))).astype(np.int8)
    battles = Battles(("x", "y", "z"), a, b, winner)
    found = position_effect(battles, bradley_terry.fit(count(battles)))
    assert found is not None

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


def test_a_model_that_became_better_drifts_and_one_that_did_not_does_not():
    february = 1_770_000_000.0
    months = [february, february + 86_400 * 40, february + 86_400 * 70]
    same = ("60 a>b", "40 b>a", "50 b>c", "50 c>b", "60 a>c", "40 c>a")
    better = ("60 a>b", "40 b>a", "5 b>c", "95 c>b", "5 a>c", "95 c>a")
    times = np.repeat(months, 300).tolist()
    steady, moved = (_checks(_report(*same, *same, *last, times=times)) for last in (same, better))

    assert steady.drift is not None
    assert moved.drift is not None
    assert (steady.drift.errors, steady.drift.tried) == (pytest.approx(0, abs=1e-6), 6)
    assert (moved.drift.model, moved.drift.before, moved.drift.after) == ("c", "2026-03", "2026-04")
    assert moved.drift.change > 200
    assert moved.drift.errors > moved.drift.usual > 2.5
    assert "no more than chance explains" in in_words(steady)["drift"]
    assert "the model or the voters changed" in in_words(moved)["drift"]


def test_one_month_cannot_drift():
    assert _checks(_report("5 a>b", "3 b>a", times=[1e9] * 8)).drift is None
    assert "drift" not in in_words(_checks(_report("5 a>b", "3 b>a")))


def test_the_board_is_also_made_without_flagged_voters():
    battles = coded(rows("9 a>b", "6 b>a", "8 b>a"))
    table = VoteTable(battles, "made", voters=np.repeat([1, 2], [15, 8]), flagged=np.repeat([False, True], [15, 8]))
    checks = _checks(analyse(table, Recipe(checks=True)))
    found = checks.without_flagged
    assert found is not None

    assert (found.voters, found.votes, found.first, found.other_places) == (1, 8, "a", 2)
    assert found.ratings == {each.model: each.rating for each in _report("9 a>b", "6 b>a").ratings.standings}
    assert "Without the 8 votes of 1 voters" in in_words(checks)["without_flagged"]


def test_where_nobody_is_flagged_nothing_changes_and_where_nothing_is_recorded_nothing_is_said():
    battles = coded(rows("9 a>b", "6 b>a"))
    nobody = VoteTable(battles, "made", voters=np.arange(15), flagged=np.zeros(15, np.bool_))

    assert "None of the votes" in in_words(_checks(analyse(nobody, Recipe(checks=True))))["without_flagged"]
    assert _checks(_report("9 a>b", "6 b>a")).without_flagged is None


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_check_of_published_votes_is_told_in_words(name: str):
    votes = published(name)
    times = seconds(pa.array(votes.columns["tstamp"]), "tstamp") if "tstamp" in votes.columns else None
    checks = _checks(analyse(VoteTable(votes.battles, "published", times=times), Recipe(checks=True)))
    said = in_words(checks)
    assert checks.influence is not None

    assert {"influence", "ranks", "position", "law"} <= set(said)
    assert f"ahead of {checks.influence.first}" in said["influence"]
    assert set(checks.ranks) == set(votes.battles.models)
    assert ("drift" in said) == (len(checks.months) > 1)
    assert all(each.endswith(".") for each in said.values())


def test_checks_go_into_the_file():
    board = leaderboard(_report("5 a>b", "3 b>a"))

    assert json.loads(json.dumps(board["checks"]))["influence"]["first"] == "a"
    assert leaderboard(_report("a>b"))["checks"] is None
