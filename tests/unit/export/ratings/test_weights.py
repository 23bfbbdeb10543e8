"""Weights against an uneven draw."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from arena.errors import SetupError
from export.ratings import bradley_terry, clustered
from export.ratings.analysis import analyse
from export.ratings.bradley_terry import chance
from export.ratings.counts import Battles, PairCounts, count
from export.ratings.estimate import by_bradley_terry
from export.ratings.reading import VoteReader, read_votes
from export.ratings.recipe import Interval, Method, Recipe, Weights
from export.ratings.report_files import leaderboard, model_rows
from export.ratings.sandwich import covariance
from export.ratings.scale import CENTRE, POINTS, Z95, Floats, to_points
from export.ratings.style import difference
from export.ratings.vote_table import VoteTable
from export.ratings.weights import by_propensity, effective, effective_by_model
from tests.unit.export.ratings.made import coded, rows

MODELS = 6
NAMES = tuple(f"model {at}" for at in range(MODELS))
FIRST, SECOND = np.triu_indices(MODELS, 1)


def _crooked(dice: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the chance that the first of each pair wins, by no law, and how probable the pair's draw is."""
    strengths = np.linspace(-1, 1, MODELS)
    wins = chance(strengths[FIRST] - strengths[SECOND] + dice.normal(0, 1, len(FIRST)))
    drawn = dice.choice([1.0, 8.0], len(FIRST))
    return wins, drawn / drawn.sum()


def _truth(wins: Floats) -> Floats:
    """Return the ratings that an even draw without end would give."""
    pairs = PairCounts(NAMES, FIRST, SECOND, 1e6 * wins, 1e6 * (1 - wins), np.zeros(len(FIRST)))
    return to_points(bradley_terry.fit(pairs).strengths)


def _votes(dice: np.random.Generator, wins: Floats, drawn: Floats, many: int) -> VoteTable:
    pair = dice.choice(len(FIRST), many, p=drawn)
    winner = (dice.random(many) > wins[pair]).astype(np.int8)
    swapped = dice.random(many) < 0.5
    a, b = np.where(swapped, SECOND[pair], FIRST[pair]), np.where(swapped, FIRST[pair], SECOND[pair])
    return VoteTable(Battles(NAMES, a, b, winner ^ swapped), "made", probabilities=drawn[pair])


def _ratings(table: VoteTable, recipe: Recipe) -> tuple[Floats, Floats]:
    estimate = analyse(table, recipe).ratings.estimate
    assert estimate is not None
    assert estimate.errors is not None
    return estimate.ratings, estimate.errors


WEIGHED = Recipe(weights=Weights.PROPENSITY)


def test_the_ratings_of_an_even_draw_are_recovered_from_an_uneven_one():
    dice = np.random.default_rng(20261121)
    wins, drawn = _crooked(dice)
    table, truth = _votes(dice, wins, drawn, 200_000), _truth(wins)

    weighed, errors = _ratings(table, WEIGHED)
    assert np.abs(weighed - truth).max() < 3 * errors.max()
    assert np.abs(_ratings(table, Recipe())[0] - truth).max() > 10 * errors.max()


@pytest.mark.parametrize("ci", [Interval.SANDWICH, Interval.CLUSTERED])
def test_95_of_100_weighed_intervals_hold_the_truth(ci: Interval):
    dice = np.random.default_rng(20261121)
    wins, drawn = _crooked(dice)
    truth, held = _truth(wins), list[bool]()
    for _ in range(200):
        table = _votes(dice, wins, drawn, 2_000)
        voters = np.arange(2_000) if ci is Interval.CLUSTERED else None
        ratings, errors = _ratings(replace(table, voters=voters), replace(WEIGHED, ci=ci))
        held += (np.abs(ratings - truth) < Z95 * errors).tolist()

    assert 0.93 < np.mean(held) < 0.97


def test_weights_of_one_change_nothing_but_the_last_digit():
    table = VoteTable(coded(rows("9 a>b", "5 b>a", "3 c=a", "b>c")), "made", probabilities=np.full(18, 0.3))
    weighed, plain = _ratings(table, WEIGHED), _ratings(table, Recipe())

    assert weighed[0] == pytest.approx(plain[0])
    assert weighed[1] == pytest.approx(plain[1])


def test_a_battle_told_twice_is_no_battle_of_weight_two():
    battles = coded(rows("9 a>b", "5 b>a", "3 c>a", "2 a>c"))
    single, doubled = count(battles), count(battles, np.full(len(battles.a), 2.0))

    plain = by_bradley_terry(single).covariance
    assert plain is not None
    assert covariance(doubled, bradley_terry.fit(doubled)) == pytest.approx(plain)


def test_clusters_of_one_give_the_weighed_robust_errors():
    battles = coded(rows("9 a>b", "5 b>a", "3 c>a", "2 a>c", "b=c"))
    weights = 1 + np.arange(len(battles.a)) % 3 / 2
    counts, many = count(battles, weights), len(battles.a)
    fit = bradley_terry.fit(counts)

    found = clustered.covariance(battles, np.arange(many), fit, weights)
    assert found == pytest.approx(covariance(counts, fit) * many / (many - 1))


def test_no_weight_is_above_the_cap_and_the_mean_is_one():
    found = by_propensity(np.array([0.5, 0.5, 0.5, 0.01, 0.1]), 10)

    assert (found.of_battles.mean(), found.trimmed) == (pytest.approx(1), 1)
    assert (found.of_battles / found.of_battles[0]).tolist() == pytest.approx([1, 1, 1, 10, 5])


def test_battles_of_equal_weight_are_as_many_as_they_are():
    battles = coded(rows("2 a>b", "a=c", "c>c"))

    assert effective(np.full(7, 3.0)) == pytest.approx(7)
    assert effective(np.array([1.0, 0.0])) == 1
    assert effective_by_model(battles, np.array([1.0, 1.0, 3.0, 9.0])) == pytest.approx(
        {"a": 25 / 11, "b": 2.0, "c": 1.0}
    )


def test_the_file_says_what_the_battles_weigh():
    battles = coded(rows("4 a>b", "2 b>a"))
    table = VoteTable(battles, "made", probabilities=np.array([0.5, 0.5, 0.5, 0.5, 0.1, np.nan]))
    report = analyse(table, WEIGHED)
    board = leaderboard(report)

    assert (board["settings"]["weights"], board["weights"]["cap"], board["weights"]["trimmed"]) == ("propensity", 10, 0)
    assert board["weights"]["effective_battles"] == pytest.approx(81 / 29)
    assert board["input"]["left_out"] == {"probability_unknown": 1}
    assert [row["effective_battles"] for row in model_rows(report)] == pytest.approx([81 / 29] * 2)
    assert leaderboard(analyse(table, Recipe()))["weights"] is None


def test_votes_that_tell_no_probability_cannot_be_weighed(tmp_path: Path):
    (tmp_path / "votes.csv").write_text("model_a,model_b,winner\na,b,tie\n")
    with pytest.raises(SetupError, match="pair_probability"):
        analyse(read_votes([tmp_path / "votes.csv"]), WEIGHED)


def test_probabilities_are_read_and_checked(tmp_path: Path):
    said = "model_a,model_b,winner,pair_probability\na,b,tie,0.25\na,b,tie,\n"
    (tmp_path / "votes.csv").write_text(said)
    (tmp_path / "wrong.csv").write_text(said + "a,b,tie,1.5\n")

    read = read_votes([tmp_path / "votes.csv"]).probabilities
    assert read is not None
    assert np.array_equal(read, [0.25, np.nan], equal_nan=True)
    with pytest.raises(SetupError, match=r"row 3: pair_probability is 1\.5"):
        read_votes([tmp_path / "wrong.csv"])


def test_votes_tell_how_probable_their_pairs_were_and_who_is_flagged():
    told = [("s1", 0.25, []), ("s2", None, []), ("s1", 0.5, ["stopped_answer"]), ("s2", 0.5, ["not_anonymous"])]
    rows = [
        {"model_a": "x", "model_b": "y", "winner": "tie", "judge": who, "pair_probability": drawn, "reasons": reasons}
        for who, drawn, reasons in told
    ]
    reader = VoteReader()
    reader.take(pa.RecordBatch.from_pylist(rows))
    table = reader.table("made")

    assert table.probabilities is not None
    assert table.flagged is not None
    assert np.array_equal(table.probabilities, [0.25, np.nan], equal_nan=True)
    assert table.flagged.tolist() == [True, False]


def test_style_is_held_equal_among_weighed_votes():
    dice = np.random.default_rng(8)
    table = _votes(dice, *_crooked(dice), 600)
    lengths = dice.exponential(300, (2, 600))
    table = replace(table, style={"length": (lengths[0], lengths[1])}, voters=np.arange(600))
    report = analyse(table, replace(WEIGHED, style=True))
    ratings, errors = _ratings(table, replace(WEIGHED, style=True))
    assert report.style is not None
    assert report.weighting is not None

    effect, rows, voted = report.style.effects["length"], np.arange(600), table.battles
    told = np.zeros((600, MODELS + 1))
    told[rows, voted.a], told[rows, voted.b] = 1, -1
    told[:, MODELS] = (difference(lengths[0], lengths[1]) - effect.mean) / effect.sd
    expected = chance(told @ np.append((ratings - CENTRE) / POINTS, effect.coef))
    weights = report.weighting.of_battles
    scores = told * (weights * (voted.score - expected))[:, None]
    bread = np.linalg.pinv(told.T @ (told * (weights * expected * (1 - expected))[:, None]), rcond=1e-10)
    around = bread @ scores.T @ scores @ bread
    assert scores.sum(axis=0) == pytest.approx(0, abs=1e-8)
    assert np.append(errors / POINTS, effect.se) == pytest.approx(np.sqrt(np.diag(around)), rel=1e-6)
    assert list(report.se_clustered.values()) == pytest.approx(errors * np.sqrt(600 / 599))


@pytest.mark.parametrize("beside", [{"method": Method.DAVIDSON}, {"checks": True}, {"ci": Interval.BOOTSTRAP}])
def test_weights_go_with_bradley_and_terrys_ratings_only(beside: dict[str, bool]):
    with pytest.raises(SetupError, match="--weights propensity goes with"):
        replace(WEIGHED, **beside)
