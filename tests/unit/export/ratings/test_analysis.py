"""Recipes and what they make of votes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from arena.errors import SetupError
from export.ratings.analysis import Report, analyse
from export.ratings.battle_files import STYLE_COLUMNS
from export.ratings.counts import Battles
from export.ratings.rate import Standing
from export.ratings.reading import read_votes
from export.ratings.recipe import FEATURES, Interval, Method, Recipe
from export.ratings.report_files import leaderboard
from export.ratings.vote_table import VoteTable
from tests.unit.export.ratings.made import coded, published, rows

_DATA = Path(__file__).parents[3] / "data" / "battles"


def _published(name: str, recipe: Recipe) -> Report:
    return analyse(read_votes([_DATA / f"{name}.csv.gz"]), recipe)


def _by_model(report: Report) -> dict[str, Standing]:
    return {each.model: each for each in report.ratings.standings}


def _table(*said: str) -> VoteTable:
    return VoteTable(coded(rows(*said)), digest="made")


def test_plain_bradley_terry_comes_with_everything_that_stands_beside_it():
    report = _published("tulu_human", Recipe())
    expected = published("tulu_human").expected

    assert {name: each.rating for name, each in _by_model(report).items()} == pytest.approx(
        expected["bt_mle_converged"]["rating"], abs=0.01
    )
    assert report.se_clustered == pytest.approx(expected["bt_mle_converged"]["se_clustered_by_judge"], rel=0.005)
    assert report.elo == pytest.approx(expected["fastchat_elo_online_k4"]["rating"], abs=1e-4)
    assert report.davidson == pytest.approx(expected["davidson_mle_converged"]["rating"], abs=0.01)
    assert report.davidson_nu == pytest.approx(expected["davidson_mle_converged"]["nu"], abs=1e-4)
    assert report.style is not None
    assert list(report.style.effects) == ["length", "headers", "lists", "bold"]


def test_with_style_the_rating_is_the_controlled_one():
    report = _published("mtbench_human", Recipe(style=True))
    expected = published("mtbench_human").expected["style_control"]["unregularised"]

    found = _by_model(report)
    assert {name: each.rating for name, each in found.items()} == pytest.approx(expected["rating"], abs=0.01)
    assert {name: each.se for name, each in found.items()} == pytest.approx(expected["se_robust"], rel=0.005)


def test_with_davidson_the_rating_is_davidsons():
    report = _published("tulu_human", Recipe(method=Method.DAVIDSON))

    assert {name: each.rating for name, each in _by_model(report).items()} == report.davidson


def test_with_elo_the_rating_is_the_tickers_and_has_no_interval():
    report = _published("tulu_human", Recipe(method=Method.ELO))
    found = _by_model(report)

    assert {name: each.rating for name, each in found.items()} == report.elo
    assert [each.rank for each in report.ratings.standings] == [1, 2, 3, 4]
    assert {each.se for each in found.values()} == {None}


@pytest.mark.parametrize("recipe", [Recipe(), Recipe(style=True), Recipe(method=Method.DAVIDSON)], ids=str)
def test_clustered_intervals_are_those_of_the_clustered_errors(recipe: Recipe):
    robust, report = (
        _published("tulu_human", replace(recipe, ci=ci)) for ci in (Interval.SANDWICH, Interval.CLUSTERED)
    )

    assert {name: each.se for name, each in _by_model(report).items()} == pytest.approx(robust.se_clustered)
    assert report.se_clustered == pytest.approx(robust.se_clustered)
    assert [each.rating for each in report.ratings.standings] == [each.rating for each in robust.ratings.standings]


@pytest.mark.parametrize("recipe", [Recipe(style=True), Recipe(method=Method.DAVIDSON)], ids=str)
def test_the_bootstrap_of_other_methods_finds_about_their_robust_errors(recipe: Recipe):
    drawn = replace(recipe, ci=Interval.BOOTSTRAP, rounds=60)
    robust, report = (_published("tulu_human", each) for each in (recipe, drawn))
    found = [each.se for each in _by_model(report).values()]

    assert found == pytest.approx([each.se for each in _by_model(robust).values()], rel=0.3)
    assert len(set(found)) == 4
    assert report.ratings.standings == _published("tulu_human", drawn).ratings.standings


@pytest.mark.parametrize("recipe", [Recipe(style=True), Recipe(method=Method.DAVIDSON)], ids=str)
def test_other_methods_give_no_intervals_where_the_bootstrap_falls_apart(recipe: Recipe):
    table = _table("9 a>b", "b>a", "2 a=b")
    table = replace(table, style={"length": (np.arange(12.0) % 5, np.ones(12))})
    report = analyse(table, replace(recipe, ci=Interval.BOOTSTRAP, rounds=40))

    assert report.resampling is not None
    assert report.resampling.apart > 0.01
    assert [(each.rating is None, each.ci_low) for each in report.ratings.standings] == [(False, None), (False, None)]


@pytest.mark.parametrize("recipe", [Recipe(), Recipe(style=True), Recipe(method=Method.DAVIDSON)], ids=str)
def test_clustered_errors_are_those_of_the_rating_that_is_shown(recipe: Recipe):
    votes = replace(read_votes([_DATA / "tulu_human.csv.gz"]).with_style(), voters=None, prompts=None)
    cast, many = votes.battles, len(votes.battles.a)
    once = analyse(votes, recipe)
    both = np.repeat(np.arange(many), 2)
    twice = replace(
        votes,
        battles=Battles(cast.models, *(each[both] for each in (cast.a, cast.b, cast.winner))),
        style={name: (a[both], b[both]) for name, (a, b) in votes.style.items()},
        times=None,
        voters=both,
    )
    found = analyse(twice, recipe)

    # whoever says the same twice says no more than once
    expected = {name: each.se * np.sqrt(many / (many - 1)) for name, each in _by_model(once).items() if each.se}
    assert len(expected) == 4
    assert found.se_clustered == pytest.approx(expected, rel=1e-6)


def test_elo_has_no_clustered_errors():
    assert _published("tulu_human", Recipe(method=Method.ELO)).se_clustered == {}


def test_votes_without_voters_have_no_clustered_errors():
    assert analyse(_table("2 a>b", "b>a"), Recipe()).se_clustered == {}
    with pytest.raises(SetupError, match="do not tell of two voters"):
        analyse(_table("2 a>b", "b>a"), Recipe(ci=Interval.CLUSTERED))


def test_prompts_take_the_place_of_voters_that_are_not_known():
    table = VoteTable(coded(rows("9 a>b", "9 b>a")), digest="made", prompts=np.arange(18) // 2)

    assert set(analyse(table, Recipe()).se_clustered) == {"a", "b"}


def test_a_column_of_voters_that_tells_of_none_is_as_if_it_were_not_there():
    nobody = VoteTable(coded(rows("9 a>b", "9 b>a")), digest="made", voters=np.full(18, -1))
    prompts = np.repeat([0, 1], 9)

    assert analyse(nobody, Recipe()).se_clustered == {}
    with pytest.raises(SetupError, match="do not tell of two voters"):
        analyse(nobody, Recipe(ci=Interval.CLUSTERED))
    by_prompt = analyse(replace(nobody, voters=None, prompts=prompts), Recipe()).se_clustered
    assert analyse(replace(nobody, prompts=prompts), Recipe()).se_clustered == by_prompt


def test_bootstrap_intervals_are_quantiles_and_repeatable():
    recipe = Recipe(ci=Interval.BOOTSTRAP, rounds=50, seed=3)
    first, again = (_published("tulu_human", recipe) for _ in range(2))

    assert first.ratings.standings == again.ratings.standings
    top = first.ratings.standings[0]
    assert top.ci_low is not None
    assert top.ci_high is not None
    assert top.rating is not None
    assert top.ci_low < top.rating < top.ci_high
    assert top.rating - top.ci_low != pytest.approx(top.ci_high - top.rating, rel=1e-6)


@pytest.mark.parametrize("ci", list(Interval))
def test_the_upper_bound_of_a_rank_is_told_by_the_intervals_that_are_shown(ci: Interval):
    found = _by_model(_published("vicuna80_human", Recipe(ci=ci, rounds=20))).values()
    ends = [(each.ci_low, each.ci_high, each.rank_ub) for each in found if each.ci_low and each.ci_high]

    assert len(ends) == 9
    assert [1 + sum(low > high for low, _, _ in ends) for _, high, _ in ends] == [each for _, _, each in ends]


def test_a_bootstrap_that_falls_apart_gives_ratings_without_intervals():
    report = analyse(_table("9 a>b", "b>a"), Recipe(ci=Interval.BOOTSTRAP))

    assert report.resampling is not None
    assert report.resampling.apart > 0.01
    assert [(each.rating is None, each.ci_low) for each in report.ratings.standings] == [(False, None), (False, None)]


def test_an_anchor_moves_all_ratings_and_changes_no_error():
    plain = analyse(_table("9 a>b", "5 b>a", "c>a"), Recipe())
    moved = analyse(_table("9 a>b", "5 b>a", "c>a"), Recipe(anchor=("b", 1114.0)))
    before, after = _by_model(plain), _by_model(moved)

    assert (after["b"].rating, after["b"].se) == (pytest.approx(1114), before["b"].se)
    assert (before["a"].rating or 0) - (before["b"].rating or 0) == pytest.approx((after["a"].rating or 0) - 1114)
    assert (after["c"].bound_low or 0) - (before["c"].bound_low or 0) == pytest.approx(1114 - (before["b"].rating or 0))
    assert moved.davidson["b"] == pytest.approx(1114)


@pytest.mark.parametrize("model", ["c", "unheard of"])
def test_an_anchor_without_a_rating_is_refused(model: str):
    with pytest.raises(SetupError, match="has no rating here"):
        analyse(_table("9 a>b", "5 b>a", "c>a"), Recipe(anchor=(model, 1000.0)))


def test_style_without_counts_of_style_is_refused():
    with pytest.raises(SetupError, match="without counts of style"):
        analyse(_table("a>b"), Recipe(style=True))


@pytest.mark.parametrize("is_style_held_equal", [True, False])
def test_features_that_are_left_out_of_style_are_as_if_they_were_not_known(is_style_held_equal: bool):
    table = read_votes([_DATA / "mtbench_human.csv.gz"])
    fewer = replace(table, style={name: table.style[name] for name in ("length", "bold")})
    recipe = Recipe(style=is_style_held_equal, style_without=("headers", "lists"))
    found, expected = analyse(table, recipe), analyse(fewer, replace(recipe, style_without=()))
    others = analyse(table, Recipe(style=is_style_held_equal))

    assert found.style is not None
    assert expected.style is not None
    assert found.style.effects == expected.style.effects
    assert found.ratings.standings == expected.ratings.standings
    assert (found.ratings.standings == others.ratings.standings) != is_style_held_equal
    assert leaderboard(found)["settings"]["style_without"] == ["headers", "lists"]


def test_a_vote_whose_style_is_unknown_in_what_is_left_out_counts_with_style():
    length = np.array([1.0, 2.0, 1.0, 4.0, 3.0, 2.0])
    style = {"length": (length, length[::-1]), "bold": (np.full(6, np.nan), np.ones(6))}
    table = VoteTable(coded(rows("4 a>b", "2 b>a")), "made", style=style)

    assert analyse(table, Recipe(style=True, style_without=("bold",))).counts.total == 6
    assert analyse(table, Recipe(style=True)).counts.total == 0


def test_what_is_left_out_of_style_must_be_there_and_must_not_be_all():
    with pytest.raises(SetupError, match="'colour' is not one of length, headers"):
        Recipe(style_without=("bold", "colour"))
    with pytest.raises(SetupError, match="nothing is left of style"):
        Recipe(style_without=FEATURES)
    known = VoteTable(coded(rows("a>b", "b>a")), "made", style={"bold": (np.ones(2), np.zeros(2))})
    with pytest.raises(SetupError, match="other than what --style-without leaves out"):
        analyse(known, Recipe(style=True, style_without=("bold",)))


def test_all_that_style_is_made_of_can_be_left_out(tmp_path: Path):
    names = [f"{column}_{side}" for column in STYLE_COLUMNS for side in "ab"]
    file = tmp_path / "votes.csv"
    file.write_text(f"model_a,model_b,winner,{','.join(names)}\na,b,tie{',1' * len(names)}\n")

    assert tuple(read_votes([file]).style) == FEATURES


def test_style_that_cannot_be_told_apart_leaves_the_plain_rating_alone():
    battles = coded(rows("9 a>b", "9 a<b"))
    length = np.where(battles.winner == 0, 9.0, 1.0)
    report = analyse(VoteTable(battles, "made", style={"length": (length, 10 - length)}), Recipe())

    assert report.style is None
    assert {each.status for each in report.ratings.standings} == {"rated"}


@pytest.mark.parametrize(
    "wish",
    [
        {"method": Method.ELO, "ci": Interval.BOOTSTRAP},
        {"method": Method.ELO, "ci": Interval.CLUSTERED},
        {"style": True, "checks": True},
        {"style": True, "method": Method.DAVIDSON},
    ],
)
def test_choices_that_do_not_go_together_are_refused(wish: dict[str, object]):
    with pytest.raises(SetupError, match="goes with"):
        Recipe(**wish)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("said", [[], ["a>b"], ["9 a=b"], ["a>a"]])
@pytest.mark.parametrize("recipe", [Recipe(), Recipe(method=Method.DAVIDSON), Recipe(method=Method.ELO)])
def test_votes_that_rate_nobody_are_reported_all_the_same(said: list[str], recipe: Recipe):
    report = analyse(_table(*said), recipe)

    assert {each.status for each in report.ratings.standings} <= {"unrated"}
    assert (report.davidson, report.davidson_nu, report.style) == ({}, None, None)
